//! What the parts of the engine say to each other.

use std::time::Duration;

use crate::metrics::{Batch, TypeId};
use crate::script::ledger::Entry;

/// From outside to the orchestrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// End the run in order: users finish their request and leave, what they made is cleaned up.
    Stop,
    /// End the run at once.
    Abort,
}

/// From the orchestrator to a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// No new steps; a request under way is the last of its step.
    Drain,
    /// Requests of steps still under way are cut.
    CutSteps,
    /// What is still under way, `on_stop` too, is dropped.
    End,
    /// Users of this type begin no session for so long.
    Rest(TypeId, Duration),
}

/// From a shard to the orchestrator.
#[derive(Debug)]
pub enum Report {
    /// What was counted in the last second.
    Batch(usize, Box<Batch>),
    /// What sessions that are over created.
    Created(Vec<Entry>),
    /// The last user has left; nothing more will come.
    Done,
    /// The shard cannot go on.
    Broken(String),
}
