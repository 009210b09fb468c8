//! What holds requests of a shard back: its part of the run's rate, the circuit breakers, the times that endpoints take,
//! how much the target suffers.
//!
//! In: quotas, signals and times that whoever leads the run hands down. Out: waits, and news of failures. It belongs to
//! one thread and knows nobody else's counts.

mod breaker_messages;
mod circuit_breaker;
mod rate_limiter;
mod shed_level;
mod timeouts;

pub use breaker_messages::{Ending, News, Shut, Signal};
pub use circuit_breaker::{Breakers, Crossed};
pub use rate_limiter::Turnstile;
pub use shed_level::{MOST, Strain};
pub use timeouts::{LEAST_SAMPLES, LONGEST, SHORTEST, Timeouts, Times};

use crate::plan;

/// What holds requests of a shard back.
pub struct Limits {
    /// The shard's part of `--max-rps`.
    pub turnstile: Turnstile,
    /// What is left alone.
    pub breakers: Breakers,
    /// How long endpoints take.
    pub timeouts: Timeouts,
    /// How much the target suffers.
    pub strain: Strain,
}

impl Limits {
    /// Those of one part of the run, of so many parts with this rate for each of them.
    pub fn new(
        plan: &plan::Limits,
        part: usize,
        parts: usize,
        millis_per_second: Option<u64>,
    ) -> Self {
        Self {
            turnstile: Turnstile::new(part, parts, millis_per_second),
            breakers: Breakers::new(plan.breaker, parts),
            timeouts: Timeouts::default(),
            strain: Strain::default(),
        }
    }

    /// None: what is no part of a crowd is not throttled.
    pub fn none() -> Self {
        let plan = plan::Limits {
            breaker: None,
            ..plan::Limits::default()
        };
        Self::new(&plan, 0, 1, None)
    }
}
