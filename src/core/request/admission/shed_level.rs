//! The level of load shedding, by which users skip heavy steps.

use std::cell::Cell;

use tokio::sync::Notify;

/// The heaviest a step can be, and the highest level of load shedding.
pub const MOST: u8 = 3;

/// The level of load shedding: 0 is none, [`MOST`] the most. Set by the run, read by users before a step.
#[derive(Default)]
pub struct ShedLevel {
    level: Cell<u8>,
    changed: Notify,
}

impl ShedLevel {
    /// From now on this is the level.
    pub fn set(&self, level: u8) {
        self.level.set(level);
        self.changed.notify_waiters();
    }

    /// The level now.
    pub fn level(&self) -> u8 {
        self.level.get()
    }

    /// Whether a step is left out now: the heavier ones first.
    pub fn skips(&self, heavy: u8) -> bool {
        heavy > 0 && heavy + self.level.get() > MOST
    }

    /// Waits until it is another one.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}
