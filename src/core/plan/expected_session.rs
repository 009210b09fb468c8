//! What a session of a chain of steps is on average.

use super::StepChain;

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
    /// What a session is on average whose number of requests is drawn evenly from `requests`, both included, where each
    /// step makes one request: a lower bound for how much sooner they end where steps make more.
    ///
    /// With the shares `w` of the first step and the matrix `Q` of those after each, a session of up to `n` requests makes
    /// `w (I + Q + ... + Q^(n-1))` visits on average; without that bound it is the row of the fundamental matrix
    /// `(I - Q)^-1` of an absorbing chain that belongs to the first step (Kemeny and Snell, Finite Markov Chains, 1960,
    /// 3.2), and for weights alone it is the mean number of requests, divided by weight. The sums are made by doubling, so
    /// that they are exact but for rounding, below a millionth, however slowly the sessions of a chain leave.
    pub fn expected_session(&self, requests: (u32, u32)) -> ExpectedSession {
        let (low, high) = (requests.0.max(1), requests.1.max(requests.0).max(1));
        let span = u64::from(high - low) + 1;
        let first = normalised(self.weights());
        let mut powers = vec![Sums::one(self.shares())];
        let mut walk = Walk::new(first.clone());
        walk.advance(&mut powers, u64::from(low - 1));
        // From here on: the sum of the visits before the last step, over all numbers of requests.
        walk.over_lengths = vec![0.0; self.len()];
        walk.advance(&mut powers, span);
        let before_last: Vec<f64> = walk
            .over_lengths
            .iter()
            .map(|visits| visits / span as f64)
            .collect();
        let left = before_last.iter().enumerate().map(|(step, visits)| {
            let leave = self.row(step).map_or(0.0, |row| row[self.len()]);
            visits * leave
        });
        let leaving: f64 = left.sum();
        // Every visit but the first one comes after another.
        let mut visits = first;
        add(&mut visits, &product(&before_last, &powers[0].power));
        ExpectedSession {
            visits,
            // What is negligible is not said to be there.
            leaving: ((leaving * 1e9).round() / 1e9).min(1.0),
        }
    }

    /// The share of each step after each, without that of leaving.
    fn shares(&self) -> Matrix {
        let by_weight = normalised(self.weights());
        let row = |step| self.row(step).map(|row| row[..self.len()].to_vec());
        (0..self.len())
            .map(|step| row(step).unwrap_or_else(|| by_weight.clone()))
            .collect()
    }
}

type Matrix = Vec<Vec<f64>>;

/// What becomes of a session over `m` steps: `Q^m`, the sum of `Q^k` for `k < m`, and the sum of those sums.
struct Sums {
    power: Matrix,
    sum: Matrix,
    sum_of_sums: Matrix,
}

impl Sums {
    /// Of one step.
    fn one(power: Matrix) -> Self {
        let size = power.len();
        let unit = |row: usize| (0..size).map(move |column| f64::from(u8::from(row == column)));
        Self {
            sum: (0..size).map(|row| unit(row).collect()).collect(),
            sum_of_sums: vec![vec![0.0; size]; size],
            power,
        }
    }

    /// Of twice as many steps; these are of `steps`.
    fn doubled(&self, steps: u64) -> Self {
        let times = |other: &Matrix| -> Matrix {
            let rows = self.power.iter();
            rows.map(|row| product(row, other)).collect()
        };
        let (mut sum, mut sum_of_sums) = (times(&self.sum), times(&self.sum_of_sums));
        for (row, own) in self.sum.iter().enumerate() {
            add(&mut sum[row], own);
            add(&mut sum_of_sums[row], &self.sum_of_sums[row]);
            add_times(&mut sum_of_sums[row], own, steps as f64);
        }
        Self {
            power: times(&self.power),
            sum,
            sum_of_sums,
        }
    }
}

/// Sessions that go on step by step.
struct Walk {
    /// The distribution of the step that comes next.
    next: Vec<f64>,
    /// Visits so far.
    visits: Vec<f64>,
    /// The sum of the visits of all lengths so far.
    over_lengths: Vec<f64>,
}

impl Walk {
    fn new(next: Vec<f64>) -> Self {
        let nothing = vec![0.0; next.len()];
        Self {
            next,
            visits: nothing.clone(),
            over_lengths: nothing,
        }
    }

    /// So many steps further; `powers` has the sums of 1, 2, 4, ... steps, and gets those that are missing.
    fn advance(&mut self, powers: &mut Vec<Sums>, steps: u64) {
        let mut place = 0;
        while steps >> place > 0 {
            if place == powers.len() {
                let doubled = powers[place - 1].doubled(1 << (place - 1));
                powers.push(doubled);
            }
            let sums = &powers[place];
            if steps >> place & 1 == 1 {
                add_times(&mut self.over_lengths, &self.visits, (1u64 << place) as f64);
                add(
                    &mut self.over_lengths,
                    &product(&self.next, &sums.sum_of_sums),
                );
                add(&mut self.visits, &product(&self.next, &sums.sum));
                self.next = product(&self.next, &sums.power);
            }
            place += 1;
        }
    }
}

fn product(row: &[f64], matrix: &Matrix) -> Vec<f64> {
    let mut product = vec![0.0; row.len()];
    for (share, other) in row.iter().zip(matrix) {
        if *share > 0.0 {
            add_times(&mut product, other, *share);
        }
    }
    product
}

fn add(to: &mut [f64], what: &[f64]) {
    add_times(to, what, 1.0);
}

fn add_times(to: &mut [f64], what: &[f64], factor: f64) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += what * factor;
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
    fn sessions_that_leave_slowly_are_summed_to_their_end() {
        let stays = 0.99999;
        let chain = StepChain::new(vec![1.0], vec![Some(vec![stays, 1.0 - stays])]);
        for requests in [1_000_000, u32::MAX] {
            let expected = chain.expected_session((requests, requests));
            let visits = (1.0 - stays.powf(f64::from(requests))) / (1.0 - stays);
            assert!(
                near(&expected.visits, &[visits]),
                "{requests}: {expected:?}"
            );
            let leaving = 1.0 - stays.powf(f64::from(requests - 1));
            assert!((expected.leaving - leaving).abs() < 1e-6, "{expected:?}");
        }
        // Drawn from a range: the mean of the two halves of it.
        let parts = [(100_000, 149_999), (150_000, 199_999)];
        let steps = parts.map(|part| chain.expected_session(part).steps());
        let whole = chain.expected_session((100_000, 199_999)).steps();
        assert!(near(&[whole], &[f64::midpoint(steps[0], steps[1])]));
    }
}
