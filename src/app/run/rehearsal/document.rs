//! What the summary of a dry run has beside what that of every run has.

use serde_json::{Value, json};

use super::figures::{Figures, Kind};
use crate::metrics::Histogram;

/// What stands under `dry_run`: times in seconds.
pub fn json(figures: &Figures, answered: &str) -> Value {
    let parts = figures.parts.iter().map(|part| {
        json!({
            "until_seconds": part.until.as_secs_f64(),
            "users": part.users,
            "sessions_per_second": part.sessions_per_second,
            "requests_per_second": part.requests_per_second,
            "failed_ratio": part.failed,
        })
    });
    let kinds = figures.kinds.iter().map(|kind| {
        let Kind { name, observed, .. } = kind;
        json!({
            "name": name,
            "session_seconds": times(&observed.lengths),
            "session_requests": counts(&observed.requests),
            "think_seconds": times(&observed.pauses),
        })
    });
    json!({
        "answered_by": answered,
        "over_time": parts.collect::<Vec<_>>(),
        "types": kinds.collect::<Vec<_>>(),
    })
}

fn times(histogram: &Histogram) -> Value {
    let seconds = |micros: u64| micros as f64 / 1e6;
    summary(histogram, seconds)
}

fn counts(histogram: &Histogram) -> Value {
    summary(histogram, |count| count as f64)
}

fn summary(histogram: &Histogram, value: impl Fn(u64) -> f64) -> Value {
    if histogram.is_empty() {
        return Value::Null;
    }
    json!({
        "count": histogram.count(),
        "mean": value(histogram.sum()) / histogram.count() as f64,
        "p50": value(histogram.quantile(0.5)),
        "p95": value(histogram.quantile(0.95)),
        "max": value(histogram.max()),
    })
}
