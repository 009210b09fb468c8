//! Gauge of waiting requests: a guard counts one for as long as it waits, also where the wait is dropped.

use std::cell::Cell;

/// One that waits, for as long as this lives.
pub struct WaitingGuard<'a>(&'a Cell<u64>);

impl<'a> WaitingGuard<'a> {
    /// One more.
    pub fn count(count: &'a Cell<u64>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for WaitingGuard<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
