//! Which step comes after which: a Markov chain over the steps of a user type, and what follows from it for a session.

/// Iterations after which the shares of steps are taken to repeat: a chain that does not end by itself is by then in its
/// steady state, or goes round in it.
const SETTLED: u32 = 20_000;
/// Over so many iterations the shares are averaged then, since those of a chain that goes round never become constant.
const PERIOD: u32 = 2_000;
/// The share of sessions that is not worth another iteration.
const NEGLIGIBLE: f64 = 1e-12;

/// The shares by which steps follow each other.
///
/// The first step of a session is drawn by weight, and so is the step after one without a row of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct StepChain {
    weights: Vec<f64>,
    /// By step: the shares of all steps after it, and last that of leaving.
    rows: Vec<Option<Vec<f64>>>,
}

/// What a session of a chain is expected to be, where each step makes one request.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedSession {
    /// By step: how often a session makes it on average.
    pub visits: Vec<f64>,
    /// The share of the sessions that end by leaving; the others end when they have made their requests.
    pub leaving: f64,
}

impl ExpectedSession {
    /// Steps of a session on average.
    pub fn steps(&self) -> f64 {
        self.visits.iter().sum()
    }
}

impl StepChain {
    /// A chain of steps with these weights; `rows` has the shares after each step, the last one that of leaving.
    pub fn new(weights: Vec<f64>, rows: Vec<Option<Vec<f64>>>) -> Self {
        debug_assert_eq!(weights.len(), rows.len());
        debug_assert!(
            rows.iter()
                .flatten()
                .all(|row| row.len() == weights.len() + 1)
        );
        Self { weights, rows }
    }

    /// Steps that are always drawn by weight.
    pub fn by_weight(weights: Vec<f64>) -> Self {
        let rows = vec![None; weights.len()];
        Self { weights, rows }
    }

    /// Whether the step before decides anywhere.
    pub fn has_rows(&self) -> bool {
        self.rows.iter().any(Option::is_some)
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there are no steps.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The shares of the first step, and of those after a step without a row.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The shares of all steps after this one, and last that of leaving; none: it goes by weight.
    pub fn row(&self, step: usize) -> Option<&[f64]> {
        self.rows.get(step)?.as_deref()
    }

    /// Steps that no session can come to.
    pub fn unreachable(&self) -> Vec<usize> {
        let reached = self.reached();
        (0..self.len()).filter(|step| !reached[*step]).collect()
    }

    /// Steps that a session can come to and from which none can leave: there the number of requests ends it.
    pub fn without_exit(&self) -> Vec<usize> {
        let reached = self.reached();
        let mut exits = vec![false; self.len()];
        // Backwards from leaving, until nothing is added.
        loop {
            let before = exits.clone();
            for (exit, row) in exits.iter_mut().zip(&self.rows) {
                let leads_out = |shares: &[f64]| {
                    shares
                        .iter()
                        .zip(&before)
                        .any(|(share, exit)| *share > 0.0 && *exit)
                };
                *exit = *exit
                    || match row {
                        Some(row) => row[self.len()] > 0.0 || leads_out(row),
                        None => leads_out(&self.weights),
                    };
            }
            if exits == before {
                break;
            }
        }
        let stuck = |step: &usize| reached[*step] && !exits[*step];
        (0..self.len()).filter(stuck).collect()
    }

    fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.len()];
        let mut open: Vec<usize> = (0..self.len())
            .filter(|step| self.weights[*step] > 0.0)
            .collect();
        while let Some(step) = open.pop() {
            if std::mem::replace(&mut reached[step], true) {
                continue;
            }
            let shares = self.rows[step].as_deref().unwrap_or(&self.weights);
            open.extend((0..self.len()).filter(|next| shares[*next] > 0.0 && !reached[*next]));
        }
        reached
    }

    /// What a session is on average whose number of requests is drawn evenly from `requests`, both included, where each
    /// step makes one request: a lower bound for how much sooner they end where steps make more.
    ///
    /// The visits are the sum of the distributions of the first, second, ... step, each in the share of the sessions that
    /// are not at their number of requests yet. Without that bound it is the row of the fundamental matrix
    /// `(I - Q)^-1` of an absorbing chain that belongs to the first step (Kemeny and Snell, Finite Markov Chains, 1960,
    /// 3.2); for weights alone it is the mean number of requests, divided by weight.
    pub fn expected_session(&self, requests: (u32, u32)) -> ExpectedSession {
        let (low, high) = (requests.0.max(1), requests.1.max(requests.0).max(1));
        // The share of the sessions with more than `made` requests.
        let span = f64::from(high - low) + 1.0;
        let goes_on = |made: u32| {
            let over = f64::from(high.saturating_sub(made)) / span;
            over.min(1.0)
        };
        let mut visits = vec![0.0; self.len()];
        let mut leaving = 0.0;
        let mut now = normalised(&self.weights);
        let mut period = (vec![0.0; self.len()], 0.0);
        let mut made = 0;
        while made < high.min(SETTLED) && now.iter().sum::<f64>() > NEGLIGIBLE {
            let share = goes_on(made);
            let (next, left) = self.advance(&now);
            // Who leaves after this step has requests left for another one.
            let leaves = left * goes_on(made + 1);
            for (step, visit) in now.iter().enumerate() {
                visits[step] += visit * share;
                if made >= SETTLED - PERIOD {
                    period.0[step] += visit / f64::from(PERIOD);
                }
            }
            if made >= SETTLED - PERIOD {
                period.1 += left / f64::from(PERIOD);
            }
            leaving += leaves;
            now = next;
            made += 1;
        }
        if made == SETTLED && high > SETTLED {
            // The sum of `goes_on` over all that is left.
            let flat = f64::from(low.saturating_sub(made));
            let sloped = f64::from(high - made.max(low));
            let rest = flat + sloped * (sloped + 1.0) / 2.0 / span;
            for (visits, share) in visits.iter_mut().zip(&period.0) {
                *visits += share * rest;
            }
            leaving += period.1 * rest;
        }
        ExpectedSession {
            visits,
            // What is negligible is not said to be there.
            leaving: ((leaving * 1e9).round() / 1e9).min(1.0),
        }
    }

    /// The distribution of the step after next, and the share of the sessions that leave instead.
    fn advance(&self, now: &[f64]) -> (Vec<f64>, f64) {
        let mut next = vec![0.0; self.len()];
        let (mut left, mut by_weight) = (0.0, 0.0);
        for (share, row) in now.iter().zip(&self.rows) {
            let Some(row) = row else {
                by_weight += share;
                continue;
            };
            if *share > 0.0 {
                next.iter_mut()
                    .zip(row)
                    .for_each(|(next, to)| *next += share * to);
                left += share * row[self.len()];
            }
        }
        if by_weight > 0.0 {
            let sum: f64 = self.weights.iter().sum();
            let weights = self.weights.iter();
            next.iter_mut()
                .zip(weights)
                .for_each(|(next, weight)| *next += by_weight * weight / sum);
        }
        (next, left)
    }
}

fn normalised(weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights
        .iter()
        .map(|weight| if sum > 0.0 { weight / sum } else { 0.0 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENOUGH: (u32, u32) = (1_000_000, 1_000_000);

    fn near(one: &[f64], other: &[f64]) -> bool {
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| (one - other).abs() < 1e-6 * other.abs().max(1.0))
    }

    /// Browse (the only first step), search, pay; pay always leaves.
    fn shop() -> StepChain {
        StepChain::new(
            vec![1.0, 0.0, 0.0],
            vec![
                Some(vec![0.5, 0.3, 0.0, 0.2]),
                Some(vec![0.4, 0.0, 0.5, 0.1]),
                Some(vec![0.0, 0.0, 0.0, 1.0]),
            ],
        )
    }

    #[test]
    fn visits_are_those_of_the_fundamental_matrix() {
        // The first row of (I - Q)^-1 with Q = [[.5,.3,0],[.4,0,.5],[0,0,0]], by hand: det of the upper 2x2 is .38.
        let expected = shop().expected_session(ENOUGH);
        let (browse, search) = (1.0 / 0.38, 0.3 / 0.38);
        assert!(
            near(&expected.visits, &[browse, search, search * 0.5]),
            "{expected:?}"
        );
        assert!((expected.leaving - 1.0).abs() < 1e-6);
        assert!((expected.steps() - (browse + 1.5 * search)).abs() < 1e-6);
    }

    #[test]
    fn requests_bound_a_session() {
        let chain = shop();
        // One request: the first step alone, and nobody comes to leave.
        let one = chain.expected_session((1, 1));
        assert!(
            near(&one.visits, &[1.0, 0.0, 0.0]) && one.leaving.abs() < 1e-12,
            "{one:?}"
        );
        // Two: browse, then browse or search, or it left before.
        let two = chain.expected_session((2, 2));
        assert!(near(&two.visits, &[1.5, 0.3, 0.0]), "{two:?}");
        assert!((two.leaving - 0.2).abs() < 1e-12);
        // One or two, each in half of the sessions.
        let either = chain.expected_session((1, 2));
        assert!(near(&either.visits, &[1.25, 0.15, 0.0]), "{either:?}");
        assert!((either.leaving - 0.1).abs() < 1e-12);
    }

    #[test]
    fn weights_divide_the_mean_number_of_requests() {
        let chain = StepChain::by_weight(vec![3.0, 1.0]);
        assert!(near(&chain.expected_session((10, 30)).visits, &[15.0, 5.0]));
        // Beyond what is summed up one by one.
        let long = chain.expected_session((100_000, 300_000));
        assert!(near(&long.visits, &[150_000.0, 50_000.0]), "{long:?}");
        let longer = chain.expected_session((10, 300_010));
        assert!(near(&longer.visits, &[112_507.5, 37_502.5]), "{longer:?}");
        assert!(long.leaving.abs() < 1e-12 && !chain.has_rows());
    }

    #[test]
    fn a_chain_that_goes_round_is_averaged() {
        let round = StepChain::new(
            vec![1.0, 0.0],
            vec![Some(vec![0.0, 1.0, 0.0]), Some(vec![1.0, 0.0, 0.0])],
        );
        let expected = round.expected_session((1_000_000, 1_000_000));
        assert!(
            near(&expected.visits, &[500_000.0, 500_000.0]),
            "{expected:?}"
        );
        assert_eq!(round.without_exit(), [0, 1]);
    }

    #[test]
    fn a_step_without_a_row_goes_by_weight() {
        // After search comes browse or search, as at the start.
        let chain = StepChain::new(vec![1.0, 1.0], vec![Some(vec![0.0, 0.5, 0.5]), None]);
        // (I - Q)^-1 of Q = [[0,.5],[.5,.5]], from [.5,.5].
        let expected = chain.expected_session(ENOUGH);
        assert!(near(&expected.visits, &[2.0, 3.0]), "{expected:?}");
    }

    #[test]
    fn steps_that_cannot_be_reached_or_left_are_found() {
        assert!(shop().unreachable().is_empty() && shop().without_exit().is_empty());
        // 2 leads to 1, but nothing to 2; from 1 there is no way out.
        let chain = StepChain::new(
            vec![1.0, 0.0, 0.0],
            vec![
                Some(vec![0.0, 0.9, 0.0, 0.1]),
                Some(vec![0.0, 1.0, 0.0, 0.0]),
                Some(vec![0.0, 1.0, 0.0, 0.0]),
            ],
        );
        assert_eq!(
            (chain.unreachable(), chain.without_exit()),
            (vec![2], vec![1])
        );
        assert_eq!(StepChain::by_weight(vec![1.0]).without_exit(), [0]);
    }
}
