//! A dry run as JSON, for `--summary-json`.

use serde_json::{Value, json};

use super::figures::{Figures, Kind};
use crate::cli::Resolved;
use crate::metrics::Histogram;

/// The document: times in seconds.
pub fn json(figures: &Figures, resolved: &Resolved, answered: &str) -> Value {
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
        let Kind {
            name,
            requests,
            sessions,
            observed,
        } = kind;
        json!({
            "type": name,
            "sessions": sessions,
            "requests": requests,
            "session_seconds": times(&observed.lengths),
            "session_requests": counts(&observed.requests),
            "think_seconds": times(&observed.pauses),
        })
    });
    let all = figures.outcomes.total().max(1) as f64;
    let endpoints = figures.endpoints.iter().map(|endpoint| {
        json!({
            "method": endpoint.method,
            "name": endpoint.name,
            "requests": endpoint.requests,
            "share": endpoint.requests as f64 / all,
            "outcomes": {
                "ok": endpoint.outcomes.ok,
                "expected": endpoint.outcomes.expected,
                "unexpected": endpoint.outcomes.unexpected,
                "error": endpoint.outcomes.error,
                "cancelled": endpoint.outcomes.cancelled,
            },
            "p50_seconds": endpoint.p50,
            "p95_seconds": endpoint.p95,
        })
    });
    let errors = figures.errors.iter().map(|error| {
        json!({
            "type": error.kind,
            "place": error.place,
            "message": error.message,
            "count": error.count,
        })
    });
    json!({
        "dry_run": true,
        "seed": resolved.plan.seed,
        "answered_by": answered,
        "duration_seconds": figures.length.as_secs_f64(),
        "requests": figures.outcomes.total(),
        "sessions": figures.sessions,
        "stopped_by": figures.stopped,
        "over_time": parts.collect::<Vec<_>>(),
        "types": kinds.collect::<Vec<_>>(),
        "endpoints": endpoints.collect::<Vec<_>>(),
        "script_errors": errors.collect::<Vec<_>>(),
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
