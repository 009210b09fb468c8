//! How a worker takes part.

use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;
use crate::cluster::time_of_day::time_of_day;

/// How long until it is looked again for what coordinators make.
pub const AGAIN: Duration = Duration::from_secs(1);

/// How a worker takes part.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// Its name, which no other worker of a run may have.
    pub name: String,
    /// The machine that it is on.
    pub host: String,
    /// Threads that it has for a run.
    pub threads: usize,
    /// The one place that it may take; none: any.
    pub index: Option<usize>,
    /// Whether it ends after one run.
    pub once: bool,
    /// How long it waits for a run; none: for ever.
    pub wait: Option<Duration>,
    /// The version of throng.
    pub version: String,
    /// Where a copy is kept of what is to be reported; none: nowhere.
    pub spool: Option<PathBuf>,
    /// The clock by which runs go.
    pub clock: Clock,
    /// By how many seconds the time of day is off here.
    pub seconds_ahead: i64,
}

impl WorkerOptions {
    /// The time of day as this machine has it, in nanoseconds since 1970.
    pub fn time_of_day(&self) -> i128 {
        i128::from(time_of_day()) + i128::from(self.seconds_ahead) * 1_000_000_000
    }
}
