//! How the outputs of the run stand.

use super::family::{MetricFamily, counter, family, gauge};
use crate::view::{OutputStatus, RunView};

/// The families of outputs; none without one.
pub(crate) fn families(view: &RunView) -> [MetricFamily; 4] {
    let counts = |count: fn(&OutputStatus) -> u64| {
        let outputs = view.outputs.iter();
        let counts = outputs.map(move |one| counter(&labels(one), count(one) as f64));
        counts.collect::<Vec<_>>()
    };
    let outputs = view.outputs.iter();
    let failing = outputs.map(|one| {
        let is_failing = one.failing_seconds.is_some();
        gauge(&labels(one), f64::from(u8::from(is_failing)))
    });
    [
        family(
            "throng_output_sent_total",
            "Items that an output delivered: samples of remote write, data points and spans of OTLP, requests of a file.",
            counts(|one| one.sent),
        ),
        family(
            "throng_output_dropped_total",
            "Items that an output could not deliver, and does not keep to deliver later.",
            counts(|one| one.dropped),
        ),
        family(
            "throng_output_failed_attempts_total",
            "Attempts of an output to deliver that failed.",
            counts(|one| one.failed_attempts),
        ),
        family(
            "throng_output_failing",
            "1 while an output cannot deliver, else 0.",
            failing,
        ),
    ]
}

fn labels(one: &OutputStatus) -> [(&'static str, &str); 2] {
    [("output", &one.output), ("items", &one.items)]
}
