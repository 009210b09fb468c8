//! A whole trace: the events of a session, within a bound.

use serde::{Deserialize, Serialize};

use super::event::{Event, What};

/// Events that are kept; those after them are counted.
const MOST_EVENTS: usize = 20_000;
/// Bytes of bodies that are kept; those after them are left out of their events.
const MOST_BYTES: usize = 64 << 20;

/// The events of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Where the requests went.
    pub target: String,
    /// The version of throng that recorded it.
    pub throng: String,
    /// RFC 3339, UTC.
    pub recorded_at: String,
    pub events: Vec<Event>,
    /// How many more there were than were kept.
    pub omitted: u64,
    #[serde(skip)]
    bytes: usize,
}

/// What a trace adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Steps, with `on_start` and `on_stop`.
    pub steps: u32,
    pub requests: u32,
    /// Requests that failed, also by a judgement of the script.
    pub failed: u32,
    /// Checks that did not hold.
    pub checks_failed: u32,
    /// Errors of the script.
    pub errors: u32,
    /// Until its last event.
    pub seconds: f64,
}

impl Trace {
    /// Of a session whose requests go to this target, before its first event; `recorded_at` is RFC 3339.
    pub fn new(target: String, throng: &str, recorded_at: String) -> Self {
        Self {
            target,
            throng: throng.to_owned(),
            recorded_at,
            ..Self::default()
        }
    }

    /// Keeps an event.
    pub fn add(&mut self, mut event: Event) {
        if let What::Omitted { events } = event.what {
            self.omitted += events;
        }
        // The end is always there.
        let is_end = matches!(event.what, What::SessionEnded(_));
        if self.events.len() >= MOST_EVENTS && !is_end {
            self.omitted += 1;
            return;
        }
        if let What::Call(call) = &mut event.what {
            let bodies = [Some(&mut call.request), call.response.as_mut()];
            for message in bodies.into_iter().flatten() {
                self.bytes += message.body.text.len();
                if self.bytes > MOST_BYTES {
                    message.body.is_cut |= !message.body.text.is_empty();
                    message.body.text.clear();
                }
            }
        }
        self.events.push(event);
    }

    /// What it adds up to.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for event in &self.events {
            totals.add(event);
        }
        totals
    }
}

impl Totals {
    /// With one more event.
    pub fn add(&mut self, event: &Event) {
        self.seconds = self.seconds.max(event.at);
        match &event.what {
            What::StepBegan(_) => self.steps += 1,
            What::Call(call) => {
                self.requests += 1;
                self.failed += u32::from(call.has_failed());
            }
            What::Judged { .. } => self.failed += 1,
            What::Check(check) => self.checks_failed += u32::from(!check.passed),
            What::Error(_) => self.errors += 1,
            _ => {}
        }
    }
}

impl super::event::Call {
    /// Whether it is counted as a failure.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome.as_str(), "unexpected" | "error")
    }
}
