//! What a run does to protect its target and to keep to its limits.
//!
//! In: what shards used and which of their requests failed. Out: quotas, timeouts, signals of circuit breakers. It must
//! never know how they reach a shard, or what time it is.

mod quota;
mod timeouts;

use std::collections::BTreeMap;
use std::time::Duration;

pub use quota::{Quotas, Share, Usage};
pub use timeouts::adaptive_timeouts;

use crate::metrics::{Breaker, Scope};
use crate::request::circuit_breaker::BreakerReport;
use crate::request::circuit_breaker::coordinator::{BreakerAction, CircuitBreakers};

/// The quotas and the circuit breakers of a run.
pub struct Protection {
    quotas: Quotas,
    breakers: Option<CircuitBreakers>,
}

impl Protection {
    /// Those that a run has; it may do without circuit breakers.
    pub fn new(quotas: Quotas, breakers: Option<CircuitBreakers>) -> Self {
        Self { quotas, breakers }
    }

    /// What each shard may use.
    pub fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// The same, to be changed.
    pub fn quotas_mut(&mut self) -> &mut Quotas {
        &mut self.quotas
    }

    /// A shard has news of a breaker. Times count from any fixed moment.
    pub fn on_breaker_news(
        &mut self,
        shard: usize,
        news: BreakerReport,
        now: Duration,
    ) -> Vec<BreakerAction> {
        let breakers = self.breakers.as_mut();
        breakers.map_or_else(Vec::new, |breakers| breakers.on_news(shard, news, now))
    }

    /// When the next breaker is half open.
    pub fn next_half_open(&self) -> Option<Duration> {
        self.breakers.as_ref()?.next_half_open()
    }

    /// Breakers whose back-off is over are half open.
    pub fn half_open_due(&mut self, now: Duration) -> Vec<BreakerAction> {
        let breakers = self.breakers.as_mut();
        breakers.map_or_else(Vec::new, |breakers| breakers.half_open_due(now))
    }

    /// A shard has ended: what it held others may have.
    pub fn shard_ended(&mut self, shard: usize) -> Vec<BreakerAction> {
        self.quotas.gone(shard);
        let breakers = self.breakers.as_mut();
        breakers.map_or_else(Vec::new, |breakers| breakers.gone(shard))
    }

    /// The breakers that were ever open, if the run has breakers; `age` is the run's at `now`.
    pub fn breaker_states(&self, now: Duration, age: Duration) -> Option<BTreeMap<Scope, Breaker>> {
        Some(self.breakers.as_ref()?.states(now, age))
    }
}
