//! Families as series, named and labelled as a scrape of `/metrics` makes them.

use super::message::{Label, MetricMetadata, MetricType, Sample, TimeSeries};
use crate::report::prometheus::{Distribution, Metric, MetricFamily, MetricValue};
use crate::secrets::Masker;

/// The value that says that a series has ended (`value.StaleNaN` of Prometheus).
const STALE: u64 = 0x7ff0_0000_0000_0002;

/// What all series of a run have.
pub struct Common<'a> {
    /// By name.
    pub labels: &'a [(String, String)],
    pub secrets: &'a Masker,
    /// Milliseconds since 1970.
    pub timestamp: i64,
}

/// The series of these families.
pub fn of(families: &[MetricFamily], common: &Common<'_>) -> Vec<TimeSeries> {
    let mut series = Vec::new();
    for family in families {
        for metric in &family.metrics {
            match &metric.value {
                MetricValue::Counter(value) | MetricValue::Gauge(value) => {
                    series.push(common.series(&family.name, metric, None, *value));
                }
                MetricValue::Histogram(values) => {
                    common.histogram(&family.name, metric, values, &mut series);
                }
            }
        }
    }
    series
}

/// The end of a series.
pub fn stale(labels: Vec<Label>, timestamp: i64) -> TimeSeries {
    let value = f64::from_bits(STALE);
    TimeSeries {
        labels,
        samples: vec![Sample { value, timestamp }],
    }
}

/// Type and help of these families.
pub fn metadata(families: &[MetricFamily]) -> Vec<MetricMetadata> {
    let of_family = |family: &MetricFamily| {
        let first = family.metrics.first();
        let kind = match first.map(|metric| &metric.value) {
            Some(MetricValue::Counter(_)) => MetricType::Counter,
            Some(MetricValue::Gauge(_)) => MetricType::Gauge,
            Some(MetricValue::Histogram(_)) => MetricType::Histogram,
            None => MetricType::Unknown,
        };
        MetricMetadata {
            kind: kind as i32,
            metric_family_name: family.name.clone(),
            help: family.help.clone(),
            unit: String::new(),
        }
    };
    families.iter().map(of_family).collect()
}

impl Common<'_> {
    fn histogram(
        &self,
        name: &str,
        metric: &Metric,
        values: &Distribution,
        series: &mut Vec<TimeSeries>,
    ) {
        let bucket = format!("{name}_bucket");
        for (edge, count) in &values.buckets {
            let edge = edge.to_string();
            series.push(self.series(&bucket, metric, Some(&edge), *count as f64));
        }
        let count = values.count as f64;
        series.push(self.series(&bucket, metric, Some("+Inf"), count));
        series.push(self.series(&format!("{name}_sum"), metric, None, values.sum));
        series.push(self.series(&format!("{name}_count"), metric, None, count));
    }

    fn series(&self, name: &str, metric: &Metric, edge: Option<&str>, value: f64) -> TimeSeries {
        let timestamp = self.timestamp;
        TimeSeries {
            labels: self.labels_of(name, metric, edge),
            samples: vec![Sample { value, timestamp }],
        }
    }

    /// All labels, sorted; one without a value is none. As in a scrape, a metric's own label gives way to one of the run with
    /// the same name: it becomes `exported_...`.
    fn labels_of(&self, name: &str, metric: &Metric, edge: Option<&str>) -> Vec<Label> {
        let label = |name: &str, value: &str| Label {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let room = metric.labels.len() + self.labels.len() + 2;
        let mut labels = Vec::with_capacity(room);
        labels.push(label("__name__", name));
        labels.extend(edge.map(|edge| label("le", edge)));
        for (name, value) in &metric.labels {
            let value = self.secrets.text(value);
            let of_run = self.labels.iter().find(|(given, _)| given == name);
            match of_run {
                Some((_, given)) if *given == value => {}
                Some(_) => labels.push(label(&format!("exported_{name}"), &value)),
                None => labels.push(label(name, &value)),
            }
        }
        labels.extend(self.labels.iter().map(|(name, value)| label(name, value)));
        labels.retain(|label| !label.value.is_empty());
        labels.sort();
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_those_of_a_scrape_with_the_labels_of_the_run() {
        let labels = [("instance", "here"), ("job", "throng"), ("run", "7f3a")];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let secrets = Masker::new(["a-secret-word"]).expect("it is one");
        let common = Common {
            labels: &labels,
            secrets: &secrets,
            timestamp: 12,
        };
        let own = [
            ("type", "new a-secret-word"),
            ("run", "7f3a"),
            ("job", "x"),
            ("none", ""),
        ];
        let metric = Metric {
            labels: own
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            value: MetricValue::Histogram(Distribution {
                buckets: vec![(0.0001, 1), (1.0, 2)],
                count: 3,
                sum: 7.5,
                exponential: None,
            }),
        };
        let family = MetricFamily {
            name: "x_seconds".to_owned(),
            help: "X.".to_owned(),
            metrics: vec![metric],
        };
        let written = of(std::slice::from_ref(&family), &common);
        let text = |series: &TimeSeries| {
            let labels = series.labels.iter();
            let labels = labels.map(|label| format!("{}={}", label.name, label.value));
            let sample = series.samples[0];
            format!(
                "{} {} {}",
                labels.collect::<Vec<_>>().join(" "),
                sample.value,
                sample.timestamp
            )
        };
        let rest = "exported_job=x instance=here job=throng";
        let end = "run=7f3a type=new ***";
        assert_eq!(
            written.iter().map(text).collect::<Vec<_>>(),
            [
                format!("__name__=x_seconds_bucket {rest} le=0.0001 {end} 1 12"),
                format!("__name__=x_seconds_bucket {rest} le=1 {end} 2 12"),
                format!("__name__=x_seconds_bucket {rest} le=+Inf {end} 3 12"),
                format!("__name__=x_seconds_sum {rest} {end} 7.5 12"),
                format!("__name__=x_seconds_count {rest} {end} 3 12"),
            ]
        );
        assert_eq!(metadata(&[family])[0].kind, 3);
        let ended = stale(Vec::new(), 1).samples[0].value;
        assert_eq!(ended.to_bits(), STALE);
    }
}
