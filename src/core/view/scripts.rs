use serde::{Deserialize, Serialize, Serializer};

use crate::metrics::{Custom, CustomKind, CustomValue, OTHER, Snapshot};

/// What the scripts said.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

/// Upper edges of the buckets of a script's histogram, in the script's own unit.
const EDGES: [f64; 28] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0,
    100.0, 250.0, 500.0, 1e3, 2.5e3, 5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6,
];

/// A metric that scripts declared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metric {
    pub name: String,
    pub kind: CustomKind,
    pub help: String,
    pub values: Vec<MetricValue>,
}

/// What it counted under one set of label values, in the script's own unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricValue {
    /// Names and values, in the order in which the script named them.
    #[serde(serialize_with = "as_map")]
    pub labels: Vec<(String, String)>,
    #[serde(flatten)]
    pub figures: Figures,
}

/// The figures of a metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Figures {
    /// Of a counter or a gauge.
    Single { value: f64 },
    /// Of a histogram.
    Histogram {
        count: u64,
        sum: f64,
        p50: Option<f64>,
        p90: Option<f64>,
        p95: Option<f64>,
        p99: Option<f64>,
        max: Option<f64>,
        /// Upper edges, each with how many values are not above it; in no summary.
        #[serde(skip)]
        buckets: Vec<(f64, u64)>,
    },
}

fn as_map<S: Serializer>(labels: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(labels.iter().map(|(name, value)| (name, value)))
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
                figures: value.into(),
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

impl From<&CustomValue> for Figures {
    fn from(value: &CustomValue) -> Self {
        match value {
            CustomValue::Counter(value) | CustomValue::Gauge(value) => {
                Self::Single { value: *value }
            }
            CustomValue::Histogram { sum, values, .. } => Self::Histogram {
                count: values.count(),
                sum: *sum,
                p50: value.quantile(0.5),
                p90: value.quantile(0.9),
                p95: value.quantile(0.95),
                p99: value.quantile(0.99),
                max: value.quantile(1.0),
                buckets: EDGES.into_iter().zip(value.cumulative(&EDGES)).collect(),
            },
        }
    }
}
