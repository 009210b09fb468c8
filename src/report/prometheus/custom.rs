//! The metrics that scripts declared.

use super::family::{MetricFamily, bucketed, counter, family, gauge};
use crate::view::{CustomKind, Figures, Metric};

/// A declared metric under the name `throng_custom_...`.
pub(crate) fn family_of(metric: &Metric) -> MetricFamily {
    let metrics = metric.values.iter().map(|one| {
        let labels = one.labels.iter();
        let labels: Vec<_> = labels
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        match &one.figures {
            Figures::Single { value } if metric.kind == CustomKind::Counter => {
                counter(&labels, *value)
            }
            Figures::Single { value } => gauge(&labels, *value),
            Figures::Histogram {
                count,
                sum,
                buckets,
                ..
            } => bucketed(&labels, buckets.iter().copied(), *count, *sum),
        }
    });
    family(
        &format!("throng_custom_{}", metric.name),
        &metric.help,
        metrics,
    )
}
