//! Protection of the target, and of the run's limits: quotas and adaptive timeouts.
//!
//! In: what shards used, and how long endpoints took. Out: quotas and timeouts. It must never know how they reach a shard,
//! or what time it is.

mod quota;
mod timeouts;

pub use quota::{QuotaKind, QuotaState, Quotas, Usage};
pub use timeouts::adaptive_timeouts;
