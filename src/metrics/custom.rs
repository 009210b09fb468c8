//! Metrics that scripts declare for themselves.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Histogram, OTHER, pairs};

/// Distinct sets of label values a metric keeps; further ones are counted under [`OTHER`].
pub const MAX_LABEL_SETS: usize = 100;

/// Metrics that scripts may declare in one run.
const MAX_METRICS: usize = 100;

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

/// A declared metric, as one recorder knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MetricId(u32);

/// What is wrong with a declaration or a value; words for the script's author.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CustomError {
    #[error(
        "`{0}` is no name for a metric or label: small letters, digits and _, not beginning with a digit"
    )]
    Name(String),
    #[error("the metric `{0}` is declared already as another kind or with other labels")]
    Clash(String),
    #[error("a run has at most {MAX_METRICS} metrics of its own")]
    TooMany,
    #[error("the metric `{name}` has {expected} label(s), but {given} value(s) were given")]
    Labels {
        name: String,
        expected: usize,
        given: usize,
    },
    #[error("{value} is no value for the {kind} `{name}`")]
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
    },
}

impl CustomValue {
    fn zero(kind: CustomKind) -> Self {
        match kind {
            CustomKind::Counter => CustomValue::Counter(0.0),
            CustomKind::Gauge => CustomValue::Gauge(0.0),
            CustomKind::Histogram => CustomValue::Histogram {
                sum: 0.0,
                values: Histogram::coarse(),
            },
        }
    }

    fn update(&mut self, value: f64) {
        match self {
            CustomValue::Counter(total) => *total += value,
            CustomValue::Gauge(level) => *level = value,
            CustomValue::Histogram { sum, values } => {
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
                CustomValue::Histogram { sum, values },
                CustomValue::Histogram {
                    sum: more,
                    values: others,
                },
            ) => {
                *sum += more;
                values.add(&others);
            }
            // One name has one kind; a declaration that clashes is refused.
            _ => {}
        }
    }

    /// The value below which the share `quantile` lies, in the script's unit; histograms only.
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        match self {
            CustomValue::Histogram { values, .. } => {
                Some(values.quantile(quantile) as f64 / MILLIONTHS)
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
    /// Adds what was counted elsewhere; for gauges the later word wins.
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

/// The metrics that one recorder's scripts declared, and what was not handed over yet.
#[derive(Default)]
pub(super) struct CustomMetrics {
    metrics: Vec<Metric>,
    /// Label values joined, to look a set up without allocating.
    joined: String,
}

struct Metric {
    declaration: Declaration,
    /// Joined label values to the place in `sets`.
    known: FxHashMap<Box<str>, usize>,
    sets: Vec<(Vec<String>, Option<CustomValue>)>,
    announced: bool,
}

impl CustomMetrics {
    pub(super) fn declare(&mut self, declaration: Declaration) -> Result<MetricId, CustomError> {
        let words = std::iter::once(&declaration.name).chain(&declaration.labels);
        if let Some(bad) = words.into_iter().find(|word| !is_name(word)) {
            return Err(CustomError::Name(bad.clone()));
        }
        if let Some(at) = self
            .metrics
            .iter()
            .position(|m| m.declaration.name == declaration.name)
        {
            let known = &self.metrics[at].declaration;
            return if known.kind == declaration.kind && known.labels == declaration.labels {
                Ok(MetricId(at as u32))
            } else {
                Err(CustomError::Clash(declaration.name))
            };
        }
        if self.metrics.len() >= MAX_METRICS {
            return Err(CustomError::TooMany);
        }
        self.metrics.push(Metric {
            declaration,
            known: FxHashMap::default(),
            sets: Vec::new(),
            announced: false,
        });
        Ok(MetricId(self.metrics.len() as u32 - 1))
    }

    pub(super) fn update(
        &mut self,
        metric: MetricId,
        labels: &[&str],
        value: f64,
    ) -> Result<(), CustomError> {
        let metric = &mut self.metrics[metric.0 as usize];
        let Declaration {
            kind,
            name,
            labels: names,
            ..
        } = &metric.declaration;
        if labels.len() != names.len() {
            let (name, expected, given) = (name.clone(), names.len(), labels.len());
            return Err(CustomError::Labels {
                name,
                expected,
                given,
            });
        }
        let (kind_name, least) = match kind {
            CustomKind::Counter => ("counter", 0.0),
            CustomKind::Gauge => ("gauge", f64::MIN),
            CustomKind::Histogram => ("histogram", 0.0),
        };
        if !value.is_finite() || value < least {
            return Err(CustomError::Value {
                name: name.clone(),
                kind: kind_name,
                value,
            });
        }
        self.joined.clear();
        for label in labels {
            self.joined.push_str(label);
            self.joined.push('\u{1f}');
        }
        let at = metric.place(&self.joined, labels);
        metric.sets[at]
            .1
            .get_or_insert(CustomValue::zero(metric.declaration.kind))
            .update(value);
        Ok(())
    }

    /// Hands over what was counted since the last time.
    pub(super) fn take(&mut self) -> BTreeMap<String, Custom> {
        self.metrics.iter_mut().filter_map(Metric::take).collect()
    }
}

impl Metric {
    fn place(&mut self, joined: &str, labels: &[&str]) -> usize {
        if let Some(&at) = self.known.get(joined) {
            return at;
        }
        if self.sets.len() < MAX_LABEL_SETS {
            let labels = labels.iter().map(|label| (*label).to_owned()).collect();
            self.sets.push((labels, None));
            self.known.insert(joined.into(), self.sets.len() - 1);
            return self.sets.len() - 1;
        }
        if self.sets.len() == MAX_LABEL_SETS {
            self.sets.push((vec![OTHER.to_owned(); labels.len()], None));
        }
        MAX_LABEL_SETS
    }

    fn take(&mut self) -> Option<(String, Custom)> {
        let mut values: BTreeMap<_, _> = self
            .sets
            .iter_mut()
            .filter_map(|(labels, value)| Some((labels.clone(), value.take()?)))
            .collect();
        if values.is_empty() && self.announced {
            return None;
        }
        // A declared metric without labels is there from the start, at zero.
        let plain =
            self.declaration.labels.is_empty() && self.declaration.kind != CustomKind::Gauge;
        if !self.announced && plain {
            values
                .entry(Vec::new())
                .or_insert(CustomValue::zero(self.declaration.kind));
        }
        self.announced = true;
        Some((
            self.declaration.name.clone(),
            Custom {
                declaration: self.declaration.clone(),
                values,
            },
        ))
    }
}

/// What Prometheus takes, in small letters; `le` and names that begin with `__` are its own.
fn is_name(word: &str) -> bool {
    if word == "le" || word.starts_with("__") {
        return false;
    }
    let mut bytes = word.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
