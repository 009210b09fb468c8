//! Failed requests by reason and endpoint: how many, when, and the newest in full.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::live::Note;
use crate::metrics::{FailureGroup as Counted, FailureGroupKey, FailureKind, Snapshot, Timeline};

/// Failures of one reason and endpoint, of all types. Times are ages of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureGroup {
    /// `status 500`, `status 200: sold out`, or the network's failure; `__other__`: those beyond the bound.
    pub reason: String,
    /// `unexpected` or `error`.
    pub outcome: String,
    pub method: String,
    pub name: String,
    pub count: u64,
    /// The seconds in which the first and the last came.
    pub first_seconds: u64,
    pub last_seconds: u64,
    /// The incident that held when most of them came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// The newest that was noted.
    pub example: Option<Note>,
    /// How many in spans of this many seconds, from the run's beginning; in no summary.
    #[serde(skip)]
    pub over_time: (u64, Vec<u64>),
}

/// The most frequent first.
pub(super) fn failure_groups(snapshot: &Snapshot) -> Vec<FailureGroup> {
    let groups = snapshot.totals.failure_groups.iter();
    let mut groups: Vec<_> = groups
        .map(|(key, group)| one(snapshot, key, group))
        .collect();
    groups.sort_by_key(|one| Reverse(one.count));
    groups
}

fn one(snapshot: &Snapshot, key: &FailureGroupKey, group: &Counted) -> FailureGroup {
    let outcome = match key.reason {
        FailureKind::Network(_) => "error",
        FailureKind::Status(_) | FailureKind::Judged { .. } => "unexpected",
    };
    let incidents = group.incidents.iter();
    let most = incidents.filter(|(_, count)| **count * 2 > group.count);
    let Timeline { stride, counts } = &group.over_time;
    FailureGroup {
        reason: key.reason.to_string(),
        outcome: outcome.to_owned(),
        method: key.operation.verb.to_string(),
        name: key.operation.name.to_string(),
        count: group.count,
        first_seconds: group.first.as_secs(),
        last_seconds: group.last.as_secs(),
        incident: most
            .max_by_key(|(_, count)| **count)
            .map(|(name, _)| name.clone()),
        example: group.example.as_ref().map(|note| Note::of(snapshot, note)),
        over_time: (*stride, counts.clone()),
    }
}
