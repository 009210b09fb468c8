//! A change that was hinted at, until it was looked at: when to look.

use std::time::{Duration, Instant};

use super::change_detector::Mark;

/// When the reader looks at the folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Quiet time after the last hint, before it looks.
    pub settle: Duration,
    /// Longest wait for quiet: under a steady stream of saves it looks all the same.
    pub longest: Duration,
    /// Time between two looks without a hint: a net for what the system does not tell.
    pub poll: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            settle: Duration::from_millis(200),
            longest: Duration::from_secs(2),
            poll: Duration::from_secs(2),
        }
    }
}

pub struct Unrest {
    /// The first sign of it.
    pub since: Instant,
    /// When to look.
    pub due: Instant,
    /// When to look at the latest.
    pub latest: Instant,
    /// What was there when it was read last.
    pub last: Option<Mark>,
}

impl Unrest {
    /// It began now.
    pub fn begin(now: Instant, patience: &Patience) -> Self {
        Self {
            since: now,
            due: now + patience.settle,
            latest: now + patience.longest,
            last: None,
        }
    }

    /// There was another hint.
    pub fn hint(&mut self, now: Instant, patience: &Patience) {
        self.due = self.latest.min(now + patience.settle);
    }

    /// Two readings did not agree; the second is given.
    pub fn again(&mut self, second: Mark, now: Instant, patience: &Patience) {
        self.last = Some(second);
        self.due = now + patience.settle;
        self.latest = self.latest.max(self.due);
    }
}
