//! A change that was hinted at, until it was looked at: when to look.

use std::time::Instant;

use super::change_detector::SourceState;
use super::settings::LoaderTimings;

pub struct Debounce {
    /// The first sign of it.
    pub since: Instant,
    /// When to look.
    pub due: Instant,
    /// When to look at the latest.
    pub latest: Instant,
    /// What was there when it was read last.
    pub last: Option<SourceState>,
}

impl Debounce {
    /// It began now.
    pub fn begin(now: Instant, patience: &LoaderTimings) -> Self {
        Self {
            since: now,
            due: now + patience.settle,
            latest: now + patience.longest,
            last: None,
        }
    }

    /// There was another hint.
    pub fn hint(&mut self, now: Instant, patience: &LoaderTimings) {
        self.due = self.latest.min(now + patience.settle);
    }

    /// Two readings did not agree; the second is given.
    pub fn again(&mut self, second: SourceState, now: Instant, patience: &LoaderTimings) {
        self.last = Some(second);
        self.due = now + patience.settle;
        self.latest = self.latest.max(self.due);
    }
}
