//! Circuit breakers, for each host and endpoint: threads count and hold back, one coordinator decides for the whole run.
//!
//! In: how requests ended. Out: whether the next one may go, and the messages between threads and the run. Must never
//! know: what a request is, who sends it, how messages travel.

pub mod coordinator;
mod messages;
mod shard_breakers;

pub use messages::{BreakerReport, BreakerSignal, BreakerTimeout, Ending};
pub use shard_breakers::{Circuits, ShardBreakers};
