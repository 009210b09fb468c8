use serde::{Deserialize, Serialize};

use crate::metrics::{Snapshot, Worker, WorkerState};

/// The workers of a run on several machines, and whether everything that they counted has arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// By their places in the run.
    pub workers: Vec<Worker>,
    /// How far apart they began at most, as their clocks say.
    pub start_skew_seconds: f64,
    /// How many there shall be.
    pub wanted: u64,
    /// How many are at work, and how many of them have applied the last command.
    pub at_work: u64,
    pub obeyed: u64,
    /// Requests that were counted.
    pub counted: u64,
    /// Requests that workers say they counted.
    pub declared: u64,
    /// Those of them that were not counted.
    pub gap: u64,
    /// Whether every worker has said how many requests it sent in all; else the gap is a lower bound.
    #[serde(default)]
    pub gap_is_exact: bool,
    /// Arrivals that were due on workers that are lost, and are in none of their reports; none in a closed crowd, and where more arrive than can be counted.
    #[serde(default)]
    pub lost_arrivals: Option<u64>,
}

impl Cluster {
    /// None where the run is on one machine.
    pub(super) fn of(snapshot: &Snapshot) -> Option<Self> {
        let cluster = snapshot.conditions.cluster.as_ref()?;
        let all = &cluster.workers;
        Some(Self {
            workers: all.clone(),
            start_skew_seconds: cluster.start_skew.as_secs_f64(),
            wanted: cluster.wanted as u64,
            at_work: cluster.at_work as u64,
            obeyed: cluster.obeyed as u64,
            counted: all.iter().map(|worker| worker.counted).sum(),
            declared: all.iter().map(|worker| worker.declared).sum(),
            gap: cluster.gap(),
            gap_is_exact: cluster.is_gap_exact(),
            lost_arrivals: cluster.lost_arrivals,
        })
    }

    /// Workers in this state.
    pub fn count(&self, state: WorkerState) -> usize {
        let workers = self.workers.iter();
        workers.filter(|worker| worker.state == state).count()
    }

    /// Whether nothing is missing so far.
    pub fn is_whole(&self) -> bool {
        self.gap == 0 && self.count(WorkerState::Lost) == 0
    }
}
