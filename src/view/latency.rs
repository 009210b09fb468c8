use serde::{Deserialize, Serialize};

use crate::metrics::Histogram;

/// Times in seconds; none where nothing was timed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Requests that were timed.
    pub count: u64,
    pub mean: Option<f64>,
    pub p50: Option<f64>,
    pub p90: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    pub p999: Option<f64>,
    pub max: Option<f64>,
}

impl From<&Histogram> for Latency {
    fn from(times: &Histogram) -> Self {
        let timed = !times.is_empty();
        let seconds = |micros: f64| timed.then_some(micros / 1e6);
        let at = |share: f64| seconds(times.quantile(share) as f64);
        Self {
            count: times.count(),
            mean: seconds(times.mean()),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: seconds(times.max() as f64),
        }
    }
}
