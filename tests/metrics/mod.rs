#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod aggregator;
mod custom;
mod difference;
mod failure_groups;
mod generator;
mod histogram;
pub mod recorder;
mod reload_status;
mod steps;
mod versions;
