//! How a run ended, or why it did not begin.

use std::sync::Arc;

use crate::engine::cleanup::runner::Leftover;
use crate::ledger::RemainingEntry;
use crate::metrics::Snapshot;
use crate::script::Diagnostic;

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The last snapshot: nothing was counted after it. It has the [`Exit`](crate::metrics::Exit).
    pub snapshot: Arc<Snapshot>,
    /// What clean-up left behind, the first [`MOST_LISTED`](crate::engine::MOST_LISTED) of it; none without clean-up.
    pub leftovers: Vec<Leftover>,
    /// What is left and stands in no file: nothing but this list knows of it.
    pub unwritten: Vec<RemainingEntry>,
}

/// Why a run did not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A thread or its runtime could not be started.
    #[error("{0}")]
    Machine(String),
    /// `_crowd.lua` failed.
    #[error("setup failed: {0}")]
    Setup(Diagnostic),
    /// Another process leads the run.
    #[error("{0}")]
    Superseded(String),
}
