//! Sessions and how they ended.

use serde::{Deserialize, Serialize};

/// How one session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionResult<'a> {
    /// It made its requests.
    Completed,
    /// The script or the target ended it; a short reason without variable values.
    Failed(&'a str),
    /// The run ended first.
    Interrupted,
}

/// Counts of ended sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    pub completed: u64,
    pub failed: u64,
    pub interrupted: u64,
}

impl Sessions {
    pub fn total(&self) -> u64 {
        self.completed + self.failed + self.interrupted
    }

    pub fn add(&mut self, other: &Sessions) {
        self.completed += other.completed;
        self.failed += other.failed;
        self.interrupted += other.interrupted;
    }
}
