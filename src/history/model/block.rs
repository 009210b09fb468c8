use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::figures::Figures;

/// Some seconds of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// The run's age at its beginning.
    pub at_seconds: f64,
    /// Its length, also where the run's age stands still: in setup, teardown and clean-up.
    pub seconds: f64,
    /// By how much the run's age grew in it.
    pub run_seconds: f64,
    /// When it ended: milliseconds since 1970 (UTC).
    pub ended_ms: u64,
    /// Active users at its end.
    pub users: u64,
    /// By the number of their label in the run's list.
    pub figures: BTreeMap<u32, Figures>,
}

impl Block {
    /// Adds the block that followed.
    pub fn add(&mut self, next: Self) {
        self.seconds += next.seconds;
        self.run_seconds += next.run_seconds;
        self.ended_ms = next.ended_ms;
        self.users = next.users;
        for (label, figures) in next.figures {
            self.figures.entry(label).or_default().add(&figures);
        }
    }
}
