//! The shutdown signal of a thread: users ask for it before a step, and can wait for it.

use std::cell::Cell;

use tokio::sync::Notify;

/// A signal for each shard; set once by the shard, read by each of its users.
#[derive(Default)]
pub struct ShutdownSignal {
    set: Cell<bool>,
    changed: Notify,
}

impl ShutdownSignal {
    /// From now on users make no new steps and requests of a step under way are its last.
    pub fn set(&self) {
        self.set.set(true);
        self.changed.notify_waiters();
    }

    /// Whether the run is ending.
    pub fn is_set(&self) -> bool {
        self.set.get()
    }

    /// Ends when the run is ending; at once if it is already.
    pub async fn wait(&self) {
        while !self.set.get() {
            self.changed.notified().await;
        }
    }
}
