//! When a rule of the safety valve is met, second by second.

use std::time::Duration;

use throng::engine::StopRules;
use throng::metrics::{
    Aggregator, OperationRef, Outcome, Phase, Phases, Recorder, RunInfo, Sample, ScriptFault,
    Snapshot, StopCause, StopReason, TypeId,
};
use throng::plan::Shape;
use throng::plan::shape::parse_stages;

const KIND: TypeId = TypeId(0);

/// What happened in one second.
#[derive(Clone, Copy, Default)]
struct Second {
    ok: u64,
    unexpected: u64,
    error: u64,
    cut: u64,
    /// Service time of each request.
    millis: u64,
    steps: u64,
    faults: u64,
    checks: (u64, u64),
}

const SILENT: Second = Second {
    ok: 0,
    unexpected: 0,
    error: 0,
    cut: 0,
    millis: 5,
    steps: 0,
    faults: 0,
    checks: (0, 0),
};
const GOOD: Second = Second { ok: 10, ..SILENT };
/// Nine of ten are refused by a status that nobody wanted.
const REFUSED: Second = Second {
    ok: 1,
    unexpected: 9,
    ..SILENT
};
/// All are.
const BROKEN: Second = Second {
    unexpected: 20,
    ..SILENT
};
/// Six of ten find nobody.
const LOST: Second = Second {
    ok: 4,
    error: 6,
    ..SILENT
};
const SLOW: Second = Second {
    ok: 5,
    millis: 12_000,
    ..SILENT
};

/// A run whose seconds a test makes up.
struct Course {
    aggregator: Aggregator,
    recorder: Recorder,
    clock: Duration,
    rules: StopRules,
}

impl Course {
    fn with(rules: &[&str]) -> Self {
        Self::of(rules, &Shape::default())
    }

    fn of(rules: &[&str], shape: &Shape) -> Self {
        let rules: Vec<_> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let info = RunInfo {
            types: vec!["active".to_owned()],
            ..RunInfo::default()
        };
        Self {
            aggregator: Aggregator::new(info),
            recorder: Recorder::new(),
            clock: Duration::ZERO,
            rules: StopRules::new(&rules, shape),
        }
    }

    /// One look after so long on the run's clock; what was met, in words.
    fn look(&mut self, second: Second, after: Duration) -> Option<String> {
        for (count, outcome) in [
            (second.ok, Outcome::Ok),
            (second.unexpected, Outcome::Unexpected),
            (second.error, Outcome::Error),
            (second.cut, Outcome::Cancelled),
        ] {
            (0..count).for_each(|_| self.request(outcome, second.millis));
        }
        (0..second.steps).for_each(|_| self.recorder.step(KIND, 1));
        (0..second.faults).for_each(|_| {
            self.recorder.script_error(ScriptFault {
                kind: KIND,
                version: 1,
                place: "scripts/active.lua:3",
                message: "oh no",
                traceback: "",
            });
        });
        let (passed, failed) = second.checks;
        (0..passed).for_each(|_| self.recorder.check("name", true));
        (0..failed).for_each(|_| self.recorder.check("name", false));
        self.clock += after;
        self.aggregator.absorb(0, self.recorder.take());
        let met = self.rules.first_met(&self.aggregator.tick(self.clock));
        met.map(|(rule, figures)| format!("{rule}: {figures}"))
    }

    fn request(&mut self, outcome: Outcome, millis: u64) {
        let series = self.recorder.series(KIND, OperationRef::http("GET", "/"));
        let service = Duration::from_millis(millis);
        let sample = Sample {
            series,
            version: 1,
            status: u16::from(outcome != Outcome::Error)
                .wrapping_mul(200)
                .into(),
            outcome,
            error: None,
            service: Some(service),
            response: service,
            phases: Phases::default(),
            bytes_sent: 0,
            bytes_received: 0,
        };
        self.recorder.record(&sample, String::new);
    }
}

/// The second, from 1, in which a rule is met, and how.
fn met(rules: &[&str], seconds: &[Second]) -> Option<(usize, String)> {
    let mut course = Course::with(rules);
    let mut looks = seconds
        .iter()
        .map(|second| course.look(*second, Duration::from_secs(1)));
    looks
        .by_ref()
        .enumerate()
        .find_map(|(at, met)| Some((at + 1, met?)))
}

#[test]
fn a_rule_is_met_when_its_measure_is_beyond_the_bound_for_all_its_time() {
    let errors = Second {
        error: 3,
        unexpected: 3,
        ok: 4,
        ..SILENT
    };
    let slow = Second {
        ok: 99,
        millis: 20,
        ..SILENT
    };
    let faulty = Second {
        steps: 10,
        faults: 3,
        ok: 10,
        ..SILENT
    };
    for (rule, seconds, at, figures) in [
        (
            "failed > 90% for 3s",
            vec![BROKEN; 5],
            3,
            "100 % for 3 s (60 requests)",
        ),
        (
            "failed > 89% for 3s",
            vec![REFUSED, BROKEN, REFUSED],
            3,
            "90.0 % to 100 % for 3 s (40 requests)",
        ),
        (
            "failed > 50% for 2s",
            vec![errors; 3],
            2,
            "60.0 % for 2 s (20 requests)",
        ),
        (
            "errors > 50% for 2s",
            vec![BROKEN, LOST, LOST],
            3,
            "60.0 % for 2 s (20 requests)",
        ),
        (
            "unexpected > 20% for 1s",
            vec![GOOD, LOST, errors],
            3,
            "30.0 % for 1 s (10 requests)",
        ),
        (
            "p99 > 10s for 2s",
            vec![GOOD, SLOW, SLOW],
            3,
            "12.0 s for 2 s (10 requests)",
        ),
        (
            "p50 > 19ms for 2s",
            vec![slow; 2],
            2,
            "20.0 ms for 2 s (198 requests)",
        ),
        (
            "p95 < 6ms for 2s",
            vec![SLOW, GOOD, GOOD],
            3,
            "5.00 ms for 2 s (20 requests)",
        ),
        (
            "rate > 9 for 2s",
            vec![LOST, GOOD],
            2,
            "10.0/s for 2 s (20 requests)",
        ),
        (
            "rate < 1 for 2s",
            vec![GOOD, SILENT, SILENT],
            3,
            "0.00/s for 2 s (0 requests)",
        ),
        (
            "script_errors > 20% for 2s",
            vec![faulty; 2],
            2,
            "30.0 % for 2 s (20 steps)",
        ),
        (
            "script_errors > 99% for 2s",
            vec![
                Second {
                    faults: 2,
                    ..SILENT
                };
                2
            ],
            2,
            "100 % for 2 s (4 steps)",
        ),
        (
            "failed_checks > 50% for 2s",
            vec![
                Second {
                    checks: (1, 3),
                    ..SILENT
                };
                2
            ],
            2,
            "75.0 % for 2 s (8 checks)",
        ),
    ] {
        assert_eq!(
            met(&[rule], &seconds),
            Some((at, format!("{rule}: {figures}"))),
            "{rule}"
        );
    }
}

#[test]
fn one_second_within_the_bound_begins_the_time_anew() {
    let rule = ["failed > 90% for 3s"];
    assert_eq!(
        met(
            &rule,
            &[BROKEN, BROKEN, GOOD, BROKEN, BROKEN, GOOD, BROKEN, BROKEN]
        ),
        None
    );
    let (at, _) = met(&rule, &[BROKEN, BROKEN, GOOD, BROKEN, BROKEN, BROKEN]).unwrap();
    assert_eq!(at, 6);
    // At the bound is not beyond it.
    assert_eq!(met(&rule, &[REFUSED; 9]), None);
    assert_eq!(met(&["errors > 60% for 1s"], &[LOST; 9]), None);
}

#[test]
fn a_second_without_requests_neither_ends_the_time_nor_is_part_of_it() {
    let seconds = [BROKEN, SILENT, SILENT, SILENT, BROKEN, SILENT, BROKEN];
    let (at, text) = met(&["failed > 90% for 3s"], &seconds).unwrap();
    assert_eq!(
        (at, text.as_str()),
        (7, "failed > 90% for 3s: 100 % for 3 s (60 requests)")
    );
    for rule in [
        "failed > 90% for 3s",
        "p99 > 1ms for 3s",
        "script_errors > 1% for 3s",
    ] {
        assert_eq!(met(&[rule], &[SILENT; 9]), None, "{rule}");
    }
    let mut seconds = vec![SLOW];
    seconds.extend([SILENT; 20]);
    assert_eq!(
        met(&["p99 > 10s for 10s"], &seconds),
        None,
        "one slow answer is no proof"
    );
}

#[test]
fn a_rule_on_a_stage_looks_at_its_seconds_alone() {
    let shape = Shape {
        stages: parse_stages("3s:5,4s:9,9s:5").unwrap(),
        ..Shape::default()
    };
    let met = |rule: &str, broken: std::ops::RangeInclusive<usize>| {
        let mut course = Course::of(&[rule], &shape);
        (1..=16).find_map(|second| {
            let results = if broken.contains(&second) {
                BROKEN
            } else {
                GOOD
            };
            Some((second, course.look(results, Duration::from_secs(1))?))
        })
    };
    let rule = "failed{stage=\"2\"} > 90% for 2s";
    assert_eq!(met(rule, 1..=3), None);
    assert_eq!(met(rule, 8..=16), None);
    // One second of the stage is not two.
    assert_eq!(met(rule, 1..=4), None);
    assert_eq!(met(rule, 7..=16), None);
    let figures = "failed{stage=\"2\"} > 90% for 2s: 100 % for 2 s (40 requests)";
    assert_eq!(met(rule, 1..=16), Some((5, figures.to_owned())));
    assert_eq!(met(rule, 6..=16), Some((7, figures.to_owned())));
}

#[test]
fn a_window_begins_with_the_second_that_was_looked_at_first() {
    let mut course = Course::with(&["failed > 50% over 2s"]);
    // On a machine under load the first look comes late, at what happened in two seconds.
    assert_eq!(
        course.look(BROKEN, Duration::from_secs(2)).as_deref(),
        Some("failed > 50% over 2s: 100 % over 2 s (20 requests)")
    );
}

#[test]
fn requests_that_throng_cut_say_nothing_of_the_target() {
    let cut = Second { cut: 50, ..BROKEN };
    assert_eq!(
        met(&["failed > 90% for 2s"], &[cut; 2]),
        Some((
            2,
            "failed > 90% for 2s: 100 % for 2 s (40 requests)".to_owned()
        ))
    );
    let only_cut = Second { cut: 50, ..SILENT };
    assert_eq!(met(&["failed < 5% for 1s"], &[only_cut; 5]), None);
}

#[test]
fn a_pause_is_no_time() {
    let mut course = Course::with(&["failed > 90% for 2s", "rate < 1 for 2s"]);
    let second = Duration::from_secs(1);
    assert_eq!(course.look(BROKEN, second), None);
    for _ in 0..9 {
        // The run's clock stands still; what was under way still ends.
        assert_eq!(course.look(BROKEN, Duration::ZERO), None);
        assert_eq!(course.look(SILENT, Duration::ZERO), None);
    }
    assert!(course.look(BROKEN, second).is_some());
}

#[test]
fn late_ticks_of_a_machine_under_load_count_as_long_as_they_are() {
    let mut course = Course::with(&["failed > 90% for 60s"]);
    assert_eq!(course.look(BROKEN, Duration::from_secs_f64(29.9)), None);
    assert_eq!(course.look(BROKEN, Duration::from_secs(29)), None);
    assert!(course.look(BROKEN, Duration::from_secs(1)).is_some());
}

#[test]
fn of_several_rules_the_one_that_is_met_first_is_told() {
    let rules = [
        "failed > 90% for 4s",
        "errors > 50% for 2s",
        "p99 > 10s for 3s",
    ];
    let lost = Second {
        error: 10,
        ok: 0,
        ..SILENT
    };
    let (at, text) = met(&rules, &[BROKEN, lost, lost, lost]).unwrap();
    assert_eq!(
        (at, text.as_str()),
        (3, "errors > 50% for 2s: 100 % for 2 s (20 requests)")
    );
    let (at, text) = met(&rules, &[lost, SLOW, SLOW, SLOW]).unwrap();
    assert_eq!(
        (at, text.as_str()),
        (4, "p99 > 10s for 3s: 12.0 s for 3 s (15 requests)")
    );
    assert_eq!(met(&[], &[BROKEN; 99]), None);
}

#[test]
fn why_a_run_ended_itself_is_in_the_news_and_in_the_sum_of_its_parts() {
    let mut aggregator = Aggregator::new(RunInfo::default());
    let before = aggregator.tick(Duration::from_secs(1));
    let stop = StopReason {
        cause: StopCause::Valve,
        at: Duration::from_secs(1),
        rule: "failed > 90% for 60s".to_owned(),
        figures: "100 % for 60 s (60 requests)".to_owned(),
    };
    aggregator.stopped_by(stop.clone());
    aggregator.phase(Phase::Stopping);
    assert_eq!(aggregator.news(&before).stopped_by.as_ref(), Some(&stop));
    assert_eq!(
        aggregator.tick(Duration::from_secs(2)).stopped_by.as_ref(),
        Some(&stop)
    );
    let mut whole = Snapshot::default();
    whole.merge(Snapshot {
        stopped_by: Some(stop.clone()),
        ..Snapshot::default()
    });
    whole.merge(Snapshot::default());
    assert_eq!(whole.stopped_by, Some(stop));
}
