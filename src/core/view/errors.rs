//! Failed requests by kind.
//!
//! In: a snapshot. Out: each kind with its count, an example and its trace. Must never know: who reads it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{Failure, Snapshot};

/// Failures of one kind, and the first that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorKind {
    pub kind: String,
    pub count: u64,
    pub example: Option<String>,
    /// The trace of the example; left out where requests carry no `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Where that trace can be seen, by `--trace-url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_url: Option<String>,
}

/// Failures of all series by kind, each with the first example that was seen.
pub(super) fn errors(snapshot: &Snapshot) -> Vec<ErrorKind> {
    let mut failures = BTreeMap::<String, Failure>::new();
    for totals in snapshot.totals.series.values() {
        for (kind, failure) in &totals.failures {
            let known = failures.entry(kind.to_string()).or_default();
            known.add(failure.clone());
        }
    }
    let mut errors: Vec<_> = failures
        .into_iter()
        .map(|(kind, failure)| {
            let (trace_id, trace_url) = failure.trace.map(|of| (of.id, of.url)).unzip();
            ErrorKind {
                kind,
                count: failure.count,
                example: failure.example,
                trace_id,
                trace_url: trace_url.flatten(),
            }
        })
        .collect();
    errors.sort_by_key(|one| Reverse(one.count));
    errors
}
