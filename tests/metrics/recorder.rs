use std::cell::Cell;
use std::time::Duration;

use throng::metrics::{
    Batch, Example, FailureKind, Health, MAX_NAMES, OTHER, OperationRef, Outcome, Outcomes, Phases,
    Recorder, Sample, ScriptFault, Series, SeriesId, SessionResult, Trace, TypeId,
};

const NEW: TypeId = TypeId(0);
const ACTIVE: TypeId = TypeId(1);

static PHASES: [&str; 6] = ["blocked", "dns", "connect", "tls", "wait", "receive"];

pub fn sample(series: SeriesId, status: u16, outcome: Outcome) -> Sample {
    Sample {
        series,
        version: 1,
        status: status.into(),
        outcome,
        error: None,
        service: Some(Duration::from_millis(2)),
        response: Duration::from_millis(3),
        phases: Phases::new(&PHASES, [0, 0, 100, 0, 1_500, 400]),
        bytes_sent: 100,
        bytes_received: 1_000,
    }
}

fn series(kind: TypeId, method: &str, name: &str) -> Series {
    Series {
        kind,
        operation: OperationRef::http(method, name).into(),
    }
}

#[test]
fn a_request_is_counted_once_in_its_series_and_its_type() {
    let mut recorder = Recorder::new();
    let users = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    recorder.record(&sample(users, 200, Outcome::Ok), String::new);
    recorder.record(&sample(users, 404, Outcome::Expected), String::new);
    let batch = recorder.take();
    let totals = &batch.totals.series[&series(ACTIVE, "GET", "/users")];
    assert_eq!(
        totals.statuses[&200.into()],
        Outcomes {
            ok: 1,
            ..Outcomes::default()
        }
    );
    assert_eq!(
        totals.statuses[&404.into()],
        Outcomes {
            expected: 1,
            ..Outcomes::default()
        }
    );
    assert_eq!((totals.bytes_sent, totals.bytes_received), (200, 2_000));
    assert_eq!(
        totals
            .phases
            .iter()
            .map(|(_, spent)| spent)
            .collect::<Vec<_>>(),
        [0, 0, 200, 0, 3_000, 800]
    );
    assert_eq!((totals.service.count(), totals.service.sum()), (2, 4_000));
    let of_type = &batch.totals.types[&ACTIVE];
    assert_eq!(
        (of_type.service.sum(), of_type.response.sum()),
        (4_000, 6_000)
    );
    assert!(!batch.totals.types.contains_key(&NEW));
}

#[test]
fn a_cut_request_is_counted_but_its_time_says_nothing() {
    let mut recorder = Recorder::new();
    let users = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    recorder.record(&sample(users, 0, Outcome::Cancelled), || -> String {
        panic!("a cut is no failure")
    });
    let batch = recorder.take();
    let totals = &batch.totals.series[&series(ACTIVE, "GET", "/users")];
    assert_eq!(totals.outcomes().cancelled, 1);
    assert_eq!(totals.bytes_sent, 100);
    assert!(totals.service.is_empty());
    let of_type = &batch.totals.types[&ACTIVE];
    assert!(of_type.service.is_empty() && of_type.response.is_empty());
    assert_eq!(of_type.versions[&1].outcomes.cancelled, 1);
    assert!(of_type.versions[&1].service.is_empty());
}

#[test]
fn one_series_has_one_id_and_others_have_others() {
    let mut recorder = Recorder::new();
    let id = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    assert_eq!(
        recorder.series(ACTIVE, OperationRef::http("GET", "/users")),
        id
    );
    assert_ne!(
        recorder.series(NEW, OperationRef::http("GET", "/users")),
        id
    );
    assert_ne!(
        recorder.series(ACTIVE, OperationRef::http("PUT", "/users")),
        id
    );
    assert_ne!(
        recorder.series(ACTIVE, OperationRef::http("GET", "/users/{id}")),
        id
    );
}

#[test]
fn a_batch_holds_only_what_is_new() {
    let mut recorder = Recorder::new();
    let users = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    let roles = recorder.series(ACTIVE, OperationRef::http("GET", "/roles"));
    recorder.record(&sample(users, 200, Outcome::Ok), String::new);
    recorder.check("named", true);
    recorder.take();
    recorder.record(&sample(roles, 200, Outcome::Ok), String::new);
    let batch = recorder.take();
    assert_eq!(batch.totals.series.len(), 1);
    assert!(
        batch
            .totals
            .series
            .contains_key(&series(ACTIVE, "GET", "/roles"))
    );
    assert!(batch.totals.checks.is_empty());
    assert_eq!(recorder.take(), Batch::default());
}

#[test]
fn names_beyond_the_bound_share_a_series_and_no_count_is_lost() {
    let mut recorder = Recorder::new();
    for number in 0..MAX_NAMES + 300 {
        for kind in [NEW, ACTIVE] {
            let id = recorder.series(kind, OperationRef::http("GET", &format!("/pages/{number}")));
            recorder.record(&sample(id, 200, Outcome::Ok), String::new);
        }
    }
    let totals = recorder.take().totals;
    assert_eq!(totals.series.len(), 2 * (MAX_NAMES + 1));
    assert_eq!(totals.series[&series(NEW, "GET", OTHER)].outcomes().ok, 300);
    assert_eq!(
        totals.series[&series(ACTIVE, "GET", OTHER)].outcomes().ok,
        300
    );
    assert_eq!(totals.outcomes(None).ok, 2 * (MAX_NAMES as u64 + 300));
}

#[test]
fn methods_are_bounded_too() {
    let mut recorder = Recorder::new();
    for number in 0..100 {
        let id = recorder.series(ACTIVE, OperationRef::http(&format!("X{number}"), "/"));
        recorder.record(&sample(id, 200, Outcome::Ok), String::new);
    }
    let totals = recorder.take().totals;
    assert_eq!(totals.series.len(), 17);
    assert_eq!(totals.series[&series(ACTIVE, OTHER, "/")].outcomes().ok, 84);
}

#[test]
fn an_example_of_a_sampled_trace_takes_the_place_of_one_that_is_not() {
    let mut recorder = Recorder::new();
    let users = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    let mut fail = |line: &str, is_sampled| {
        let sample = sample(users, 500, Outcome::Unexpected);
        recorder.record(&sample, || Example {
            line: line.to_owned(),
            trace: Some(Trace {
                id: line.to_owned(),
                is_sampled,
                url: None,
            }),
            ..Example::default()
        });
        let mut totals = recorder.take().totals;
        let series = totals.series.remove(&series(ACTIVE, "GET", "/users"));
        let mut failures = series.expect("it failed").failures;
        let kind = FailureKind::Status(500.into());
        failures.remove(&kind).expect("it failed with 500")
    };
    let mut all = fail("first", false);
    for (line, is_sampled, example) in [
        ("second", false, "first"),
        ("third", true, "third"),
        ("fourth", true, "third"),
        ("fifth", false, "third"),
    ] {
        all.add(fail(line, is_sampled));
        assert_eq!(all.example.as_deref(), Some(example));
        assert_eq!(all.trace.as_ref().map(|trace| &*trace.id), Some(example));
    }
    assert_eq!(all.count, 5);
}

#[test]
fn an_example_is_asked_for_once_a_kind_and_for_ten_failures_a_batch() {
    let mut recorder = Recorder::new();
    let users = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    let calls = Cell::new(0);
    let fail = |recorder: &mut Recorder, status, error| {
        let outcome = if status == 0 {
            Outcome::Error
        } else {
            Outcome::Unexpected
        };
        let failed = Sample {
            error,
            ..sample(users, status, outcome)
        };
        recorder.record(&failed, || {
            calls.set(calls.get() + 1);
            format!("example {}", calls.get())
        });
    };
    for _ in 0..1000 {
        fail(&mut recorder, 500, None);
    }
    assert_eq!(calls.get(), 10);
    // The ring is full, yet a new kind gets its example.
    fail(&mut recorder, 0, Some("timeout"));
    fail(&mut recorder, 0, Some("timeout"));
    assert_eq!(calls.get(), 11);
    let batch = recorder.take();
    assert_eq!(batch.failures.len(), 11, "ten, and the first of a kind");
    assert_eq!(batch.failures[9].text, "example 10");
    assert_eq!(batch.failures[9].failure, FailureKind::Status(500.into()));
    let failures = &batch.totals.series[&series(ACTIVE, "GET", "/users")].failures;
    assert_eq!(failures[&FailureKind::Status(500.into())].count, 1000);
    assert_eq!(
        failures[&FailureKind::Status(500.into())]
            .example
            .as_deref(),
        Some("example 1")
    );
    let timeout = &failures[&FailureKind::Network("timeout".into())];
    assert_eq!(
        (timeout.count, timeout.example.as_deref()),
        (2, Some("example 11"))
    );
    // The kind is known in the next batch; only the list of the last ones asks.
    fail(&mut recorder, 500, None);
    assert_eq!(calls.get(), 12);
    let failures = recorder.take().totals.series[&series(ACTIVE, "GET", "/users")]
        .failures
        .clone();
    assert_eq!(failures[&FailureKind::Status(500.into())].example, None);
}

#[test]
fn ok_and_expected_are_no_failures() {
    let mut recorder = Recorder::new();
    let users = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    for (status, outcome) in [
        (200, Outcome::Ok),
        (404, Outcome::Expected),
        (0, Outcome::Expected),
    ] {
        recorder.record(&sample(users, status, outcome), || -> String {
            panic!("{outcome:?}")
        });
    }
    assert!(recorder.take().failures.is_empty());
}

#[test]
fn sessions_count_by_result_and_reasons_are_bounded() {
    let mut recorder = Recorder::new();
    recorder.session(NEW, SessionResult::Completed);
    recorder.session(NEW, SessionResult::Interrupted);
    for number in 0..150 {
        recorder.session(NEW, SessionResult::Failed(&format!("reason {number}")));
    }
    let totals = recorder.take().totals;
    let sessions = totals.types[&NEW].sessions;
    assert_eq!(
        (sessions.completed, sessions.failed, sessions.interrupted),
        (1, 150, 1)
    );
    assert_eq!(totals.failed_sessions.values().sum::<u64>(), 150);
    assert_eq!(totals.failed_sessions[OTHER], 50);
}

#[test]
fn a_script_error_is_new_once_and_counted_always() {
    let fault = |version, message| ScriptFault {
        kind: ACTIVE,
        version,
        place: "scripts/active.lua:12",
        message,
        traceback: "in function 'edit'",
    };
    let mut recorder = Recorder::new();
    assert!(recorder.script_error(fault(1, "nil value")));
    assert!(!recorder.script_error(fault(1, "nil value")));
    assert!(recorder.script_error(fault(1, "no field")));
    assert!(recorder.script_error(fault(2, "nil value")));
    assert!(!recorder.script_error(ScriptFault {
        kind: NEW,
        ..fault(1, "nil value")
    }));
    assert_eq!(
        recorder
            .take()
            .totals
            .script_errors
            .iter()
            .map(|e| e.count)
            .sum::<u64>(),
        5
    );
    assert!(
        !recorder.script_error(fault(1, "nil value")),
        "also after a batch"
    );
}

#[test]
fn endless_kinds_of_script_errors_stay_within_bounds() {
    let mut recorder = Recorder::new();
    for number in 0..1000 {
        let message = format!("user {number} is odd");
        let (kind, place) = (ACTIVE, "scripts/active.lua:1");
        recorder.script_error(ScriptFault {
            kind,
            version: 1,
            place,
            message: &message,
            traceback: "",
        });
    }
    let errors = recorder.take().totals.script_errors;
    assert_eq!(errors.len(), 101);
    assert_eq!(errors.iter().map(|error| error.count).sum::<u64>(), 1000);
}

#[test]
fn health_counts_every_lag_and_keeps_the_last_levels() {
    let mut recorder = Recorder::new();
    for lag in [1, 50, 3] {
        let health = Health {
            lag: Duration::from_millis(lag),
            open_connections: lag,
            lua_memory: 10,
            vms: 2,
        };
        recorder.health(health);
    }
    let batch = recorder.take();
    assert_eq!(
        (batch.totals.lag.count(), batch.totals.lag.max()),
        (3, 50_000)
    );
    assert_eq!(batch.health.unwrap().open_connections, 3);
}

#[test]
fn a_request_that_never_left_is_counted_and_is_in_no_time() {
    let mut recorder = Recorder::new();
    let users = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    recorder.record(&sample(users, 200, Outcome::Ok), String::new);
    for error in ["connect", "dns", "not_allowed", "ledger"] {
        let never = Sample {
            error: Some(error),
            service: None,
            bytes_sent: 0,
            bytes_received: 0,
            phases: Phases::new(&PHASES, [0, 10, 500, 0, 0, 0]),
            ..sample(users, 0, Outcome::Error)
        };
        recorder.record(&never, String::new);
    }
    let batch = recorder.take();
    let totals = &batch.totals.series[&series(ACTIVE, "GET", "/users")];
    assert_eq!(totals.outcomes().error, 4);
    assert_eq!((totals.service.count(), totals.service.min()), (1, 2_000));
    // What it did take is in its phases.
    assert_eq!(
        totals
            .phases
            .iter()
            .map(|(_, spent)| spent)
            .collect::<Vec<_>>(),
        [0, 40, 2_100, 0, 1_500, 400]
    );
    let of_type = &batch.totals.types[&ACTIVE];
    assert_eq!((of_type.service.count(), of_type.response.count()), (1, 1));
    let version = &of_type.versions[&1];
    assert_eq!((version.outcomes.error, version.service.count()), (4, 1));
}
