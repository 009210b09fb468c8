//! Requests a second of the last seconds, for the small charts of a terminal.
//!
//! In: views, as they come. Out: the newest rates. It must never know who draws them.

use crate::view::RunView;

/// Seconds that are kept: as many as a wide terminal has columns.
const MOST: usize = 300;

/// What the last seconds were like, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    requests: Vec<u64>,
    p95_micros: Vec<u64>,
    /// The interval that was added last.
    added: u64,
}

impl Rates {
    /// Adds the second of a view, once; whether it was new. A pause and a part of a second have no rate.
    pub fn add(&mut self, view: &RunView) -> bool {
        let interval = &view.live.interval;
        if interval.number == self.added {
            return false;
        }
        self.added = interval.number;
        if let Some(rate) = interval.per_second {
            // Rates are small, and never below zero.
            self.requests.push(rate.round() as u64);
            let p95 = interval.latency_seconds.p95.unwrap_or(0.0);
            self.p95_micros.push((p95 * 1e6).round() as u64);
        }
        for figures in [&mut self.requests, &mut self.p95_micros] {
            let surplus = figures.len().saturating_sub(MOST);
            figures.drain(..surplus);
        }
        true
    }

    /// Requests a second.
    pub fn newest(&self) -> &[u64] {
        &self.requests
    }

    /// The 95th percentile of the service times, in microseconds; 0 in a second without a response.
    pub fn p95_micros(&self) -> &[u64] {
        &self.p95_micros
    }
}
