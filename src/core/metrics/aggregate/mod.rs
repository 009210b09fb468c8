//! The sums of a run, and how they change.
//!
//! In: batches of shards, once a second. Out: snapshots, and the versions of a type side by side.
//! It must never know a shard's users, or who reads a snapshot.

pub mod aggregator;
mod clocks;
mod cpu;
mod failures;
mod judge;
pub mod machine;
pub mod sums;
mod system;
pub mod version_view;
