//! The intervals in which the percentiles of a version lie.

use std::time::Duration;

use throng::metrics::{Aggregator, OperationRef, Outcome, Recorder, RunInfo, Sample, TypeId};
use throng::view::RunView;

use crate::metrics::recorder::sample;

/// What is known of p50, p95 and p99 of so many requests that took 1 ms, 2 ms and so on.
fn intervals(requests: u64) -> [Option<(f64, f64)>; 3] {
    let mut aggregator = Aggregator::new(RunInfo {
        types: vec!["one".to_owned()],
        ..RunInfo::default()
    });
    let mut recorder = Recorder::new();
    let series = recorder.series(TypeId(0), OperationRef::http("GET", "/"));
    for number in 1..=requests {
        let sample = Sample {
            service: Some(Duration::from_millis(number)),
            ..sample(series, 200, Outcome::Ok)
        };
        recorder.record(&sample, String::new);
    }
    aggregator.absorb(0, recorder.take());
    let view = RunView::of(&aggregator.tick(Duration::from_secs(1)));
    view.types[0].versions[0].intervals
}

#[test]
fn intervals_are_those_of_order_statistics() {
    // Ranks n p ± 1.96 √(n p (1 - p)) of a thousand.
    let ranks = [(469.0, 531.0), (936.5, 963.5), (983.8, 996.2)];
    for (found, (low, high)) in intervals(1_000).into_iter().zip(ranks) {
        let (found_low, found_high) = found.expect("a thousand are enough");
        assert!(
            (found_low * 1e3 / low - 1.0).abs() < 0.02,
            "{found_low} for {low} ms"
        );
        assert!(
            (found_high * 1e3 / high - 1.0).abs() < 0.02,
            "{found_high} for {high} ms"
        );
    }
}

#[test]
fn of_few_times_there_is_none() {
    let known = intervals(58).map(|one| one.is_some());
    assert_eq!(known, [true, false, false]);
    let known = intervals(59).map(|one| one.is_some());
    assert_eq!(known, [true, true, false], "the largest is a bound");
    assert_eq!(intervals(2).map(|one| one.is_some()), [false, false, false]);
}
