//! Changed scripts that workers try before anybody runs them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc as blocking;

use crate::script::Bundle;

/// Scripts that are to be tried.
pub struct Staging {
    pub bundle: Arc<Bundle>,
    /// Place and cause of each fault.
    pub to: blocking::Sender<Vec<(String, String)>>,
}

/// Scripts that workers try.
struct Trial {
    /// Who has not said anything yet, by its place.
    waiting: Vec<usize>,
    faults: Vec<(String, String)>,
    to: blocking::Sender<Vec<(String, String)>>,
}

/// The trials under way, by their tickets.
#[derive(Default)]
pub struct Trials {
    open: BTreeMap<u64, Trial>,
    last: u64,
}

impl Trials {
    /// These workers begin to try scripts; none where nobody is left who could.
    pub fn begin(&mut self, waiting: Vec<usize>, staging: Staging) -> Option<(u64, Arc<Bundle>)> {
        if waiting.is_empty() {
            let _ = staging.to.send(Vec::new());
            return None;
        }
        self.last += 1;
        let trial = Trial {
            waiting,
            faults: Vec::new(),
            to: staging.to,
        };
        self.open.insert(self.last, trial);
        Some((self.last, staging.bundle))
    }

    /// A worker has tried them.
    pub fn answered(&mut self, ticket: u64, index: usize, faults: Vec<(String, String)>) {
        let Some(trial) = self.open.get_mut(&ticket) else {
            return;
        };
        let before = trial.waiting.len();
        trial.waiting.retain(|waiting| *waiting != index);
        if before > trial.waiting.len() {
            trial.faults.extend(faults);
        }
        if trial.waiting.is_empty()
            && let Some(trial) = self.open.remove(&ticket)
        {
            let _ = trial.to.send(trial.faults);
        }
    }

    /// A worker has ended in order, and has no users for whom it would need them.
    pub fn gone(&mut self, index: usize) {
        let tickets: Vec<u64> = self.open.keys().copied().collect();
        for ticket in tickets {
            self.answered(ticket, index, Vec::new());
        }
    }

    /// A worker will answer none of them.
    pub fn lost(&mut self, index: usize, name: &str) {
        let tickets: Vec<u64> = self.open.keys().copied().collect();
        for ticket in tickets {
            let why = (format!("worker {name}"), "it is lost".to_owned());
            self.answered(ticket, index, vec![why]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Place;

    type Answer = blocking::Receiver<Vec<(String, String)>>;

    /// Trials of which one has begun on three workers, and where its answer comes.
    fn begun() -> (Trials, u64, Answer) {
        let bundle = Bundle::read(&Place::Stock, None).expect("the built-in scripts are read");
        let (to, answer) = blocking::channel();
        let bundle = Arc::new(bundle);
        let mut trials = Trials::default();
        let begun = trials.begin(vec![0, 1, 2], Staging { bundle, to });
        let (ticket, _) = begun.expect("somebody is there");
        (trials, ticket, answer)
    }

    #[test]
    fn a_fault_of_one_worker_is_that_of_all() {
        let (mut trials, ticket, answer) = begun();
        let fault = ("worker b: active.lua:3".to_owned(), "no memory".to_owned());
        trials.answered(ticket, 0, Vec::new());
        trials.answered(ticket, 1, vec![fault.clone()]);
        trials.answered(ticket, 1, vec![fault.clone()]);
        assert!(answer.try_recv().is_err(), "one has not answered");
        trials.answered(ticket, 2, Vec::new());
        assert_eq!(answer.try_recv(), Ok(vec![fault]));
    }

    #[test]
    fn one_that_has_ended_is_not_waited_for_and_one_that_is_lost_is_a_fault() {
        let (mut trials, ticket, answer) = begun();
        trials.answered(ticket, 0, Vec::new());
        trials.gone(1);
        assert!(answer.try_recv().is_err(), "one has not answered");
        trials.lost(2, "c");
        let faults = answer.try_recv().expect("all have answered");
        assert!(faults.len() == 1 && faults[0].0.contains('c'), "{faults:?}");
    }
}
