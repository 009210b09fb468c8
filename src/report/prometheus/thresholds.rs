//! Thresholds.

use super::family::{MetricFamily, family, gauge};
use crate::view::{RunView, ThresholdResult};

/// Whether each passes, where that is known.
pub(crate) fn families(view: &RunView) -> [MetricFamily; 2] {
    let known = view.thresholds.iter().filter(|one| {
        matches!(
            one.result,
            ThresholdResult::Passed | ThresholdResult::Failed
        )
    });
    let ok = known.map(|one| {
        let passed = one.result == ThresholdResult::Passed;
        gauge(&[("rule", &one.rule)], f64::from(u8::from(passed)))
    });
    let bounds = view.thresholds.iter();
    let bounds = bounds.map(|one| gauge(&[("rule", &one.rule)], one.bound));
    [
        family(
            "throng_threshold_ok",
            "1 while the threshold passes, else 0; absent while there was nothing to measure.",
            ok,
        ),
        family(
            "throng_threshold_bound",
            "The bound of the threshold: a fraction, seconds, a count a second, or the unit of the script's metric.",
            bounds,
        ),
    ]
}
