//! The summary as JSON; `docs/summary.schema.json` says its form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::metrics::{
    CustomValue, Failure, Histogram, OTHER, Outcomes, Sessions, Snapshot, TypeId,
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
        "requests": requests,
        "latency_us": latency(&snapshot.service()),
        "response_latency_us": latency(&snapshot.response()),
        "types": types(snapshot),
        "endpoints": endpoints(snapshot),
        "sessions": sessions(snapshot),
        "errors": errors(snapshot),
        "script_errors": script_errors(snapshot),
        "checks": checks(snapshot),
        "metrics": metrics(snapshot),
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

/// The word for a status in labels and keys.
pub(super) fn status_word(status: u16) -> String {
    if status == 0 {
        "none".to_owned()
    } else {
        status.to_string()
    }
}

fn run(snapshot: &Snapshot) -> Value {
    let run = &snapshot.run;
    json!({
        "id": run.id,
        "seed": run.seed,
        "seconds": snapshot.elapsed.as_secs_f64(),
        "users": run.users,
        "version": run.version,
        "base_url": run.base_url,
    })
}

fn outcomes(outcomes: &Outcomes) -> Value {
    json!({
        "total": outcomes.total(),
        "ok": outcomes.ok,
        "expected": outcomes.expected,
        "unexpected": outcomes.unexpected,
        "error": outcomes.error,
        "cut": outcomes.cut,
    })
}

fn latency(histogram: &Histogram) -> Value {
    json!({
        "mean": histogram.mean(),
        "p50": histogram.quantile(0.5),
        "p90": histogram.quantile(0.9),
        "p95": histogram.quantile(0.95),
        "p99": histogram.quantile(0.99),
        "p999": histogram.quantile(0.999),
        "max": histogram.max(),
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
        })
    };
    snapshot.types().map(one).collect()
}

fn endpoints(snapshot: &Snapshot) -> Value {
    let endpoints = snapshot.endpoints();
    let one = |endpoint: &crate::metrics::Endpoint<'_>| {
        let statuses = &endpoint.totals.statuses;
        let status: Map<_, _> = statuses
            .iter()
            .map(|(status, counts)| (status_word(*status), json!(counts.total())))
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
        "stopped": sessions.stopped,
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

fn script_errors(snapshot: &Snapshot) -> Value {
    let errors = snapshot.totals.script_errors.iter();
    let one = |error: &crate::metrics::ScriptError| {
        json!({
            "type": snapshot.type_name(error.kind),
            "generation": error.generation,
            "place": error.place,
            "message": error.message,
            "traceback": error.traceback,
            "count": error.count,
        })
    };
    errors.map(one).collect()
}

fn checks(snapshot: &Snapshot) -> Value {
    let checks = snapshot.totals.checks.iter();
    checks
        .map(
            |(name, check)| json!({ "name": name, "passed": check.passed, "failed": check.failed }),
        )
        .collect()
}

fn metrics(snapshot: &Snapshot) -> Value {
    let one = |custom: &crate::metrics::Custom| {
        let declaration = &custom.declaration;
        let values: Value = custom
            .values
            .iter()
            .map(|(values, value)| {
                let labels: Map<_, _> = declaration
                    .labels
                    .iter()
                    .zip(
                        values
                            .iter()
                            .map(String::as_str)
                            .chain(std::iter::repeat(OTHER)),
                    )
                    .map(|(name, value)| (name.clone(), json!(value)))
                    .collect();
                let mut entry = custom_value(value);
                entry["labels"] = Value::Object(labels);
                entry
            })
            .collect();
        json!({
            "name": declaration.name,
            "kind": declaration.kind,
            "help": declaration.help,
            "values": values,
        })
    };
    snapshot.totals.custom.values().map(one).collect()
}

fn custom_value(value: &CustomValue) -> Value {
    match value {
        CustomValue::Counter(value) | CustomValue::Gauge(value) => json!({ "value": value }),
        CustomValue::Histogram { sum, values } => json!({
            "count": values.count(),
            "sum": sum,
            "p50": value.quantile(0.5),
            "p90": value.quantile(0.9),
            "p95": value.quantile(0.95),
            "p99": value.quantile(0.99),
            "max": value.quantile(1.0),
        }),
    }
}
