use super::*;
use crate::metrics::{Histogram, Operation, OverloadReason, Protocol, Series, Status, TypeId};
use crate::plan::parse_slo;

/// A search of arrivals whose levels are measured for ten seconds.
fn plan(slo: &str) -> SearchPlan {
    SearchPlan {
        slo: parse_slo("slo", slo).unwrap(),
        from: 10.0,
        at_most: 1_000.0,
        open: true,
        settle: Duration::ZERO,
        measure: Duration::from_secs(10),
        cooldown: Duration::ZERO,
        precision: 0.05,
        passes: 1,
    }
}

/// What every second of a level is like.
#[derive(Clone, Copy)]
struct Second {
    requests: u64,
    failed: u64,
    /// Of each request.
    time: Duration,
    arrivals: u64,
    dropped: u64,
    lag: Duration,
    busiest: f64,
}

const FINE: Second = Second {
    requests: 100,
    failed: 0,
    time: Duration::from_millis(10),
    arrivals: 100,
    dropped: 0,
    lag: Duration::ZERO,
    busiest: 0.2,
};

/// Measures a level of 100/s whose seconds are all the same.
fn measure(slo: &str, second: Second) -> SearchTrial {
    let plan = plan(slo);
    let mut snapshot = Snapshot::default();
    snapshot.run.types = vec!["caller".to_owned()];
    let mut trial = LevelTrial::begin(&plan, 100.0, &snapshot);
    for number in 1..=1_000 {
        snapshot.elapsed = Duration::from_secs(number);
        snapshot.interval.seconds = 1.0;
        snapshot.interval.lag_p99 = second.lag;
        snapshot.interval.busiest_thread = Some(second.busiest);
        let overloaded = second.lag > Duration::from_millis(10) || second.busiest > THREAD_LIMIT;
        let reason = overloaded.then_some(OverloadReason::SchedulerLag);
        snapshot.interval.reasons = reason.into_iter().collect();
        add(&mut snapshot, second);
        if let Some(done) = trial.observe(&plan, &snapshot) {
            return done;
        }
    }
    panic!("it is never over");
}

fn add(snapshot: &mut Snapshot, second: Second) {
    let of_type = snapshot.totals.types.entry(TypeId(0)).or_default();
    let mut times = Histogram::fine();
    (0..second.requests).for_each(|_| times.record(second.time));
    of_type.service.add(&times);
    of_type.arrivals.total += second.arrivals;
    of_type.arrivals.dropped_max_users += second.dropped;
    let series = Series {
        kind: TypeId(0),
        operation: Operation {
            protocol: Protocol::Http,
            verb: "GET".into(),
            name: "/page".into(),
        },
    };
    let totals = snapshot.totals.series.entry(series).or_default();
    let ok = totals.statuses.entry(Status::new("200")).or_default();
    ok.ok += second.requests - second.failed;
    ok.unexpected += second.failed;
}

#[test]
fn a_level_is_judged_by_its_figures_once_there_are_enough() {
    for (slo, second, result, seconds, why) in [
        (
            "p95 < 20ms, failed < 1%",
            FINE,
            TrialResult::Holds,
            10.0,
            "",
        ),
        ("p95 < 9ms", FINE, TrialResult::Breaks, 10.0, "p95 10.0 ms"),
        // Twice the bound is enough after a third of the time.
        ("p95 < 4ms", FINE, TrialResult::Breaks, 4.0, "p95 10.0 ms"),
        (
            "failed < 1%",
            Second { failed: 2, ..FINE },
            TrialResult::Breaks,
            10.0,
            "failed 2.0 %",
        ),
        // p99.9 needs 2,995 requests.
        ("p99.9 < 20ms", FINE, TrialResult::Holds, 30.0, ""),
        (
            "p99.9 < 20ms",
            Second {
                requests: 20,
                ..FINE
            },
            TrialResult::TooFewSamples,
            100.0,
            "2,000 samples in 100 s, and p99.9 needs 2,995",
        ),
        (
            "p95 < 1s",
            Second {
                requests: 0,
                ..FINE
            },
            TrialResult::Breaks,
            100.0,
            "no request ended",
        ),
    ] {
        let trial = measure(slo, second);
        assert_eq!(trial.result, result, "{slo}: {trial:?}");
        assert_eq!((trial.seconds, trial.why.as_str()), (seconds, why), "{slo}");
        assert_eq!(trial.requests, second.requests * seconds as u64);
    }
}

#[test]
fn figures_that_may_be_the_generators_own_say_nothing_of_the_target() {
    let ms = Duration::from_millis;
    let slow = Second {
        time: ms(30),
        ..FINE
    };
    for (second, result) in [
        (slow, TrialResult::Breaks),
        // Its lag may be the difference, or cannot be.
        (
            Second {
                lag: ms(11),
                ..slow
            },
            TrialResult::GeneratorLimit,
        ),
        (
            Second {
                lag: ms(11),
                time: ms(60),
                ..FINE
            },
            TrialResult::Breaks,
        ),
        (
            Second {
                busiest: 0.9,
                time: ms(60),
                ..FINE
            },
            TrialResult::GeneratorLimit,
        ),
        // What holds in spite of it holds.
        (
            Second {
                lag: ms(100),
                busiest: 0.99,
                ..FINE
            },
            TrialResult::Holds,
        ),
        (
            Second {
                arrivals: 80,
                ..FINE
            },
            TrialResult::GeneratorLimit,
        ),
        (Second { dropped: 3, ..FINE }, TrialResult::GeneratorLimit),
        (Second { dropped: 3, ..slow }, TrialResult::Breaks),
    ] {
        let trial = measure("p95 < 20ms", second);
        assert_eq!(trial.result, result, "{trial:?}");
    }
    let trial = measure("p95 < 20ms", Second { dropped: 3, ..FINE });
    assert_eq!(
        trial.why,
        "3.0 % of the arrivals were dropped (--max-users)"
    );
}
