//! Families as metrics of OpenTelemetry: counters are sums, gauges are gauges, histograms of times are exponential ones, and
//! those of scripts have the buckets that the script declared.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
    HistogramDataPoint, Metric, NumberDataPoint, Sum,
};

use super::attributes;
use crate::report::prometheus::{self, Distribution, MetricFamily, MetricValue};
use crate::secrets::Masker;
use crate::view::Exponential;

/// Buckets of one histogram, as of OpenTelemetry's SDKs.
const MAX_BUCKETS: usize = 160;

const CUMULATIVE: i32 = AggregationTemporality::Cumulative as i32;

/// Nanoseconds since 1970.
#[derive(Clone, Copy)]
pub struct Times {
    /// Since when it was counted.
    pub start: u64,
    pub now: u64,
}

/// These families, and how many data points they have.
pub fn of(families: &[MetricFamily], times: Times, secrets: &Masker) -> (Vec<Metric>, u64) {
    let maker = Maker { times, secrets };
    let items: usize = families.iter().map(|family| family.metrics.len()).sum();
    let metrics = families.iter().map(|family| maker.metric(family));
    (metrics.collect(), items as u64)
}

struct Maker<'a> {
    times: Times,
    secrets: &'a Masker,
}

impl Maker<'_> {
    fn metric(&self, family: &MetricFamily) -> Metric {
        Metric {
            name: family.name.clone(),
            description: family.help.clone(),
            unit: unit(&family.name).to_owned(),
            data: self.data(family),
            ..Metric::default()
        }
    }

    fn data(&self, family: &MetricFamily) -> Option<Data> {
        let first = family.metrics.first()?;
        Some(match &first.value {
            MetricValue::Counter(_) => Data::Sum(Sum {
                data_points: self.numbers(family),
                aggregation_temporality: CUMULATIVE,
                is_monotonic: true,
            }),
            MetricValue::Gauge(_) => Data::Gauge(Gauge {
                data_points: self.numbers(family),
            }),
            MetricValue::Histogram(values) if values.exponential.is_some() => {
                Data::ExponentialHistogram(ExponentialHistogram {
                    data_points: self.distributions(family, |attributes, values| {
                        let exponential = values.exponential.as_ref()?;
                        Some(self.exponential(attributes, values, exponential))
                    }),
                    aggregation_temporality: CUMULATIVE,
                })
            }
            MetricValue::Histogram(_) => Data::Histogram(Histogram {
                data_points: self.distributions(family, |attributes, values| {
                    Some(self.explicit(attributes, values))
                }),
                aggregation_temporality: CUMULATIVE,
            }),
        })
    }

    fn numbers(&self, family: &MetricFamily) -> Vec<NumberDataPoint> {
        let points = family.metrics.iter().filter_map(|metric| {
            let (MetricValue::Counter(value) | MetricValue::Gauge(value)) = metric.value else {
                return None;
            };
            Some(NumberDataPoint {
                attributes: self.attributes(metric),
                start_time_unix_nano: self.times.start,
                time_unix_nano: self.times.now,
                value: Some(Value::AsDouble(value)),
                ..NumberDataPoint::default()
            })
        });
        points.collect()
    }

    fn distributions<T>(
        &self,
        family: &MetricFamily,
        point: impl Fn(Vec<KeyValue>, &Distribution) -> Option<T>,
    ) -> Vec<T> {
        let points = family.metrics.iter().filter_map(|metric| {
            let MetricValue::Histogram(values) = &metric.value else {
                return None;
            };
            point(self.attributes(metric), values)
        });
        points.collect()
    }

    fn exponential(
        &self,
        attributes: Vec<KeyValue>,
        values: &Distribution,
        exponential: &Exponential,
    ) -> ExponentialHistogramDataPoint {
        let row = exponential.row(MAX_BUCKETS);
        ExponentialHistogramDataPoint {
            attributes,
            start_time_unix_nano: self.times.start,
            time_unix_nano: self.times.now,
            count: values.count,
            sum: Some(values.sum),
            scale: row.scale,
            zero_count: exponential.zeros(),
            positive: Some(Buckets {
                offset: row.offset,
                bucket_counts: row.counts,
            }),
            ..ExponentialHistogramDataPoint::default()
        }
    }

    fn explicit(&self, attributes: Vec<KeyValue>, values: &Distribution) -> HistogramDataPoint {
        let edges = values.buckets.iter().map(|(edge, _)| *edge);
        let cumulative = values.buckets.iter().map(|(_, count)| *count);
        let mut below = 0;
        let counts = cumulative.chain([values.count]).map(|count| {
            let own = count.saturating_sub(below);
            below = count;
            own
        });
        HistogramDataPoint {
            attributes,
            start_time_unix_nano: self.times.start,
            time_unix_nano: self.times.now,
            count: values.count,
            sum: Some(values.sum),
            bucket_counts: counts.collect(),
            explicit_bounds: edges.collect(),
            ..HistogramDataPoint::default()
        }
    }

    fn attributes(&self, metric: &prometheus::Metric) -> Vec<KeyValue> {
        let labels = metric.labels.iter();
        labels
            .map(|(name, value)| attributes::text(name, &self.secrets.text(value)))
            .collect()
    }
}

/// The unit that a name ends with, in UCUM.
fn unit(name: &str) -> &'static str {
    let name = name.strip_suffix("_total").unwrap_or(name);
    match name.rsplit('_').next() {
        Some("seconds") => "s",
        Some("bytes") => "By",
        Some("ratio") => "1",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_of_scripts_are_counted_one_by_one() {
        let maker = Maker {
            times: Times { start: 1, now: 2 },
            secrets: &Masker::default(),
        };
        let point = maker.explicit(
            Vec::new(),
            &Distribution {
                buckets: vec![(1.0, 2), (5.0, 2), (10.0, 6)],
                count: 7,
                sum: 40.0,
                exponential: None,
            },
        );
        assert_eq!(point.bucket_counts, [2, 0, 4, 1]);
        assert_eq!(point.explicit_bounds, [1.0, 5.0, 10.0]);
        assert_eq!((point.count, point.sum), (7, Some(40.0)));
    }

    #[test]
    fn units_are_those_of_the_names() {
        for (name, expected) in [
            ("throng_request_duration_seconds", "s"),
            ("throng_generator_judged_seconds_total", "s"),
            ("throng_lua_memory_bytes", "By"),
            ("throng_cpu_ratio", "1"),
            ("throng_requests_total", ""),
        ] {
            assert_eq!(unit(name), expected, "{name}");
        }
    }
}
