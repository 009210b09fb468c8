//! Whether a connection is being answered: one that is idle may be closed for another.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Whether a connection is being answered, and since when it is not.
pub struct Activity {
    /// Requests under way, and when that changed last.
    requests: Mutex<(usize, Instant)>,
    /// The client does not read what is sent.
    stalled: Notify,
}

impl Activity {
    pub fn new() -> Self {
        Self {
            requests: Mutex::new((0, Instant::now())),
            stalled: Notify::new(),
        }
    }

    pub fn idle_since(&self) -> Option<Instant> {
        self.with(|(requests, since)| (*requests == 0).then_some(*since))
    }

    /// When it will have been idle for so long; while it is answered: later.
    pub fn idle_until(&self, time: Duration) -> Instant {
        self.idle_since().unwrap_or_else(Instant::now) + time
    }

    /// Closes the connection: its client does not read.
    pub fn close_stalled(&self) {
        self.stalled.notify_one();
    }

    pub async fn stalled(&self) {
        self.stalled.notified().await;
    }

    /// Only the thread of the web takes it.
    fn with<T>(&self, look: impl FnOnce(&mut (usize, Instant)) -> T) -> T {
        look(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A request under way; it may end by being dropped.
pub struct ActiveRequest(Arc<Activity>);

impl ActiveRequest {
    pub fn begin(activity: &Arc<Activity>) -> Self {
        activity.with(|requests| requests.0 += 1);
        Self(Arc::clone(activity))
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0
            .with(|requests| *requests = (requests.0 - 1, Instant::now()));
    }
}
