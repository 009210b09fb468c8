use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{Custom, CustomKind, CustomValue, OTHER, Snapshot};

/// What the scripts said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scripts {
    pub script_errors: Vec<ScriptError>,
    pub checks: Vec<Check>,
    /// Metrics of their own.
    pub metrics: Vec<Metric>,
}

/// An error that a script raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptError {
    #[serde(rename = "type")]
    pub kind: String,
    pub version: u32,
    /// `scripts/power.lua:12`
    pub place: String,
    pub message: String,
    pub traceback: String,
    pub count: u64,
}

/// How often a check held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub name: String,
    pub passed: u64,
    pub failed: u64,
}

/// A metric that scripts declared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    pub name: String,
    pub kind: CustomKind,
    pub help: String,
    pub values: Vec<MetricValue>,
}

/// What it counted under one set of label values, in the script's own unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricValue {
    pub labels: BTreeMap<String, String>,
    #[serde(flatten)]
    pub figures: BTreeMap<String, serde_json::Value>,
}

impl Scripts {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let totals = &snapshot.totals;
        let errors = totals.script_errors.iter().map(|error| ScriptError {
            kind: snapshot.type_name(error.kind).to_owned(),
            version: error.version,
            place: error.place.clone(),
            message: error.message.clone(),
            traceback: error.traceback.clone(),
            count: error.count,
        });
        let checks = totals.checks.iter().map(|(name, check)| Check {
            name: name.clone(),
            passed: check.passed,
            failed: check.failed,
        });
        Self {
            script_errors: errors.collect(),
            checks: checks.collect(),
            metrics: totals.custom.values().map(Metric::from).collect(),
        }
    }
}

impl From<&Custom> for Metric {
    fn from(custom: &Custom) -> Self {
        let declaration = &custom.declaration;
        let values = custom.values.iter().map(|(values, value)| {
            // What is beyond the bound of labels has fewer values than names.
            let values = values.iter().map(String::as_str);
            let values = values.chain(std::iter::repeat(OTHER));
            let labels = declaration.labels.iter().cloned();
            MetricValue {
                labels: labels.zip(values.map(str::to_owned)).collect(),
                figures: figures(value),
            }
        });
        Self {
            name: declaration.name.clone(),
            kind: declaration.kind,
            help: declaration.help.clone(),
            values: values.collect(),
        }
    }
}

fn figures(value: &CustomValue) -> BTreeMap<String, serde_json::Value> {
    let told: Vec<(&str, serde_json::Value)> = match value {
        CustomValue::Counter(value) | CustomValue::Gauge(value) => {
            vec![("value", (*value).into())]
        }
        CustomValue::Histogram { sum, values, .. } => vec![
            ("count", values.count().into()),
            ("sum", (*sum).into()),
            ("p50", value.quantile(0.5).into()),
            ("p90", value.quantile(0.9).into()),
            ("p95", value.quantile(0.95).into()),
            ("p99", value.quantile(0.99).into()),
            ("max", value.quantile(1.0).into()),
        ],
    };
    told.into_iter()
        .map(|(name, figure)| (name.to_owned(), figure))
        .collect()
}
