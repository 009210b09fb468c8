//! `throng.toml` over time: a value that changes in the file is set, one that is taken out goes back to what the run
//! would be without the file, and one that stays leaves alone what was set by hand meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::plan::{Change, DEFAULT_CANARY_TIME, Plan, Trial};

/// What the file said last, and what the run would be without it.
#[derive(Debug, Clone)]
pub struct Standing {
    said: Change,
    base: Dialled,
    trial_time: Duration,
}

/// What the dials should stand at after the file has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialled {
    pub users: u32,
    pub error_rate: f64,
    pub think_factor: f64,
    /// In per cent.
    pub canary: f64,
    pub weights: BTreeMap<String, f64>,
}

impl Standing {
    /// At the beginning of a run, which would be that of `plan` without the file.
    pub fn new(plan: &Plan, said: Change) -> Self {
        let base = Dialled {
            users: plan.users,
            error_rate: plan.error_rate,
            think_factor: plan.think_factor,
            canary: plan.reload.canary_per_cent(),
            weights: BTreeMap::new(),
        };
        let given = plan.reload.canary.map(|trial| trial.time);
        Self {
            said,
            base,
            trial_time: given.unwrap_or(DEFAULT_CANARY_TIME),
        }
    }

    /// What the dials should stand at when the file says `now`, and stood at `dialled` before.
    pub fn read(&self, now: &Change, mut dialled: Dialled) -> Dialled {
        let base = &self.base;
        if now.users != self.said.users {
            dialled.users = now.users.unwrap_or(base.users);
        }
        if now.error_rate != self.said.error_rate {
            dialled.error_rate = now.error_rate.unwrap_or(base.error_rate);
        }
        if now.think_factor != self.said.think_factor {
            dialled.think_factor = now.think_factor.unwrap_or(base.think_factor);
        }
        if now.canary != self.said.canary {
            dialled.canary = now.canary.unwrap_or(base.canary);
        }
        for name in self.said.weights.keys().chain(now.weights.keys()) {
            let weight = now.weights.get(name);
            if weight == self.said.weights.get(name) {
                continue;
            }
            match weight {
                Some(weight) => dialled.weights.insert(name.clone(), *weight),
                None => dialled.weights.remove(name),
            };
        }
        dialled
    }

    /// The trial that a share in per cent stands for, as long as the run was told when it began.
    pub fn trial(&self, per_cent: f64) -> Option<Trial> {
        (per_cent > 0.0).then(|| Trial {
            share: per_cent / 100.0,
            time: self.trial_time,
        })
    }

    /// The file was taken.
    pub fn took(&mut self, now: Change) {
        self.said = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialled(users: u32, error_rate: f64, weights: &[(&str, f64)]) -> Dialled {
        let weights = weights
            .iter()
            .map(|(name, weight)| ((*name).to_owned(), *weight));
        Dialled {
            users,
            error_rate,
            think_factor: 1.0,
            canary: 0.0,
            weights: weights.collect(),
        }
    }

    fn says(users: Option<u32>, weights: &[(&str, f64)]) -> Change {
        Change {
            users,
            weights: dialled(0, 0.0, weights).weights,
            ..Change::default()
        }
    }

    #[test]
    fn only_what_changed_in_the_file_is_set() {
        let plan = Plan::default();
        let mut standing = Standing::new(&plan, says(Some(50), &[("new", 10.0)]));
        // By hand the users were set to 70 and the error rate to 3 meanwhile.
        let now = says(Some(50), &[("new", 20.0), ("power", 5.0)]);
        let read = standing.read(&now, dialled(70, 3.0, &[("new", 10.0)]));
        assert_eq!(read, dialled(70, 3.0, &[("new", 20.0), ("power", 5.0)]));
        standing.took(now);
        // Taken out: the users go back to those of the plan, a weight to that of its script.
        let read = standing.read(&says(None, &[("new", 20.0)]), read);
        assert_eq!(read, dialled(plan.users, 3.0, &[("new", 20.0)]));
    }
}
