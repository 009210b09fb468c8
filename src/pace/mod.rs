//! When is the next one: pure arithmetic.
//!
//! In: counts, spans and a random number that the caller drew. Out: spans. It must never know clocks, timers, tokio or
//! where randomness comes from, so that tables test it.

mod backoff;
mod ramp;
mod think;

pub use backoff::Backoff;
pub use ramp::Ramp;
pub use think::{LONGEST_THINK, Think};
