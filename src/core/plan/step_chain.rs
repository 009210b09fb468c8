//! Which step comes after which: a Markov chain over the steps of a user type.

/// The shares by which steps follow each other.
///
/// The first step of a session is drawn by weight, and so is the step after one without a row of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct StepChain {
    weights: Vec<f64>,
    /// By step: the shares of all steps after it, and last that of leaving.
    rows: Vec<Option<Vec<f64>>>,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_cannot_be_reached_or_left_are_found() {
        let shop = StepChain::new(
            vec![1.0, 0.0],
            vec![Some(vec![0.5, 0.3, 0.2]), Some(vec![0.0, 0.0, 1.0])],
        );
        assert!(shop.unreachable().is_empty() && shop.without_exit().is_empty());
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
