//! The metrics that scripts declared.

use prometheus::proto::MetricFamily;

use super::family::{bucketed, counter, family, gauge};
use crate::metrics::{Custom, CustomValue};

/// Upper edges of the buckets of a script's histogram, in the script's own unit.
pub const CUSTOM_BUCKETS: [f64; 28] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0,
    100.0, 250.0, 500.0, 1e3, 2.5e3, 5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6,
];

/// A declared metric under the name `throng_custom_...`.
pub(crate) fn family_of(custom: &Custom) -> MetricFamily {
    let declaration = &custom.declaration;
    let metrics = custom.values.iter().map(|(values, value)| {
        let names = declaration.labels.iter().map(String::as_str);
        let labels: Vec<_> = names.zip(values.iter().map(String::as_str)).collect();
        match value {
            CustomValue::Counter(total) => counter(&labels, *total),
            CustomValue::Gauge(level) => gauge(&labels, *level),
            CustomValue::Histogram { sum, values, .. } => {
                let cumulative = value.cumulative(&CUSTOM_BUCKETS);
                bucketed(
                    &labels,
                    CUSTOM_BUCKETS.into_iter().zip(cumulative),
                    values.count(),
                    *sum,
                )
            }
        }
    });
    family(
        &format!("throng_custom_{}", declaration.name),
        &declaration.help,
        metrics,
    )
}
