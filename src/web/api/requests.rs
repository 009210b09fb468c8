use serde::{Deserialize, Serialize};

use crate::metrics::Outcomes;

/// Requests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    pub total: u64,
    pub ok: u64,
    /// The refusal that the script declared came.
    pub expected: u64,
    /// Any other status: a failure.
    pub unexpected: u64,
    /// The network or the protocol failed: a failure.
    pub error: u64,
    /// Cancelled by a stop or a reload.
    pub cancelled: u64,
}

impl From<Outcomes> for Requests {
    fn from(outcomes: Outcomes) -> Self {
        Self {
            total: outcomes.total(),
            ok: outcomes.ok,
            expected: outcomes.expected,
            unexpected: outcomes.unexpected,
            error: outcomes.error,
            cancelled: outcomes.cancelled,
        }
    }
}

/// The share of requests that failed, 0 to 1; none where there was no request.
pub(super) fn failure_rate(outcomes: &Outcomes) -> Option<f64> {
    match outcomes.total() {
        0 => None,
        total => Some(outcomes.failed() as f64 / total as f64),
    }
}
