//! The progress of one request: written by the exchange, read by its sender, also after it gave up.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::timings::Timings;

/// What a request is doing at the moment; the order is that of [`Timings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Blocked,
    Dns,
    Connect,
    Tls,
    Send,
    Wait,
    Receive,
}

impl Phase {
    /// What a request was doing when it timed out.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "waiting for a free connection",
            Self::Dns => "looking up the host",
            Self::Connect => "connecting",
            Self::Tls => "in the TLS handshake",
            Self::Send => "sending the request",
            Self::Wait => "waiting for the first byte",
            Self::Receive => "receiving the response",
        }
    }
}

/// The progress of one request. The caller owns it and may read it between polls of
/// [`Client::send_observed`](crate::http::Client::send_observed), and after dropping that future:
///
/// ```ignore
/// let progress = Progress::new();
/// let mut sending = pin!(client.send_observed(&request, &progress));
/// // poll `sending`; as soon as `progress.sent_at()` is some, the whole request was handed
/// // to the kernel: if `sending` is dropped now, the server sees a complete request and a close.
/// ```
#[derive(Debug)]
pub struct Progress {
    phase: Cell<Phase>,
    since: Cell<Instant>,
    spent: [Cell<Duration>; 7],
    sent_at: Cell<Option<Instant>>,
    bytes_sent: Cell<u64>,
    bytes_received: Cell<u64>,
    status: Cell<Option<u16>>,
    reused: Cell<bool>,
    held: Cell<Duration>,
    held_since: Cell<Option<Instant>>,
    is_counted: Cell<bool>,
}

/// The phases of one attempt on a connection.
const ATTEMPT: [Phase; 3] = [Phase::Send, Phase::Wait, Phase::Receive];

/// A failed attempt: its phases, and when the whole request had been sent.
#[derive(Debug)]
pub(crate) struct FailedAttempt {
    spent: [Duration; 3],
    sent_at: Option<Instant>,
}

/// A wait for the limits of the run, which ends when this is dropped, also by cancellation; then it records its
/// duration.
pub(crate) struct Held<'a, F: Fn(Duration)> {
    progress: &'a Progress,
    ended: F,
}

impl<F: Fn(Duration)> Drop for Held<'_, F> {
    fn drop(&mut self) {
        (self.ended)(self.progress.release());
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress {
    pub fn new() -> Self {
        Self {
            phase: Cell::new(Phase::Blocked),
            since: Cell::new(Instant::now()),
            spent: Default::default(),
            sent_at: Cell::new(None),
            bytes_sent: Cell::new(0),
            bytes_received: Cell::new(0),
            status: Cell::new(None),
            reused: Cell::new(false),
            held: Cell::new(Duration::ZERO),
            held_since: Cell::new(None),
            is_counted: Cell::new(false),
        }
    }

    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// When the last byte of the request was handed to the kernel.
    pub fn sent_at(&self) -> Option<Instant> {
        self.sent_at.get()
    }

    /// Bytes of the request written, before TLS.
    pub fn bytes_sent(&self) -> u64 {
        self.bytes_sent.get()
    }

    /// Bytes of the response read, after TLS.
    pub fn bytes_received(&self) -> u64 {
        self.bytes_received.get()
    }

    /// The status, once the head of the final response has arrived.
    pub fn status(&self) -> Option<u16> {
        self.status.get()
    }

    /// Whether the connection had served a request before.
    pub fn reused(&self) -> bool {
        self.reused.get()
    }

    /// Time in which the limits of the run throttled the request: part of `blocked`, of no timeout, and of no latency.
    pub fn held(&self) -> Duration {
        let present = self.held_since.get();
        self.held.get() + present.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Whether the limits of the run throttle the request now.
    pub fn is_held(&self) -> bool {
        self.held_since.get().is_some()
    }

    /// Throttling starts, until the guard is dropped.
    pub(crate) fn hold<F: Fn(Duration)>(&self, ended: F) -> Held<'_, F> {
        self.held_since.set(Some(Instant::now()));
        Held {
            progress: self,
            ended,
        }
    }

    /// Throttling ends; returns its duration.
    fn release(&self) -> Duration {
        let since = self.held_since.take();
        let held = since.map_or(Duration::ZERO, |since| since.elapsed());
        self.held.set(self.held.get() + held);
        held
    }

    /// The phases so far, including the current one until now.
    pub fn timings(&self) -> Timings {
        self.timings_at(Instant::now())
    }

    pub(crate) fn timings_at(&self, now: Instant) -> Timings {
        let current = now.saturating_duration_since(self.since.get());
        let of = |phase: Phase| {
            let spent = self.spent[phase as usize].get();
            if phase == self.phase.get() {
                spent + current
            } else {
                spent
            }
        };
        Timings {
            blocked: of(Phase::Blocked),
            dns: of(Phase::Dns),
            connect: of(Phase::Connect),
            tls: of(Phase::Tls),
            send: of(Phase::Send),
            wait: of(Phase::Wait),
            receive: of(Phase::Receive),
        }
    }

    /// Ends the current phase and begins another one at `now`.
    pub(crate) fn enter_at(&self, phase: Phase, now: Instant) {
        let spent = &self.spent[self.phase.get() as usize];
        spent.set(spent.get() + now.saturating_duration_since(self.since.get()));
        self.phase.set(phase);
        self.since.set(now);
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.enter_at(phase, Instant::now());
    }

    /// Records the time of the first byte of a response.
    pub(crate) fn first_byte(&self) -> Instant {
        let now = Instant::now();
        self.enter_at(Phase::Receive, now);
        now
    }

    /// The whole request was handed to the kernel. If a response has begun before that, there is no wait phase.
    pub(crate) fn sent(&self) {
        let now = Instant::now();
        self.sent_at.set(Some(now));
        if self.phase.get() == Phase::Send {
            self.enter_at(Phase::Wait, now);
        }
    }

    /// The time since the first byte of this attempt was handed to the kernel.
    pub(crate) fn on_the_wire(&self) -> Duration {
        self.timings().service()
    }

    /// The request is to be retried: the attempt counts as `blocked` time. Returns the attempt.
    pub(crate) fn restart(&self) -> FailedAttempt {
        self.enter(Phase::Blocked);
        let spent = ATTEMPT.map(|phase| self.spent[phase as usize].take());
        let blocked = &self.spent[Phase::Blocked as usize];
        blocked.set(blocked.get() + spent.iter().sum::<Duration>());
        FailedAttempt {
            spent,
            sent_at: self.sent_at.take(),
        }
    }

    /// It is not retried after all: restores the attempt.
    pub(crate) fn resume(&self, attempt: FailedAttempt) {
        self.enter(Phase::Wait);
        let blocked = &self.spent[Phase::Blocked as usize];
        blocked.set(
            blocked
                .get()
                .saturating_sub(attempt.spent.iter().sum::<Duration>()),
        );
        for (phase, spent) in ATTEMPT.into_iter().zip(attempt.spent) {
            self.spent[phase as usize].set(spent);
        }
        self.sent_at.set(attempt.sent_at);
    }

    /// Awaits a limit of the run, recorded as throttling.
    pub(crate) async fn throttled_by<T>(&self, wait: impl Future<Output = T>) -> T {
        let _held = self.hold(|_| {});
        wait.await
    }

    /// Whether it is counted by this, and was not before.
    pub(crate) fn count(&self) -> bool {
        !self.is_counted.replace(true)
    }

    pub(crate) fn add_sent(&self, bytes: usize) {
        self.bytes_sent.set(self.bytes_sent.get() + bytes as u64);
    }

    pub(crate) fn add_received(&self, bytes: usize) {
        self.bytes_received
            .set(self.bytes_received.get() + bytes as u64);
    }

    pub(crate) fn set_status(&self, status: u16) {
        self.status.set(Some(status));
    }

    pub(crate) fn set_reused(&self, reused: bool) {
        self.reused.set(reused);
    }
}
