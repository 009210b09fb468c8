//! What the scripts said: errors, checks, metrics of their own.

use serde_json::{Map, Value, json};

use crate::metrics::{Custom, CustomValue, OTHER, ScriptError, Snapshot};

pub(super) fn errors(snapshot: &Snapshot) -> Value {
    let errors = snapshot.totals.script_errors.iter();
    let one = |error: &ScriptError| {
        json!({
            "type": snapshot.type_name(error.kind),
            "version": error.version,
            "place": error.place,
            "message": error.message,
            "traceback": error.traceback,
            "count": error.count,
        })
    };
    errors.map(one).collect()
}

pub(super) fn checks(snapshot: &Snapshot) -> Value {
    let checks = snapshot.totals.checks.iter();
    checks
        .map(
            |(name, check)| json!({ "name": name, "passed": check.passed, "failed": check.failed }),
        )
        .collect()
}

pub(super) fn metrics(snapshot: &Snapshot) -> Value {
    let one = |custom: &Custom| {
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
        CustomValue::Histogram { sum, values, .. } => json!({
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
