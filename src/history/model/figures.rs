use serde::{Deserialize, Serialize};

use super::times::Times;

/// What was counted of one label in some time. Steps and journeys have no `expected`, and those that failed are
/// `unexpected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub ok: u64,
    pub expected: u64,
    pub unexpected: u64,
    pub error: u64,
    pub cancelled: u64,
    /// Service times of requests, durations of steps and journeys.
    pub times: Times,
}

impl Figures {
    pub fn total(&self) -> u64 {
        self.ok + self.expected + self.unexpected + self.error + self.cancelled
    }

    pub fn failed(&self) -> u64 {
        self.unexpected + self.error
    }

    pub fn is_empty(&self) -> bool {
        self.total() == 0 && self.times.bins().is_empty()
    }

    pub fn add(&mut self, other: &Self) {
        self.ok += other.ok;
        self.expected += other.expected;
        self.unexpected += other.unexpected;
        self.error += other.error;
        self.cancelled += other.cancelled;
        self.times.add(&other.times);
    }
}
