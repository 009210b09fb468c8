//! Metrics declared by scripts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pairs;
use crate::metrics::{Histogram, OTHER};

/// Distinct sets of label values of a metric; further ones are counted under [`OTHER`].
pub const MAX_LABEL_SETS: usize = 100;

/// Metrics that scripts may declare in one run.
pub(crate) const MAX_METRICS: usize = 100;

/// Script histograms count millionths, so that seconds and bytes both keep two digits.
const MILLIONTHS: f64 = 1e6;

/// What a metric does with the values it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomKind {
    /// Adds them.
    Counter,
    /// Keeps the last one.
    Gauge,
    /// Counts them by size.
    Histogram,
}

/// A metric as a script declares it, once, at load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    pub kind: CustomKind,
    /// `[a-z_][a-z0-9_]*`; exported with the prefix `throng_custom_`.
    pub name: String,
    pub help: String,
    /// Names of its labels, in the order in which values are given.
    pub labels: Vec<String>,
}

/// What is wrong with a declaration or a value; a message for the script's author.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CustomError {
    #[error(
        "`{0}` is not a valid name for a metric or label: use lower-case letters, digits and _, not beginning with a digit"
    )]
    Name(String),
    #[error(
        "the metric `{0}` clashes with one that is declared already: another kind, other labels, or the parts of a histogram"
    )]
    Clash(String),
    #[error("a run has at most {MAX_METRICS} metrics of scripts")]
    TooMany,
    #[error("the metric `{name}` has {expected} label(s), but {given} value(s) were given")]
    Labels {
        name: String,
        expected: usize,
        given: usize,
    },
    #[error("{value} is not a valid value for the {kind} `{name}`")]
    Value {
        name: String,
        kind: &'static str,
        value: f64,
    },
}

/// What a metric counted under one set of label values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomValue {
    Counter(f64),
    Gauge(f64),
    /// Bins in millionths; the sum is exact in the script's own unit.
    Histogram {
        sum: f64,
        values: Histogram,
        /// Whether all values were whole numbers: then their percentiles are, too.
        whole: bool,
    },
}

impl CustomValue {
    pub(crate) fn zero(kind: CustomKind) -> Self {
        match kind {
            CustomKind::Counter => CustomValue::Counter(0.0),
            CustomKind::Gauge => CustomValue::Gauge(0.0),
            CustomKind::Histogram => CustomValue::Histogram {
                sum: 0.0,
                values: Histogram::coarse(),
                whole: true,
            },
        }
    }

    pub(crate) fn update(&mut self, value: f64) {
        match self {
            CustomValue::Counter(total) => *total += value,
            CustomValue::Gauge(level) => *level = value,
            CustomValue::Histogram { sum, values, whole } => {
                *whole &= value.fract() == 0.0;
                *sum += value;
                values.record_value((value * MILLIONTHS).round() as u64);
            }
        }
    }

    fn add(&mut self, other: CustomValue) {
        match (self, other) {
            (CustomValue::Counter(total), CustomValue::Counter(more)) => *total += more,
            (CustomValue::Gauge(level), CustomValue::Gauge(later)) => *level = later,
            (
                CustomValue::Histogram { sum, values, whole },
                CustomValue::Histogram {
                    sum: more,
                    values: others,
                    whole: other,
                },
            ) => {
                *whole &= other;
                *sum += more;
                values.add(&others);
            }
            // A name has one kind; a conflicting declaration is rejected.
            _ => {}
        }
    }

    /// The value below which the share `quantile` lies, in the script's unit; histograms only.
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        match self {
            CustomValue::Histogram { values, whole, .. } => {
                let value = values.quantile(quantile) as f64 / MILLIONTHS;
                // The upper edge of a bin need not be an integer.
                Some(if *whole { value.round() } else { value })
            }
            _ => None,
        }
    }

    /// How many values are at most each of `bounds`, in the script's unit; histograms only.
    pub fn cumulative(&self, bounds: &[f64]) -> Vec<u64> {
        match self {
            CustomValue::Histogram { values, .. } => {
                let bounds: Vec<_> = bounds
                    .iter()
                    .map(|bound| (bound * MILLIONTHS).round() as u64)
                    .collect();
                values.cumulative(&bounds)
            }
            _ => Vec::new(),
        }
    }
}

/// A metric of the scripts with everything it counted, by label values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Custom {
    pub declaration: Declaration,
    #[serde(with = "pairs")]
    pub values: BTreeMap<Vec<String>, CustomValue>,
}

impl Custom {
    /// Adds the counts of another recorder; for gauges the later value is kept.
    pub fn add(&mut self, other: Custom) {
        for (labels, value) in other.values {
            let full = self.values.len() >= MAX_LABEL_SETS && !self.values.contains_key(&labels);
            let labels = if full {
                vec![OTHER.to_owned(); labels.len()]
            } else {
                labels
            };
            match self.values.get_mut(&labels) {
                Some(known) => known.add(value),
                None => {
                    self.values.insert(labels, value);
                }
            }
        }
    }
}
