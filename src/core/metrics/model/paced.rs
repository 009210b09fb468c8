//! Steps with a pace: whether they began when they were to.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Timers are late in a second in which the 99th percentile of a shard's timer lag exceeds this; and a step that begins later
/// than this.
pub const LAG_LIMIT: Duration = Duration::from_millis(10);

/// The time between paced steps, as it was planned, and how much longer it was because this machine was late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paced {
    pub planned: Duration,
    pub late: Duration,
}

impl Paced {
    /// A user waited for a step that was to begin so long after the one before. What timers are late on an idle machine is
    /// left out.
    pub fn count(&mut self, pace: Duration, late: Duration) {
        self.planned += pace;
        if late > LAG_LIMIT {
            self.late += late;
        }
    }

    pub fn add(&mut self, other: &Self) {
        self.planned += other.planned;
        self.late += other.late;
    }
}
