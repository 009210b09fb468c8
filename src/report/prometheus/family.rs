//! Families of metrics as plain data, filled by hand: the figures are counted already, so the crate's own counters and
//! registry would only count them again.

use crate::view::{Buckets, Exponential};

/// Metrics of one name and one type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricFamily {
    pub name: String,
    pub help: String,
    pub metrics: Vec<Metric>,
}

/// One time series; of a histogram, all of its series.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    pub labels: Vec<(String, String)>,
    pub value: MetricValue,
}

/// What a metric has now.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValue {
    /// Never falls within a run.
    Counter(f64),
    Gauge(f64),
    Histogram(Distribution),
}

/// Values by size.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Upper edges, ascending, each with how many values are not above it; without that of all values.
    pub buckets: Vec<(f64, u64)>,
    pub count: u64,
    pub sum: f64,
    /// The same values in finer buckets; none of what a script counted.
    pub exponential: Option<Exponential>,
}

/// A family of metrics, which are of one type.
pub(crate) fn family(
    name: &str,
    help: &str,
    metrics: impl IntoIterator<Item = Metric>,
) -> MetricFamily {
    MetricFamily {
        name: name.to_owned(),
        help: help.to_owned(),
        metrics: metrics.into_iter().collect(),
    }
}

pub(crate) fn counter(labels: &[(&str, &str)], value: f64) -> Metric {
    metric(labels, MetricValue::Counter(value))
}

pub(crate) fn gauge(labels: &[(&str, &str)], value: f64) -> Metric {
    metric(labels, MetricValue::Gauge(value))
}

/// A histogram of times, in seconds.
pub(crate) fn histogram(labels: &[(&str, &str)], times: &Buckets) -> Metric {
    let distribution = Distribution {
        buckets: times.cumulative().collect(),
        count: times.count(),
        sum: times.sum_seconds(),
        exponential: Some(times.exponential().clone()),
    };
    metric(labels, MetricValue::Histogram(distribution))
}

/// A histogram of anything.
pub(crate) fn bucketed(
    labels: &[(&str, &str)],
    buckets: impl Iterator<Item = (f64, u64)>,
    count: u64,
    sum: f64,
) -> Metric {
    let distribution = Distribution {
        buckets: buckets.collect(),
        count,
        sum,
        exponential: None,
    };
    metric(labels, MetricValue::Histogram(distribution))
}

fn metric(labels: &[(&str, &str)], value: MetricValue) -> Metric {
    let pair = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    Metric {
        labels: labels.iter().map(pair).collect(),
        value,
    }
}
