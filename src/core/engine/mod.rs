//! The engine: an orchestrator, its shards, their users. In: a plan, a bundle, commands; out: snapshots, the last with the exit code and its reasons.
//!
//! Never knows terminals, files or web pages.

mod arc_serde;
mod checkpoint;
mod cleanup;
mod command;
mod config;
mod incidents;
mod monitor;
mod owners;
mod placement;
mod protection;
mod protocol;
mod recording;
mod release;
mod remote;
mod roster;
mod run;
mod session_pool;
mod shard;
mod step_prompt;

pub use crate::request::circuit_breaker::coordinator::{BreakerAction, CircuitBreakers};
pub use checkpoint::{Resumed, RunCheckpoint};
pub use cleanup::past_run::Cleanup;
pub use cleanup::runner::{CleanupProgress, Leftover, MOST_LISTED};
pub use command::{Command, CommandReply, Done, IncidentCommand, Initiator, Refused};
pub use config::RunConfig;
pub use monitor::{LevelChange, LoadShedding, StopRules};
pub use owners::Owners;
pub use protocol::{Order, Report};
pub use recording::{KeptSession, PastSession, Recorded};
pub use remote::{RemoteOrder, RemoteShards, RunStart};
pub use roster::Roster;
pub use run::{Ended, Orchestrator, ShutdownDeadlines, StartError, WorkerShards};
pub use step_prompt::{Go, Place, Said, StepPrompt, StopAt, Stopped, Typed};
