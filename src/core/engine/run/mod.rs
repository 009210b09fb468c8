//! The one state of a run, and what acts on it.
//!
//! In: an orchestrator, commands, reports of shards. Out: orders to shards, snapshots, an exit with its reasons. It must never know
//! terminals, files or web pages, nor how a wing below it comes to its judgement.

mod apply;
mod arrivals;
mod cleanup;
mod clock;
mod commands;
mod due_arrivals;
mod ended;
mod exit_reasons;
mod finish;
mod incidents;
mod last_sessions;
mod live_arrivals;
mod live_shape;
mod lockstep;
mod membership;
mod orchestrator;
mod pending_commands;
mod protection;
mod publisher;
mod record;
mod recorded_hook;
mod recordings;
mod reload;
mod reports;
mod rollout;
mod sampling;
mod setup_teardown;
mod shape;
mod shards;
mod shutdown;
mod shutdown_deadlines;
mod state;
mod takeover;
mod thread_of_shard;
mod worker_shards;

pub use ended::{Ended, StartError};
pub use orchestrator::Orchestrator;
pub use shutdown_deadlines::ShutdownDeadlines;
pub use worker_shards::WorkerShards;
