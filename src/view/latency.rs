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

/// The normal quantile of an interval of 95 %.
const Z: f64 = 1.96;

/// The interval of 95 % in which the quantile of a share (0 to 1) lies, in seconds, by order statistics (Conover, Practical
/// Nonparametric Statistics, 1999, 3.2); none where there are too few times for its ends.
pub(super) fn interval(times: &Histogram, share: f64) -> Option<(f64, f64)> {
    let count = times.count() as f64;
    let half = Z * (share * (1.0 - share) / count).sqrt();
    let (low, high) = (share - half, share + half);
    let at = |share: f64| times.quantile(share) as f64 / 1e6;
    (low > 0.0 && high < 1.0).then(|| (at(low), at(high)))
}
