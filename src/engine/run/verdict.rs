//! The verdict on a run: how it ended, or why it did not begin.

use std::sync::Arc;

use crate::engine::cleanup::runner::Leftover;
use crate::ledger::RemainingEntry;
use crate::metrics::Snapshot;
use crate::script::Diagnostic;

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The last snapshot: nothing was counted after it.
    pub snapshot: Arc<Snapshot>,
    /// Whether it was a run at all.
    pub verdict: Verdict,
    /// What clean-up left behind, the first [`MOST_LISTED`](crate::engine::MOST_LISTED) of it; none without clean-up.
    pub leftovers: Vec<Leftover>,
    /// What is left and stands in no file: nothing but this list knows of it.
    pub unwritten: Vec<RemainingEntry>,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It ran.
    Fine,
    /// Every request was to a place where the run may not connect to.
    NothingAllowed,
    /// No request was ever answered.
    NothingAnswered,
    /// This machine could send no request.
    NothingSent,
    /// Every session failed.
    AllSessionsFailed,
    /// More sessions failed than were completed.
    MostSessionsFailed,
    /// A rule of its safety valve was met: [`Snapshot::stopped_by`].
    Valve,
    /// A threshold was met, or there was nothing to measure: [`Snapshot::thresholds`].
    Threshold,
    /// What it created could not be written down: [`Snapshot::stopped_by`].
    LedgerBroke,
    /// A shard ended before its time.
    ShardBroke,
    /// It was ended at once.
    Aborted,
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
}
