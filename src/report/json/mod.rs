//! The summary as JSON; `docs/summary.schema.json` says its form.

mod protection;
mod reload_status;
mod scripts;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::metrics::{
    Endpoint, Failure, Histogram, Outcomes, Sessions, Snapshot, StopReason, TypeId,
};

/// Everything the run counted. Times are microseconds, rates a second.
pub fn summary(snapshot: &Snapshot) -> Value {
    let (sent, received) = snapshot.bytes();
    let mut requests = outcomes(&snapshot.requests());
    requests["per_second"] = json!(snapshot.rate());
    requests["bytes_sent"] = json!(sent);
    requests["bytes_received"] = json!(received);
    json!({
        "run": run(snapshot),
        "generator": generator(snapshot),
        "stopped_by": snapshot.stopped_by.as_ref().map(stopped_by),
        "left_behind": snapshot.left_behind,
        "requests": requests,
        "protection": protection::protection(snapshot),
        "latency_us": latency(&snapshot.service()),
        "response_latency_us": latency(&snapshot.response()),
        "types": types(snapshot),
        "endpoints": endpoints(snapshot),
        "sessions": sessions(snapshot),
        "errors": errors(snapshot),
        "script_errors": scripts::errors(snapshot),
        "checks": scripts::checks(snapshot),
        "metrics": scripts::metrics(snapshot),
        "reload_status": reload_status::reload_status(snapshot),
        "settings": reload_status::settings(snapshot),
    })
}

/// Failures of all series by kind, each with the first example that was seen.
pub(super) fn failures(snapshot: &Snapshot) -> BTreeMap<String, Failure> {
    let mut failures = BTreeMap::<_, Failure>::new();
    for totals in snapshot.totals.series.values() {
        for (kind, failure) in &totals.failures {
            failures
                .entry(kind.to_string())
                .or_default()
                .add(failure.clone());
        }
    }
    failures
}

fn run(snapshot: &Snapshot) -> Value {
    let run = &snapshot.run;
    json!({
        "id": run.id,
        "seed": run.seed,
        "started_at": run.started_at,
        "seconds": snapshot.elapsed.as_secs_f64(),
        "users": run.users,
        "users_peak": snapshot.peak_users,
        "version": run.version,
        "base_url": run.base_url,
        "scripts": run.scripts,
    })
}

/// Requests that this machine could not send, by what it lacked.
fn not_sent(snapshot: &Snapshot) -> Value {
    let reasons = snapshot.totals.not_sent.iter();
    reasons
        .map(|(reason, count)| json!({ "reason": reason, "count": count }))
        .collect()
}

/// How throng itself kept up: what the times are worth.
fn generator(snapshot: &Snapshot) -> Value {
    let (generator, lag) = (&snapshot.generator, &snapshot.totals.lag);
    let seconds = |micros: u64| (!lag.is_empty()).then(|| micros as f64 / 1e6);
    json!({
        "overloaded_seconds": generator.overloaded,
        "judged_seconds": generator.judged,
        "cpu_cores": generator.cores(),
        "busiest_thread": generator.busiest_thread,
        "not_sent": not_sent(snapshot),
        "lag_seconds": {
            "p50": seconds(lag.quantile(0.5)),
            "p99": seconds(lag.quantile(0.99)),
            "max": seconds(lag.max()),
        },
    })
}

/// Why the run ended itself.
fn stopped_by(stop: &StopReason) -> Value {
    let cause = stop.cause.as_str();
    json!({ "cause": cause, "at_seconds": stop.at.as_secs_f64(), "rule": stop.rule, "figures": stop.figures })
}

fn outcomes(outcomes: &Outcomes) -> Value {
    json!({
        "total": outcomes.total(),
        "ok": outcomes.ok,
        "expected": outcomes.expected,
        "unexpected": outcomes.unexpected,
        "error": outcomes.error,
        "cancelled": outcomes.cancelled,
    })
}

/// Null where nothing was timed.
fn latency(histogram: &Histogram) -> Value {
    let timed = !histogram.is_empty();
    let at = |share| timed.then(|| histogram.quantile(share));
    json!({
        "count": histogram.count(),
        "mean": timed.then(|| histogram.mean()),
        "p50": at(0.5),
        "p90": at(0.9),
        "p95": at(0.95),
        "p99": at(0.99),
        "p999": at(0.999),
        "max": timed.then(|| histogram.max()),
    })
}

fn types(snapshot: &Snapshot) -> Value {
    let one = |(kind, name): (TypeId, &str)| {
        let totals = snapshot
            .totals
            .types
            .get(&kind)
            .cloned()
            .unwrap_or_default();
        let counts = snapshot.totals.outcomes(Some(kind));
        let mut requests = outcomes(&counts);
        requests["per_second"] = json!(snapshot.per_second(counts.total()));
        json!({
            "name": name,
            "requests": requests,
            "sessions": session_counts(&totals.sessions),
            "latency_us": latency(&totals.service),
            "response_latency_us": latency(&totals.response),
            "versions": reload_status::versions(snapshot, kind),
        })
    };
    snapshot.types().map(one).collect()
}

fn endpoints(snapshot: &Snapshot) -> Value {
    let endpoints = snapshot.endpoints();
    let one = |endpoint: &Endpoint<'_>| {
        let statuses = &endpoint.totals.statuses;
        let status: Map<_, _> = statuses
            .iter()
            .map(|(status, counts)| (status.to_string(), json!(counts.total())))
            .collect();
        json!({
            "method": endpoint.method,
            "name": endpoint.name,
            "status": status,
            "outcomes": outcomes(&endpoint.totals.outcomes()),
            "latency_us": latency(&endpoint.totals.service),
        })
    };
    endpoints.iter().map(one).collect()
}

fn session_counts(sessions: &Sessions) -> Value {
    json!({
        "total": sessions.total(),
        "completed": sessions.completed,
        "failed": sessions.failed,
        "interrupted": sessions.interrupted,
    })
}

fn sessions(snapshot: &Snapshot) -> Value {
    let mut sessions = session_counts(&snapshot.sessions());
    let reasons = snapshot.totals.failed_sessions.iter();
    sessions["failures"] = reasons
        .map(|(reason, count)| json!({ "reason": reason, "count": count }))
        .collect();
    sessions
}

fn errors(snapshot: &Snapshot) -> Value {
    let mut failures: Vec<_> = failures(snapshot).into_iter().collect();
    failures.sort_by_key(|(_, failure)| std::cmp::Reverse(failure.count));
    let one = |(kind, failure): (String, Failure)| json!({ "kind": kind, "count": failure.count, "example": failure.example });
    failures.into_iter().map(one).collect()
}
