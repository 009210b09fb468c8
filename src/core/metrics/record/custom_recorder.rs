//! A shard's values of metrics declared by scripts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::redaction::{Redaction, redacted};
use crate::metrics::model::custom::MAX_METRICS;
use crate::metrics::{
    Custom, CustomError, CustomKind, CustomValue, Declaration, MAX_LABEL_SETS, OTHER,
};

/// Sets of label values with a fast lookup: more than are counted separately, since several may be the
/// same after redaction.
const MOST_KNOWN: usize = 2 * MAX_LABEL_SETS;

/// A declared metric, as one recorder knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MetricId(u32);

/// The metrics declared by one recorder's scripts, and counts since the last batch.
#[derive(Default)]
pub(crate) struct CustomRecorder {
    metrics: Vec<Metric>,
    /// Joined label values, to look up a set without allocating.
    joined: String,
}

struct Metric {
    declaration: Declaration,
    /// Joined label values to the place in `sets`.
    known: FxHashMap<Box<str>, usize>,
    sets: Vec<(Vec<String>, Option<CustomValue>)>,
    announced: bool,
}

impl CustomRecorder {
    pub(crate) fn declare(
        &mut self,
        mut declaration: Declaration,
        redaction: Option<&Redaction>,
    ) -> Result<MetricId, CustomError> {
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
        let mut words = std::iter::once(&declaration.name).chain(&declaration.labels);
        // A redacted name is not valid: it is rejected, as redacted.
        if let Some(masked) = words.find_map(|word| match redacted(redaction, word) {
            Cow::Owned(masked) => Some(masked),
            Cow::Borrowed(_) => None,
        }) {
            return Err(CustomError::Name(masked));
        }
        declaration.help = redacted(redaction, &declaration.help).into_owned();
        if let Some(twice) = repeated(&declaration.labels) {
            return Err(CustomError::Name(twice.clone()));
        }
        let mut known = self.metrics.iter().map(|metric| &metric.declaration);
        if known.any(|known| shadows(known, &declaration) || shadows(&declaration, known)) {
            return Err(CustomError::Clash(declaration.name));
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

    pub(crate) fn update(
        &mut self,
        metric: MetricId,
        labels: &[&str],
        value: f64,
        redaction: Option<&Redaction>,
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
        let at = metric.place(&self.joined, labels, redaction);
        metric.sets[at]
            .1
            .get_or_insert(CustomValue::zero(metric.declaration.kind))
            .update(value);
        Ok(())
    }

    /// Takes what was counted since the last call.
    pub(crate) fn take(&mut self) -> BTreeMap<String, Custom> {
        self.metrics.iter_mut().filter_map(Metric::take).collect()
    }
}

impl Metric {
    fn place(&mut self, joined: &str, labels: &[&str], redaction: Option<&Redaction>) -> usize {
        if let Some(&at) = self.known.get(joined) {
            return at;
        }
        if self.sets.len() < MAX_LABEL_SETS {
            let word = |label: &&str| redacted(redaction, label).into_owned();
            let labels: Vec<String> = labels.iter().map(word).collect();
            // Two sets may be the same after redaction.
            let same =
                redaction.and_then(|_| self.sets.iter().position(|(known, _)| *known == labels));
            let at = same.unwrap_or(self.sets.len());
            if same.is_none() {
                self.sets.push((labels, None));
            }
            if self.known.len() < MOST_KNOWN {
                self.known.insert(joined.into(), at);
            }
            return at;
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
        // A declared metric without labels is exported from the start, at zero.
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

fn repeated(labels: &[String]) -> Option<&String> {
    let mut labels = labels.iter().enumerate();
    let all = labels.clone();
    labels.find_map(|(at, label)| {
        all.clone()
            .any(|(other, same)| other < at && same == label)
            .then_some(label)
    })
}

/// Whether the exported names of a histogram collide with another metric.
fn shadows(histogram: &Declaration, other: &Declaration) -> bool {
    histogram.kind == CustomKind::Histogram
        && other
            .name
            .strip_prefix(&histogram.name)
            .is_some_and(|rest| matches!(rest, "_bucket" | "_count" | "_sum"))
}

/// Valid names in Prometheus, in lower case; `le` and names that begin with `__` are reserved.
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
