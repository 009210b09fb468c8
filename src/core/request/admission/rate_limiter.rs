//! The rate limiter of a shard: requests pass one after the other, at its part of the run's rate.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;

use crate::clock;
use crate::pace::Spacing;
use crate::request::pausable_clock::PausableClock;
use crate::request::waiting_gauge::WaitingGuard;

/// Each shard has one. Users pass in the order of asking.
pub struct RateLimiter {
    clock: clock::Clock,
    began: Instant,
    spacing: RefCell<Option<Spacing>>,
    /// Its part of the rate, and what it uses of that at most.
    part: Cell<u64>,
    ceiling: Cell<Option<u64>>,
    /// Held by the one at the head of the queue.
    head: Mutex<()>,
    changed: Notify,
    waiting: Cell<u64>,
    passed: Cell<u64>,
}

impl RateLimiter {
    /// The rate of one of the parts of a run; without a rate it stands open.
    pub fn new(
        clock: clock::Clock,
        part: usize,
        parts: usize,
        millis_per_second: Option<u64>,
    ) -> Self {
        let spacing = millis_per_second.map(|rate| Spacing::of(part, parts, rate));
        Self {
            began: clock.now(),
            clock,
            spacing: RefCell::new(spacing),
            part: Cell::new(millis_per_second.unwrap_or(u64::MAX)),
            ceiling: Cell::new(None),
            head: Mutex::new(()),
            changed: Notify::new(),
            waiting: Cell::new(0),
            passed: Cell::new(0),
        }
    }

    /// From now on this is the rate, in thousandths of a request a second.
    pub fn set(&self, millis_per_second: u64) {
        self.part.set(millis_per_second);
        self.apply();
    }

    /// Whatever its part is, it uses no more than this from now on; none: its part holds.
    pub fn set_ceiling(&self, millis_per_second: Option<u64>) {
        self.ceiling.set(millis_per_second);
        self.apply();
    }

    fn apply(&self) {
        let millis_per_second = self.part.get().min(self.ceiling.get().unwrap_or(u64::MAX));
        if let Some(spacing) = &mut *self.spacing.borrow_mut() {
            spacing.set(self.clock.since(self.began), millis_per_second);
        }
        self.changed.notify_waiters();
    }

    /// Requests that passed since the last time.
    pub fn take_passed(&self) -> u64 {
        self.passed.take()
    }

    /// So many passed besides.
    pub fn count(&self, passed: u64) {
        self.passed.set(self.passed.get() + passed);
    }

    /// Requests that wait.
    pub fn waiting(&self) -> u64 {
        self.waiting.get()
    }

    /// Whether somebody waits while nobody may pass.
    pub fn is_starved(&self) -> bool {
        self.waiting.get() > 0 && matches!(self.try_pass(true), Err(None))
    }

    /// Whether the next one passes without a wait; it has passed then.
    pub fn is_open(&self, clock: &PausableClock) -> bool {
        self.spacing.borrow().is_none()
            || (self.waiting.get() == 0 && !clock.is_paused() && self.try_pass(false).is_ok())
    }

    /// Waits for its turn, and while the run is paused.
    pub async fn pass(&self, clock: &PausableClock) {
        let _waiting = WaitingGuard::count(&self.waiting);
        let _head = self.head.lock().await;
        loop {
            clock.running().await;
            let changed = self.changed.notified();
            match self.try_pass(false) {
                Ok(()) => return,
                Err(Some(wait)) => {
                    let _ = self.clock.timeout(wait, changed).await;
                }
                Err(None) => changed.await,
            }
        }
    }

    fn try_pass(&self, only_look: bool) -> Result<(), Option<Duration>> {
        let mut spacing = self.spacing.borrow_mut();
        let Some(spacing) = &mut *spacing else {
            return Ok(());
        };
        let before = *spacing;
        let said = spacing.go(self.clock.since(self.began));
        if only_look {
            *spacing = before;
        } else if said.is_ok() {
            self.passed.set(self.passed.get() + 1);
        }
        said
    }
}
