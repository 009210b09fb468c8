//! What may be turned while the crowd is out: scripts meet the new value at their next draw.

use std::sync::atomic::{AtomicU64, Ordering};

/// Turned by whoever leads the run, read by all shards. Each dial is a number of its own, so no order between them
/// has to be kept.
#[derive(Debug)]
pub struct Dials {
    error_rate: AtomicU64,
    think_factor: AtomicU64,
}

impl Dials {
    /// Dials that stand at these values.
    pub fn new(error_rate: f64, think_factor: f64) -> Self {
        Self {
            error_rate: AtomicU64::new(error_rate.to_bits()),
            think_factor: AtomicU64::new(think_factor.to_bits()),
        }
    }

    /// Deliberate mistakes wished for, in per cent of the requests.
    pub fn error_rate(&self) -> f64 {
        f64::from_bits(self.error_rate.load(Ordering::Relaxed))
    }

    /// What every think time is multiplied by.
    pub fn think_factor(&self) -> f64 {
        f64::from_bits(self.think_factor.load(Ordering::Relaxed))
    }

    /// From now on so many per cent.
    pub fn set_error_rate(&self, per_cent: f64) {
        self.error_rate.store(per_cent.to_bits(), Ordering::Relaxed);
    }

    /// From now on this factor.
    pub fn set_think_factor(&self, factor: f64) {
        self.think_factor.store(factor.to_bits(), Ordering::Relaxed);
    }
}
