//! Failures by reason and endpoint: short as they are in the feed, or with their examples.

use serde::{Deserialize, Serialize};

use crate::view::{self, RunView};

/// `GET /api/v1/failures`: failed requests by reason and endpoint, the most frequent first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// The run's id.
    pub run: String,
    pub groups: Vec<view::FailureGroup>,
}

/// The same as JSON on one line.
pub fn json(view: &RunView) -> String {
    // Plain data with keys of text always is JSON.
    serde_json::to_string(&Failures::from(view)).unwrap_or_default()
}

impl From<&RunView> for Failures {
    fn from(view: &RunView) -> Self {
        Self {
            run: view.run.id.clone(),
            groups: view.failure_groups.clone(),
        }
    }
}

/// A group in the feed, which comes each second.
#[derive(Serialize)]
pub(super) struct FailureGroup<'a> {
    reason: &'a str,
    outcome: &'a str,
    method: &'a str,
    name: &'a str,
    count: u64,
    first_seconds: u64,
    last_seconds: u64,
    incident: Option<&'a str>,
    /// Seconds of a span, and how many came in each, from the run's beginning.
    stride: u64,
    counts: &'a [u64],
}

impl<'a> From<&'a view::FailureGroup> for FailureGroup<'a> {
    fn from(group: &'a view::FailureGroup) -> Self {
        Self {
            reason: &group.reason,
            outcome: &group.outcome,
            method: &group.method,
            name: &group.name,
            count: group.count,
            first_seconds: group.first_seconds,
            last_seconds: group.last_seconds,
            incident: group.incident.as_deref(),
            stride: group.over_time.0,
            counts: &group.over_time.1,
        }
    }
}
