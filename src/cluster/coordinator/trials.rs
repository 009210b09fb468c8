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
