use serde::{Deserialize, Serialize};

use crate::metrics::{Histogram, interval_ranks, least_samples};

/// Times in seconds; none where nothing was timed. A percentile is none also where too few requests were timed for it:
/// p50 takes 5, p90 29, p95 59, p99 299 and p99.9 2,995.
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
    /// Between which times each percentile lies, with a probability of 95 %.
    pub p50_interval: Option<Bounds>,
    pub p90_interval: Option<Bounds>,
    pub p95_interval: Option<Bounds>,
    pub p99_interval: Option<Bounds>,
    pub p999_interval: Option<Bounds>,
}

/// The lower and the upper bound, in seconds.
pub type Bounds = (f64, f64);

impl Latency {
    /// Whether something was timed, and too little for one of these percentiles.
    pub fn lacks(&self, shares: &[f64]) -> bool {
        let is_short = |share: &f64| self.count < least_samples(*share);
        self.count > 0 && shares.iter().any(is_short)
    }

    /// Those of one second, which has all its percentiles, however few requests they are of: it is one of many, and a curve
    /// of them is read as a whole.
    pub(super) fn of_second(times: &Histogram) -> Self {
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
            ..Self::default()
        }
    }
}

impl From<&Histogram> for Latency {
    fn from(times: &Histogram) -> Self {
        let all = Self::of_second(times);
        let marked = |share: f64, value: Option<f64>| {
            let interval = interval(times, share);
            (value.filter(|_| interval.is_some()), interval)
        };
        let (p50, p50_interval) = marked(0.5, all.p50);
        let (p90, p90_interval) = marked(0.9, all.p90);
        let (p95, p95_interval) = marked(0.95, all.p95);
        let (p99, p99_interval) = marked(0.99, all.p99);
        let (p999, p999_interval) = marked(0.999, all.p999);
        Self {
            p50,
            p90,
            p95,
            p99,
            p999,
            p50_interval,
            p90_interval,
            p95_interval,
            p99_interval,
            p999_interval,
            ..all
        }
    }
}

/// The interval of 95 % in which the quantile of a share (0 to 1) lies; none where there are too few times for its ends.
pub(super) fn interval(times: &Histogram, share: f64) -> Option<Bounds> {
    let (low, high) = interval_ranks(share, times.count())?;
    let bound = |rank: u64| times.at_rank(rank) as f64 / 1e6;
    Some((bound(low), bound(high)))
}
