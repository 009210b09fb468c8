//! Outputs of a run while it runs: Prometheus remote write, OTLP, and a file of single requests.
//!
//! In: the view of a run once a second, and what shards kept of single requests. Out: pushes over HTTP, lines in a file,
//! and how each of them stands ([`OutputStatuses`](crate::view::OutputStatuses)). All of it happens on threads of its own,
//! fed through bounded queues: whatever a receiver or a disk does, the run does not wait for it.
//! It must never know the engine, scripts, the command line, or terminals.

mod bounded;
mod delivery;
mod moments;
mod otlp;
mod push;
mod remote_write;
mod running;
mod samples;
mod settings;

pub use running::{OutputError, Outputs, Running};
pub use settings::{DEFAULT_JOB, Endpoint, Identity, SamplesFile, Settings};
