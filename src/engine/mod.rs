//! The engine: an orchestrator, its shards, their users. In: a plan, a bundle, commands; out: snapshots, the last with the exit code and its reasons.
//!
//! Never knows terminals, files or web pages.

mod arc_serde;
mod cleanup;
mod command;
mod config;
mod incidents;
mod monitor;
mod protection;
mod protocol;
mod release;
mod roster;
mod run;
mod shard;

pub use crate::request::circuit_breaker::coordinator::{BreakerAction, CircuitBreakers};
pub use cleanup::past_run::Cleanup;
pub use cleanup::runner::{CleanupProgress, Leftover, MOST_LISTED};
pub use command::{Command, CommandReply, Done, IncidentCommand, Initiator, Refused};
pub use config::RunConfig;
pub use monitor::{LevelChange, LoadShedding, StopRules};
pub use run::{Ended, Orchestrator, ShutdownDeadlines, StartError};
