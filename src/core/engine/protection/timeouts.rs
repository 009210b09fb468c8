//! Adaptive timeouts: how long a request may take, by what its endpoint usually takes.

use std::time::Duration;

use crate::metrics::Snapshot;
use crate::request::admission::{self, TimeoutsByEndpoint};

/// What a request may take, by what 95 of 100 take.
const FACTOR: f64 = 1.5;

/// Of every endpoint with enough samples.
pub fn adaptive_timeouts(snapshot: &Snapshot) -> TimeoutsByEndpoint {
    snapshot
        .endpoints()
        .into_iter()
        .filter(|endpoint| endpoint.totals.service.count() >= admission::LEAST_SAMPLES)
        .map(|endpoint| {
            let p95 = Duration::from_micros(endpoint.totals.service.quantile(0.95));
            let time = p95
                .mul_f64(FACTOR)
                .clamp(admission::SHORTEST, admission::LONGEST);
            (endpoint.operation.into(), time)
        })
        .collect()
}
