//! The model: what is measured, as plain data that adds up and can be sent.
//!
//! In: samples and other facts. Out: totals, batches and snapshots. It must never know a shard, a clock, or who reads it.

pub mod arrivals;
pub mod batch;
pub mod bounds;
pub mod check;
pub mod cluster;
pub mod conditions;
pub mod coverage;
pub mod custom;
pub mod exit;
pub mod failure;
pub mod failure_group;
pub mod generator;
pub mod generator_verdict;
pub mod incident;
pub mod interval;
pub mod journey;
pub mod machine_report;
pub mod measured;
pub mod operation;
pub mod overload;
pub mod paced;
pub mod pairs;
pub mod people;
pub mod phases;
pub mod protection;
pub mod records;
pub mod reload_status;
pub mod run_info;
pub mod sample;
pub mod script_error;
pub mod search;
pub mod series;
pub mod session;
pub mod snapshot;
pub mod status;
pub mod step;
pub mod stop_reason;
pub mod threshold;
pub mod totals;
pub mod version;
