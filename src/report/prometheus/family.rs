//! Families of the Prometheus data model, filled by hand: the figures are counted already, so
//! the crate's own counters and registry would only count them again.

use prometheus::proto::{
    Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType,
};

use crate::view::Buckets;

/// A family of metrics of one type; the type is that of the first metric.
pub(crate) fn family(
    name: &str,
    help: &str,
    metrics: impl IntoIterator<Item = (MetricType, Metric)>,
) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    let mut of_family = Vec::new();
    for (kind, metric) in metrics {
        family.set_field_type(kind);
        of_family.push(metric);
    }
    family.set_metric(of_family);
    family
}

pub(crate) fn counter(labels: &[(&str, &str)], value: f64) -> (MetricType, Metric) {
    let mut counter = Counter::default();
    counter.set_value(value);
    let mut metric = labelled(labels);
    metric.set_counter(counter);
    (MetricType::COUNTER, metric)
}

pub(crate) fn gauge(labels: &[(&str, &str)], value: f64) -> (MetricType, Metric) {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = labelled(labels);
    metric.set_gauge(gauge);
    (MetricType::GAUGE, metric)
}

/// A histogram of times, in seconds.
pub(crate) fn histogram(labels: &[(&str, &str)], times: &Buckets) -> (MetricType, Metric) {
    bucketed(
        labels,
        times.cumulative(),
        times.count(),
        times.sum_seconds(),
    )
}

/// A histogram of anything.
pub(crate) fn bucketed(
    labels: &[(&str, &str)],
    buckets: impl Iterator<Item = (f64, u64)>,
    count: u64,
    sum: f64,
) -> (MetricType, Metric) {
    let buckets = buckets.map(|(edge, cumulative)| {
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(edge);
        bucket.set_cumulative_count(cumulative);
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(count);
    histogram.set_sample_sum(sum);
    let mut metric = labelled(labels);
    metric.set_histogram(histogram);
    (MetricType::HISTOGRAM, metric)
}

fn labelled(labels: &[(&str, &str)]) -> Metric {
    let pair = |&(name, value): &(&str, &str)| {
        let mut pair = LabelPair::default();
        pair.set_name(name.to_owned());
        pair.set_value(value.to_owned());
        pair
    };
    Metric::from_label(labels.iter().map(pair).collect())
}
