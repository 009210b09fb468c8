//! How a worker takes part.

use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;

/// How long until it is looked again for what coordinators make.
pub const AGAIN: Duration = Duration::from_secs(1);

/// How a worker takes part.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// Its name, which no other worker of a run may have.
    pub name: String,
    /// Threads that it has for a run.
    pub threads: usize,
    /// The one place that it may take; none: any.
    pub index: Option<usize>,
    /// Whether it ends after one run.
    pub once: bool,
    /// The version of throng.
    pub version: String,
    /// Where a copy is kept of what is to be reported; none: nowhere.
    pub spool: Option<PathBuf>,
    /// The clock by which runs go.
    pub clock: Clock,
}
