//! The counters of one shard.
//!
//! In: samples, sessions, errors and custom values, as they happen. Out: a batch of what was counted since the last one.
//! It must never know other shards, the sums of the run, or a clock; a known series is counted without an allocation.

pub mod counts;
pub mod coverage_recorder;
mod covered;
pub mod custom_recorder;
mod keep;
pub mod named_counts;
pub mod recorder;
pub mod redaction;
pub mod series_index;
pub mod steps;
pub mod users;
