//! Steps and journeys: how often each ended, how long it took, and where users leave.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::latency::Latency;
use crate::metrics::{JourneyTotals, Snapshot, StepResults, StepTotals, TypeId};

/// One step of a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The type of user.
    #[serde(rename = "type")]
    pub kind: String,
    /// `__other__`: names beyond the bound.
    pub name: String,
    pub per_second: f64,
    #[serde(flatten)]
    pub ended: Ended,
}

/// One journey of a type. Begun are those that finished, were lost or cancelled, and those under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journey {
    /// The type of user.
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    pub begun: u64,
    pub under_way: u64,
    /// Reached their end, also with a failure on the way.
    pub finished: u64,
    /// Ended by an error of the script, or with their session.
    pub lost: u64,
    /// Where they were last seen, the most frequent first.
    pub lost_at: Vec<LostAt>,
    #[serde(flatten)]
    pub ended: Ended,
}

/// Where journeys were lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostAt {
    /// A step, or the method and name of a request.
    pub place: String,
    pub count: u64,
}

/// Those that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    pub results: Results,
    /// Of those that were not cancelled.
    pub duration_seconds: Latency,
    /// The same in buckets; in no summary.
    #[serde(skip)]
    pub durations: Buckets,
}

/// Steps or journeys by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    pub total: u64,
    pub ok: u64,
    /// A request or a check in it failed.
    pub failed: u64,
    /// Its script raised an error.
    pub error: u64,
    /// By a stop or a reload.
    pub cancelled: u64,
}

impl Results {
    /// The words of the results with their counts, in the order in which they are shown.
    pub fn named(&self) -> [(&'static str, u64); 4] {
        [
            ("ok", self.ok),
            ("failed", self.failed),
            ("error", self.error),
            ("cancelled", self.cancelled),
        ]
    }
}

impl From<StepResults> for Results {
    fn from(results: StepResults) -> Self {
        Self {
            total: results.total(),
            ok: results.ok,
            failed: results.failed,
            error: results.error,
            cancelled: results.cancelled,
        }
    }
}

impl From<&StepTotals> for Ended {
    fn from(totals: &StepTotals) -> Self {
        Self {
            results: totals.results.into(),
            duration_seconds: (&totals.duration).into(),
            durations: (&totals.duration).into(),
        }
    }
}

/// By type, in the run's order, then by name.
pub(super) fn steps(snapshot: &Snapshot) -> Vec<Step> {
    let one = |((kind, name), totals): (&(TypeId, String), &StepTotals)| Step {
        kind: snapshot.type_name(*kind).to_owned(),
        name: name.clone(),
        per_second: snapshot.per_second(totals.results.total()),
        ended: totals.into(),
    };
    snapshot.totals.steps.iter().map(one).collect()
}

/// By type, in the run's order, then by name.
pub(super) fn journeys(snapshot: &Snapshot) -> Vec<Journey> {
    let one = |((kind, name), totals): (&(TypeId, String), &JourneyTotals)| {
        let mut lost_at: Vec<_> = totals
            .lost
            .iter()
            .map(|(place, count)| LostAt {
                place: place.clone(),
                count: *count,
            })
            .collect();
        lost_at.sort_by_key(|one| Reverse(one.count));
        let ended = totals.ended.results.total();
        Journey {
            kind: snapshot.type_name(*kind).to_owned(),
            name: name.clone(),
            // Beyond the bound of names, one may end under another name than it began.
            begun: totals.begun.max(ended),
            under_way: totals.begun.saturating_sub(ended),
            finished: totals.finished,
            lost: totals.lost.values().sum(),
            lost_at,
            ended: (&totals.ended).into(),
        }
    };
    snapshot.totals.journeys.iter().map(one).collect()
}
