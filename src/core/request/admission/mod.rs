//! Admission of the requests of one thread: its part of the run's rate, circuit breakers, adaptive timeouts, load
//! shedding.
//!
//! In: quotas, timeouts and levels that the run hands down. Out: waits. Must never know: what a request is, nor the counts
//! of other threads.

mod rate_limiter;
mod shed_level;
mod timeouts;

pub use rate_limiter::RateLimiter;
pub use shed_level::{MOST, ShedLevel};
pub use timeouts::{LEAST_SAMPLES, LONGEST, SHORTEST, Timeouts, TimeoutsByEndpoint};

use super::circuit_breaker::ShardBreakers;
use crate::clock::Clock;
use crate::plan;

/// What holds requests of a shard back.
pub struct Limits {
    /// The shard's part of `--max-rps`.
    pub rate: RateLimiter,
    /// Which hosts and endpoints get no requests.
    pub breakers: ShardBreakers,
    /// How long endpoints take.
    pub timeouts: Timeouts,
    /// How much the target suffers.
    pub shed_level: ShedLevel,
}

impl Limits {
    /// Those of one part of the run, of so many parts with this rate for each of them.
    pub fn new(
        clock: Clock,
        plan: &plan::Limits,
        part: usize,
        parts: usize,
        millis_per_second: Option<u64>,
    ) -> Self {
        Self {
            rate: RateLimiter::new(clock, part, parts, millis_per_second),
            breakers: ShardBreakers::new(clock, plan.breaker, parts),
            timeouts: Timeouts::new(plan.adaptive_timeout),
            shed_level: ShedLevel::default(),
        }
    }

    /// Whether any of them treats one endpoint otherwise than another.
    pub fn tell_endpoints_apart(&self) -> bool {
        self.breakers.are_on() || self.timeouts.are_on()
    }

    /// None: what is no part of a crowd is not throttled.
    pub fn none() -> Self {
        let plan = plan::Limits {
            breaker: None,
            ..plan::Limits::default()
        };
        Self::new(Clock::default(), &plan, 0, 1, None)
    }
}
