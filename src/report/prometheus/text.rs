//! Families in the text format, as the crate writes it.

use prometheus::proto::{Bucket, Counter, Gauge, Histogram, LabelPair, MetricType};
use prometheus::{TextEncoder, proto};

use super::family::{Distribution, Metric, MetricFamily, MetricValue};

/// The text of these families; the encoder refuses one without metrics.
pub(super) fn encode(families: &[MetricFamily]) -> Result<String, prometheus::Error> {
    let families: Vec<proto::MetricFamily> = families.iter().map(of_family).collect();
    TextEncoder::new().encode_to_string(&families)
}

fn of_family(family: &MetricFamily) -> proto::MetricFamily {
    let mut of_crate = proto::MetricFamily::default();
    of_crate.set_name(family.name.clone());
    of_crate.set_help(family.help.clone());
    let first = family.metrics.first();
    of_crate.set_field_type(match first.map(|metric| &metric.value) {
        Some(MetricValue::Counter(_)) => MetricType::COUNTER,
        Some(MetricValue::Histogram(_)) => MetricType::HISTOGRAM,
        Some(MetricValue::Gauge(_)) | None => MetricType::GAUGE,
    });
    of_crate.set_metric(family.metrics.iter().map(of_metric).collect());
    of_crate
}

fn of_metric(metric: &Metric) -> proto::Metric {
    let pair = |(name, value): &(String, String)| {
        let mut pair = LabelPair::default();
        pair.set_name(name.clone());
        pair.set_value(value.clone());
        pair
    };
    let mut of_crate = proto::Metric::from_label(metric.labels.iter().map(pair).collect());
    match &metric.value {
        MetricValue::Counter(value) => {
            let mut counter = Counter::default();
            counter.set_value(*value);
            of_crate.set_counter(counter);
        }
        MetricValue::Gauge(value) => {
            let mut gauge = Gauge::default();
            gauge.set_value(*value);
            of_crate.set_gauge(gauge);
        }
        MetricValue::Histogram(values) => of_crate.set_histogram(of_values(values)),
    }
    of_crate
}

fn of_values(values: &Distribution) -> Histogram {
    let buckets = values.buckets.iter().map(|&(edge, cumulative)| {
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(edge);
        bucket.set_cumulative_count(cumulative);
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(values.count);
    histogram.set_sample_sum(values.sum);
    histogram
}
