//! The run's time as the users of a shard live by it: it stands still while the run is paused.

use std::cell::Cell;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::clock;

/// Each shard has one, paused and resumed by the shard at moments that are the same for all shards.
///
/// A moment of the run is the machine's moment less all the pauses before it.
pub struct PausableClock {
    source: clock::Clock,
    paused: Cell<Duration>,
    since: Cell<Option<Instant>>,
    resumed: Notify,
}

impl PausableClock {
    /// A clock that goes as `source` does.
    pub fn new(source: clock::Clock) -> Self {
        Self {
            source,
            paused: Cell::default(),
            since: Cell::default(),
            resumed: Notify::default(),
        }
    }

    /// The clock below, which no pause stops.
    pub fn source(&self) -> clock::Clock {
        self.source
    }

    /// The present instant, also in a pause.
    pub fn now(&self) -> Instant {
        self.source.now()
    }

    /// Stands still from `now` on; an earlier pause goes on.
    pub fn pause(&self, now: Instant) {
        if self.since.get().is_none() {
            self.since.set(Some(now));
        }
    }

    /// Goes on at `now`.
    pub fn resume(&self, now: Instant) {
        if let Some(since) = self.since.take() {
            self.paused
                .set(self.paused.get() + now.saturating_duration_since(since));
            self.resumed.notify_waiters();
        }
    }

    /// Whether it stands still.
    pub fn is_paused(&self) -> bool {
        self.since.get().is_some()
    }

    /// All pauses so far, the present one included.
    pub fn paused(&self) -> Duration {
        let present = self
            .since
            .get()
            .map_or(Duration::ZERO, |since| self.source.since(since));
        self.paused.get() + present
    }

    /// Waits until it goes; at once if it does.
    pub async fn running(&self) {
        while self.is_paused() {
            self.resumed.notified().await;
        }
    }

    /// Sleeps until the run has been at it for `span` more; gives the machine's moment that was meant.
    pub async fn sleep(&self, span: Duration) -> Instant {
        self.sleep_until(self.now() + span, self.paused()).await
    }

    /// Sleeps until `due`, which was reckoned when all pauses were `before`; what was paused since then comes on top.
    pub async fn sleep_until(&self, due: Instant, before: Duration) -> Instant {
        loop {
            self.running().await;
            let until = due + self.paused().saturating_sub(before);
            if until <= self.now() {
                return until;
            }
            self.source.sleep_until(until).await;
            if !self.is_paused() && due + self.paused().saturating_sub(before) <= until {
                return until;
            }
        }
    }
}
