//! Counts those that wait, also where a wait is dropped.

use std::cell::Cell;

/// One that waits, for as long as this lives.
pub struct Waiting<'a>(&'a Cell<u64>);

impl<'a> Waiting<'a> {
    /// One more.
    pub fn count(count: &'a Cell<u64>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
