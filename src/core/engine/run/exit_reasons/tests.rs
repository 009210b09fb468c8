use super::*;
use crate::metrics::{
    FailureKind, Operation, OperationRef, Outcomes, Series, SeriesTotals, Sessions, Status,
    StopReason, Threshold, TypeId,
};
use ExitKind::*;

/// Requests of one series: so many answered with this status, or of this failure.
fn requests(snapshot: &mut Snapshot, status: Status, failure: Option<&'static str>, error: u64) {
    let operation = Operation::from(OperationRef::http("GET", "/"));
    let kind = TypeId(0);
    let mut totals = SeriesTotals::default();
    let outcomes = Outcomes {
        ok: u64::from(failure.is_none()),
        error,
        ..Outcomes::default()
    };
    totals.statuses.insert(status, outcomes);
    if let Some(failure) = failure {
        let kind = FailureKind::Network(failure.into());
        totals.failures.entry(kind).or_default().count = error;
    }
    let series = &mut snapshot.totals.series;
    series.insert(Series { kind, operation }, totals);
}

fn answered() -> Snapshot {
    let mut snapshot = Snapshot::default();
    snapshot.run.base_url = "http://shop".to_owned();
    requests(&mut snapshot, Status::from(200), None, 0);
    snapshot
}

fn sessions(completed: u64, failed: u64, interrupted: u64) -> Snapshot {
    let mut snapshot = answered();
    let of_type = snapshot.totals.types.entry(TypeId(0)).or_default();
    of_type.sessions = Sessions {
        completed,
        failed,
        interrupted,
    };
    snapshot
}

fn stopped(cause: StopCause) -> Snapshot {
    let mut snapshot = answered();
    snapshot.stopped_by = Some(StopReason {
        cause,
        rule: "R".to_owned(),
        figures: "F".to_owned(),
        ..StopReason::default()
    });
    snapshot
}

fn thresholds(results: &[ThresholdResult]) -> Snapshot {
    let mut snapshot = answered();
    let of = |result: &ThresholdResult| Threshold {
        rule: "R".to_owned(),
        result: *result,
        value: None,
        bound: 1.0,
        beyond_since_seconds: None,
        figure: Some("1 %".to_owned()),
        met: Some("2 %".to_owned()),
    };
    snapshot.thresholds = results.iter().map(of).collect();
    snapshot
}

fn facts(snapshot: &Snapshot) -> Facts<'_> {
    Facts {
        snapshot,
        is_aborted: false,
        has_lost_thread: false,
        left_behind: 0,
        allow_missing: false,
        is_strict: false,
    }
}

fn kinds(facts: &Facts<'_>) -> (u8, Vec<ExitKind>) {
    let exit = of(facts);
    let kinds = exit.reasons.iter().map(|reason| reason.kind);
    (exit.code, kinds.collect())
}

#[test]
fn each_reason_is_found_by_what_was_counted() {
    use ThresholdResult::Passed;
    let silent = |failure, error| {
        let mut snapshot = Snapshot::default();
        requests(&mut snapshot, Status::NONE, Some(failure), error);
        snapshot
    };
    let not_sent = || {
        let mut snapshot = Snapshot::default();
        snapshot.totals.not_sent.insert("descriptors".to_owned(), 3);
        snapshot
    };
    for (name, snapshot, code, expected) in [
        ("nothing at all", Snapshot::default(), 0, vec![]),
        ("an answer", answered(), 0, vec![]),
        ("no answer", silent("connect", 2), 1, vec![NoResponse]),
        ("not allowed", silent("not_allowed", 2), 1, vec![NotAllowed]),
        ("not sent", not_sent(), 1, vec![NotSent]),
        ("all fail", sessions(0, 2, 0), 1, vec![SessionsFailed]),
        ("most fail", sessions(2, 3, 9), 1, vec![SessionsFailed]),
        ("as many fail", sessions(3, 3, 0), 0, vec![]),
        ("few fail beside long ones", sessions(0, 2, 5), 0, vec![]),
        ("the valve", stopped(StopCause::Valve), 6, vec![StopRule]),
        ("the ledger", stopped(StopCause::Ledger), 1, vec![Ledger]),
        (
            "a threshold that ended it",
            stopped(StopCause::Threshold),
            5,
            vec![Threshold],
        ),
        ("passed", thresholds(&[Passed]), 0, vec![]),
        (
            "each threshold",
            thresholds(&[
                ThresholdResult::NoData,
                ThresholdResult::Failed,
                Passed,
                ThresholdResult::UnknownName,
                ThresholdResult::Failed,
            ]),
            5,
            vec![Threshold, Threshold, NoData, UnknownName],
        ),
    ] {
        assert_eq!(kinds(&facts(&snapshot)), (code, expected), "{name}");
    }
}

#[test]
fn what_is_not_in_the_counts_is_found_too() {
    let (snapshot, unknown) = (answered(), thresholds(&[ThresholdResult::UnknownName]));
    let plain = || facts(&snapshot);
    let missing = facts(&unknown);
    let mut kept_up = answered();
    kept_up.generator.judged = 60;
    let valid = facts(&kept_up);
    for (facts, code, expected) in [
        (
            Facts {
                is_aborted: true,
                // Threads that an abort leaves behind are not lost.
                has_lost_thread: true,
                left_behind: 2,
                ..plain()
            },
            130,
            vec![Interrupted, LeftBehind],
        ),
        (
            Facts {
                has_lost_thread: true,
                ..plain()
            },
            1,
            vec![ThreadLost],
        ),
        (
            Facts {
                is_strict: true,
                ..plain()
            },
            7,
            // Nothing was judged.
            vec![Generator],
        ),
        (
            Facts {
                is_strict: true,
                ..valid
            },
            0,
            vec![],
        ),
        (
            Facts {
                allow_missing: true,
                ..missing
            },
            0,
            vec![],
        ),
    ] {
        assert_eq!(kinds(&facts), (code, expected));
    }
}

#[test]
fn a_dead_target_is_named_before_the_valve_and_the_thresholds() {
    let mut snapshot = thresholds(&[ThresholdResult::Failed]);
    requests(&mut snapshot, Status::NONE, Some("connect"), 5);
    snapshot.stopped_by = stopped(StopCause::Valve).stopped_by;
    snapshot.totals.types = sessions(0, 4, 0).totals.types;
    let exit = of(&facts(&snapshot));
    let texts: Vec<_> = exit
        .reasons
        .iter()
        .map(|reason| (reason.code, reason.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (
                1,
                "http://shop never answered; is it running, and is --base-url right?"
            ),
            (1, "every session failed; the summary says why"),
            (6, "the run was ended by its safety valve: R: F"),
            (5, "threshold R: 2 %"),
        ]
    );
}

#[test]
fn a_threshold_that_ended_the_run_is_listed_once() {
    let mut snapshot = thresholds(&[ThresholdResult::Failed]);
    snapshot.stopped_by = stopped(StopCause::Threshold).stopped_by;
    assert_eq!(kinds(&facts(&snapshot)), (5, vec![Threshold]));
}
