//! How the workers of a run on many machines stand.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The workers of a run, and whether everything that they counted has arrived.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// By their places in the run.
    pub workers: Vec<Worker>,
    /// How far apart they began, as their clocks say.
    pub start_skew: Duration,
    /// How many workers there shall be.
    pub wanted: usize,
    /// How many are at work, and how many of them have applied the last command.
    pub at_work: usize,
    pub obeyed: usize,
    /// Arrivals of an open crowd that were due on workers that are lost, and are in none of their reports.
    #[serde(default)]
    pub lost_arrivals: Option<u64>,
}

/// One worker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// Its name.
    pub name: String,
    /// Threads that it has for the run.
    pub threads: u32,
    pub state: WorkerState,
    /// Requests of its reports that were added to the run's.
    pub counted: u64,
    /// Requests that it says it counted.
    pub declared: u64,
    /// Processors that it used over the last second: 1 is one whole core. None where it does not know.
    #[serde(default)]
    pub cpu: Option<f64>,
    /// Share of a core that the busiest of its threads used in one second, at most.
    #[serde(default)]
    pub busiest_thread: Option<f64>,
    /// Whether that is all: its last report has come.
    #[serde(default)]
    pub has_said_all: bool,
}

/// How a worker stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    /// It prepares for the run.
    #[default]
    Preparing,
    /// Its users are active.
    Running,
    /// Nothing was heard of it for some seconds.
    Suspect,
    /// It has left before the end of the run: others have its users, and everything that it counted was declared.
    Left,
    /// Nothing was heard of it for so long that the run counts on it no more.
    Lost,
    /// It has ended, and everything that it counted was declared.
    Done,
}

impl Cluster {
    /// Requests that workers declared and that were not counted.
    pub fn gap(&self) -> u64 {
        let of = |worker: &Worker| worker.declared.saturating_sub(worker.counted);
        self.workers.iter().map(of).sum()
    }

    /// Whether the gap is exact: every worker has said how many requests it sent in all. Else there may be more.
    pub fn is_gap_exact(&self) -> bool {
        self.workers.iter().all(|worker| worker.has_said_all)
    }

    /// Workers in this state.
    pub fn count(&self, state: WorkerState) -> usize {
        let workers = self.workers.iter();
        workers.filter(|worker| worker.state == state).count()
    }
}

impl WorkerState {
    /// Every one, in the order of a worker's life.
    pub const ALL: [Self; 6] = [
        Self::Preparing,
        Self::Running,
        Self::Suspect,
        Self::Left,
        Self::Lost,
        Self::Done,
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Running => "running",
            Self::Suspect => "suspect",
            Self::Left => "left",
            Self::Lost => "lost",
            Self::Done => "done",
        }
    }
}
