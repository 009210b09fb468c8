//! Steps: how often each ended, and how long it took.

use serde::{Deserialize, Serialize};

use crate::metrics::Histogram;

/// How a step or a journey ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepResult {
    /// Everything in it succeeded.
    Ok,
    /// A request or a check in it failed.
    Failed,
    /// Its script raised an error.
    Error,
    /// Cancelled by a stop or a reload.
    Cancelled,
}

impl StepResult {
    /// Its name in labels and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            StepResult::Ok => "ok",
            StepResult::Failed => "failed",
            StepResult::Error => "error",
            StepResult::Cancelled => "cancelled",
        }
    }
}

/// A step of one user type, interned by one recorder; not valid for another recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepId(pub(crate) u32);

/// Counts by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResults {
    pub ok: u64,
    pub failed: u64,
    pub error: u64,
    pub cancelled: u64,
}

impl StepResults {
    pub(crate) fn count(&mut self, result: StepResult) {
        *match result {
            StepResult::Ok => &mut self.ok,
            StepResult::Failed => &mut self.failed,
            StepResult::Error => &mut self.error,
            StepResult::Cancelled => &mut self.cancelled,
        } += 1;
    }

    pub fn total(&self) -> u64 {
        self.ok + self.failed + self.error + self.cancelled
    }

    pub fn add(&mut self, other: &StepResults) {
        self.ok += other.ok;
        self.failed += other.failed;
        self.error += other.error;
        self.cancelled += other.cancelled;
    }
}

/// The counts of one step of a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepTotals {
    pub results: StepResults,
    /// Of those that were not cancelled.
    pub duration: Histogram,
}

impl Default for StepTotals {
    fn default() -> Self {
        StepTotals {
            results: StepResults::default(),
            duration: Histogram::coarse(),
        }
    }
}

impl StepTotals {
    pub(crate) fn record(&mut self, result: StepResult, duration: std::time::Duration) {
        self.results.count(result);
        if result != StepResult::Cancelled {
            self.duration.record(duration);
        }
    }

    pub fn add(&mut self, other: &StepTotals) {
        self.results.add(&other.results);
        self.duration.add(&other.duration);
    }
}
