//! Records one session: numbers its steps and calls, and gives each event its time.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

use super::event::{Event, Via, What};

/// Where events go. It takes them at once, or drops them.
pub type Sink = Box<dyn Fn(Event)>;

/// How much is kept of what may be long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of a state, as JSON.
    pub state: usize,
}

impl Limits {
    /// Of one user that runs alone.
    pub const ALONE: Self = Self {
        body: 256 << 10,
        state: 256 << 10,
    };
    /// Of one user in a crowd.
    pub const IN_CROWD: Self = Self {
        body: 16 << 10,
        state: 16 << 10,
    };
}

/// Records the session of one user, on its thread.
pub struct Recorder {
    id: u64,
    sink: Sink,
    limits: Limits,
    began: Instant,
    steps: Cell<u32>,
    calls: Cell<u32>,
    via: Cell<Via>,
}

impl Recorder {
    /// Of a session that began then; `id` is that of the recording.
    pub fn new(id: u64, sink: Sink, limits: Limits, began: Instant) -> Self {
        Self {
            id,
            sink,
            limits,
            began,
            steps: Cell::new(0),
            calls: Cell::new(0),
            via: Cell::default(),
        }
    }

    /// Which recording it is.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// How much is kept of what may be long.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Something happens now.
    pub fn add(&self, what: What) {
        let at = self.seconds_until(Instant::now());
        (self.sink)(Event { at, what });
    }

    /// From the session's beginning to a moment.
    pub fn seconds_until(&self, moment: Instant) -> f64 {
        rounded(moment.saturating_duration_since(self.began))
    }

    /// The number of the next step, from 1.
    pub fn next_step(&self) -> u32 {
        next(&self.steps)
    }

    /// The number of the next call, from 1.
    pub fn next_call(&self) -> u32 {
        next(&self.calls)
    }

    /// How the next request comes about.
    pub fn note(&self, via: Via) {
        self.via.set(via);
    }

    /// How the request that begins came about; the next one is a call again.
    pub fn take_via(&self) -> Via {
        self.via.take()
    }
}

/// Seconds, to the microsecond.
pub(super) fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e6
}

fn next(number: &Cell<u32>) -> u32 {
    number.set(number.get().saturating_add(1));
    number.get()
}
