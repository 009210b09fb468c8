//! The sentences of the status, each with the state of a run that leads to it.

use std::time::Duration;

use throng::metrics::{
    Aggregator, Breaker, BreakerState, Canary, Deadline, DropReason, Dropping, Event, Failing,
    FailingGroup, IncidentStatus, LedgerTrouble, Measured, Operation, OperationRef, Outcome,
    OverloadReason, Phase, Recorder, Refusal, RuleProgress, RunInfo, Scope, ScriptsFailing,
    SessionsFailing, Silence, Snapshot, StopCause, StopReason, Threshold, ThresholdResult, TypeId,
};
use throng::view::{Level, OutputStatus, Place, RunView, StatusKind};

use crate::metrics::recorder::sample;

const HOST: &str = "http://127.0.0.1:8080";

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A run of two minutes, 90 s old, in which nothing is wrong.
fn healthy() -> Snapshot {
    let mut recorder = Recorder::new();
    let series = recorder.series(TypeId(0), OperationRef::http("GET", "/users/{id}"));
    for _ in 0..100 {
        recorder.record(&sample(series, 200, Outcome::Ok), String::new);
    }
    let mut snapshot = Snapshot {
        phase: Phase::Running,
        elapsed: at(90),
        totals: recorder.take().totals,
        ..Snapshot::default()
    };
    snapshot.run.types = vec!["active".to_owned()];
    snapshot.run.base_url = format!("{HOST}/");
    snapshot.run.id = "ab12".to_owned();
    snapshot.users.entry(TypeId(0)).or_default().insert(1, 50);
    snapshot.interval.seconds = 1.0;
    let interval = snapshot.interval.types.entry(TypeId(0)).or_default();
    interval.outcomes.ok = 12;
    snapshot.settings.users = 50;
    snapshot.generator.judged = 90;
    snapshot
}

/// The same with this done to it.
fn with(change: impl FnOnce(&mut Snapshot)) -> Snapshot {
    let mut snapshot = healthy();
    change(&mut snapshot);
    snapshot
}

fn over(change: impl FnOnce(&mut Snapshot)) -> Snapshot {
    with(|run| {
        run.phase = Phase::Done;
        run.users.clear();
        change(run);
    })
}

fn first(snapshot: &Snapshot) -> (Level, StatusKind, String, Option<f64>, Place) {
    let line = RunView::of(snapshot).status.remove(0);
    (
        line.level,
        line.kind,
        line.text,
        line.since_seconds,
        line.place,
    )
}

#[track_caller]
fn says(snapshot: &Snapshot, level: Level, kind: StatusKind, text: &str) {
    let (got_level, got_kind, got, ..) = first(snapshot);
    assert_eq!((got.as_str(), got_level, got_kind), (text, level, kind));
}

fn fail(run: &mut Snapshot, failed: u64, status: u16, outcome: Outcome) {
    let mut recorder = Recorder::new();
    let series = recorder.series(TypeId(0), OperationRef::http("POST", "/orders"));
    for _ in 0..failed {
        let mut one = sample(series, status, outcome);
        one.error = (outcome == Outcome::Error).then_some("connect");
        recorder.record(&one, String::new);
    }
    let mut hub = Aggregator::new(RunInfo::default());
    hub.absorb(0, recorder.take());
    run.totals.add(hub.tick(at(1)).totals.clone());
}

fn threshold(rule: &str, result: ThresholdResult, figures: [Option<&str>; 2]) -> Threshold {
    let parsed: throng::plan::Rule = rule.parse().unwrap();
    let [figure, met] = figures.map(|text| text.map(str::to_owned));
    Threshold {
        rule: rule.to_owned(),
        result,
        value: figure.as_ref().map(|_| 1.0),
        bound: parsed.bound,
        beyond_since_seconds: None,
        figure,
        met,
    }
}

#[test]
fn a_run_in_which_nothing_is_wrong_says_so_with_figures() {
    says(
        &healthy(),
        Level::Ok,
        StatusKind::Healthy,
        "Nothing is wrong: 50 users, 12.0 requests/s, none failed, p95 2.00 ms",
    );
    says(
        &over(|_| {}),
        Level::Ok,
        StatusKind::Healthy,
        "Nothing was wrong: 100 requests in 1 min 30 s, none failed, p95 2.00 ms",
    );
    let one = with(|run| {
        run.users.get_mut(&TypeId(0)).unwrap().insert(1, 1);
        run.totals = throng::metrics::Totals::default();
        run.elapsed = at(1);
    });
    says(
        &one,
        Level::Info,
        StatusKind::NoRequests,
        "No request has ended yet: 1 user, 1 s since the start",
    );
}

#[test]
fn a_target_that_is_unavailable_comes_first_with_what_is_next() {
    let open = |state, trying, next: Option<u64>| {
        with(|run| {
            let breaker = Breaker {
                state,
                trying,
                opens: 1,
                asked: 0,
                tries_at: next.map(at),
                shut_since: Some(at(81)),
            };
            run.guard
                .breakers
                .insert(Scope::Host(HOST.to_owned()), breaker);
            (run.generator.overloaded, run.generator.faulty) = (9, 9);
        })
    };
    for (snapshot, text) in [
        (
            open(BreakerState::Open, false, Some(92)),
            "Target unavailable: circuit open for 9 s, next try in 2 s",
        ),
        (
            open(BreakerState::HalfOpen, true, None),
            "Target unavailable: circuit open for 9 s, a request tries it now",
        ),
        (
            open(BreakerState::HalfOpen, false, None),
            "Target unavailable: circuit open for 9 s, the next request tries it",
        ),
    ] {
        says(&snapshot, Level::Critical, StatusKind::CircuitOpen, text);
    }
    let mut silent = open(BreakerState::Open, false, Some(92));
    silent.conditions.silent = Some(Silence {
        since: at(80),
        reason: "connect".to_owned(),
    });
    let (.., text, since, place) = first(&silent);
    assert_eq!(
        (text.as_str(), since, place),
        (
            "Target unavailable (no connection): circuit open for 9 s, next try in 2 s",
            Some(81.0),
            Place::Overview
        )
    );
    // One that sent Retry-After, and one of an endpoint.
    let asked = with(|run| {
        let breaker = Breaker {
            state: BreakerState::Open,
            asked: 1,
            tries_at: Some(at(95)),
            shut_since: Some(at(85)),
            ..Breaker::default()
        };
        let scope = Scope::Endpoint("POST /orders".to_owned());
        run.guard.breakers.insert(scope, breaker);
    });
    says(
        &asked,
        Level::Warning,
        StatusKind::CircuitOpen,
        "POST /orders unavailable (it sent Retry-After): circuit open for 5 s, next try in 5 s",
    );
    let mut ended = open(BreakerState::Open, false, Some(92));
    ended.phase = Phase::Done;
    says(
        &ended,
        Level::Critical,
        StatusKind::CircuitOpen,
        "Target was unavailable when the run ended: circuit open for 9 s",
    );
}

#[test]
fn what_fails_is_said_with_its_share_its_reason_and_its_endpoint() {
    let silent = with(|run| {
        run.conditions.silent = Some(Silence {
            since: at(78),
            reason: "timeout".to_owned(),
        });
    });
    says(
        &silent,
        Level::Critical,
        StatusKind::NoResponse,
        "Target does not respond: no response for 12 s, timeout",
    );
    let failing = |failed, most| {
        with(|run| {
            run.conditions.failing = Some(Failing {
                since: at(60),
                over: at(10),
                requests: 1_000,
                failed,
                most: Some(FailingGroup {
                    count: most,
                    reason: "status 503".to_owned(),
                    operation: Operation::from(OperationRef::http("POST", "/orders")),
                }),
            });
        })
    };
    says(
        &failing(314, 200),
        Level::Warning,
        StatusKind::Failures,
        "31.4 % of requests failed in the last 10 s, most 503 at POST /orders",
    );
    says(
        &failing(500, 500),
        Level::Critical,
        StatusKind::Failures,
        "50.0 % of requests failed in the last 10 s, 503 at POST /orders",
    );
    // Less than one in a hundred is no news.
    assert_eq!(first(&failing(9, 9)).1, StatusKind::Healthy);
    // What may fail is the matter of a threshold, where there is one.
    let mut judged = failing(20, 20);
    let passed = threshold(
        "failed > 5%",
        ThresholdResult::Passed,
        [Some("2.0 %"), None],
    );
    judged.thresholds = vec![passed];
    says(
        &judged,
        Level::Ok,
        StatusKind::ThresholdsPass,
        "The threshold passes: failed 2.0 %, at most 5 % allowed",
    );
    let idle = with(|run| run.conditions.idle_since = Some(at(70)));
    says(
        &idle,
        Level::Warning,
        StatusKind::NoRequests,
        "No request ended for 20 s, with 50 users active",
    );
    let rule = with(|run| {
        run.conditions.stop_rules = vec![RuleProgress {
            rule: "errors > 50% for 15s".to_owned(),
            held: at(9),
            needed: at(15),
            figure: "95.0 %".to_owned(),
        }];
    });
    let (level, kind, text, since, _) = first(&rule);
    assert_eq!(
        (level, kind, since),
        (Level::Critical, StatusKind::StopRule, Some(81.0))
    );
    assert_eq!(
        text,
        "Stop rule ends the run in 6 s unless this changes: errors > 50% for 15s, 95.0 % for 9 s"
    );
}

#[test]
fn after_the_end_figures_are_those_of_the_whole_run() {
    let failed = over(|run| fail(run, 50, 503, Outcome::Unexpected));
    says(
        &failed,
        Level::Warning,
        StatusKind::Failures,
        "33.3 % of requests failed: 50 of 150, 503 at POST /orders",
    );
    let never = over(|run| {
        run.totals = throng::metrics::Totals::default();
        fail(run, 1, 0, Outcome::Error);
    });
    says(
        &never,
        Level::Critical,
        StatusKind::NoResponse,
        "Target never responded: 1 request failed, no connection",
    );
    let nothing = over(|run| run.totals = throng::metrics::Totals::default());
    says(
        &nothing,
        Level::Critical,
        StatusKind::NoRequests,
        "No request was sent",
    );
    let stopped = over(|run| {
        run.stopped_by = Some(StopReason {
            cause: StopCause::Valve,
            at: at(42),
            rule: "failed > 90% for 30s".to_owned(),
            figures: "95.0 % to 100 % for 30 s (4,210 requests)".to_owned(),
        });
    });
    says(
        &stopped,
        Level::Critical,
        StatusKind::Stopped,
        "Run ended by a stop rule at 42 s: failed > 90% for 30s: 95.0 % to 100 % for 30 s \
         (4,210 requests)",
    );
    let sessions = over(|run| {
        run.totals
            .types
            .entry(TypeId(0))
            .or_default()
            .sessions
            .failed = 34;
        run.totals.failed_sessions.insert("connect".to_owned(), 34);
    });
    says(
        &sessions,
        Level::Critical,
        StatusKind::SessionsFail,
        "Every session failed: 34 of 34, no connection",
    );
    let mut left = over(|run| {
        run.left_behind.insert("user".to_owned(), 1);
        let figures = [Some("2.00 ms"), None];
        for rule in ["p95 > 1s", "p99 > 1s"] {
            let passed = threshold(rule, ThresholdResult::Passed, figures);
            run.thresholds.push(passed);
        }
    });
    // It was meant to stay: how the run went comes first.
    let lines = RunView::of(&left).status;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.level, line.text.as_str()))
        .collect();
    let stays = "1 thing is still on the target: 1 user; throng cleanup --run ab12 deletes them";
    assert_eq!(lines[0], (Level::Ok, "All 2 thresholds pass"));
    assert_eq!(lines.last(), Some(&(Level::Info, stays)), "{lines:?}");
    left.conditions.has_cleaned = true;
    assert_eq!(first(&left).0, Level::Warning);
    // Nothing that held a moment before the end is said to hold.
    let moment = over(|run| {
        run.conditions.idle_since = Some(at(70));
        run.conditions.below_plan_since = Some(at(70));
        run.conditions.stop_rules.push(RuleProgress::default());
        run.conditions.sessions = Some(SessionsFailing::default());
    });
    assert_eq!(first(&moment).1, StatusKind::Healthy);
}

#[test]
fn thresholds_say_their_figure_their_bound_and_since_when() {
    let failed = |since| {
        let mut one = threshold(
            "p95 > 300ms",
            ThresholdResult::Failed,
            [Some("412 ms"), Some("412 ms (1,234 requests)")],
        );
        one.beyond_since_seconds = since;
        one
    };
    let live = with(|run| run.thresholds.push(failed(Some(70.0))));
    let (level, kind, text, since, _) = first(&live);
    assert_eq!(
        (level, kind, since),
        (Level::Critical, StatusKind::Threshold, Some(70.0))
    );
    assert_eq!(text, "p95 412 ms over 300 ms for 20 s");
    let ended = over(|run| run.thresholds.push(failed(Some(70.0))));
    assert_eq!(first(&ended).2, "p95 412 ms over 300 ms (1,234 requests)");
    let was = with(|run| {
        run.thresholds.push(threshold(
            "rate{step=\"checkout\"} < 25 for 10s",
            ThresholdResult::Failed,
            [
                Some("30.0/s"),
                Some("12.0/s to 20.0/s for 10 s (170 steps)"),
            ],
        ));
    });
    assert_eq!(
        first(&was).2,
        "rate{step=\"checkout\"} was 12.0/s to 20.0/s for 10 s (170 steps), under 25/s"
    );
    let pass = |rules: &[(&str, ThresholdResult)]| {
        let all: Vec<_> = rules
            .iter()
            .map(|(rule, result)| threshold(rule, *result, [Some("1.00 ms"), None]))
            .collect();
        with(|run| run.thresholds = all)
    };
    use ThresholdResult::{NoData, Passed, UnknownName};
    for (snapshot, text) in [
        (
            pass(&[("p95 > 1s", Passed)]),
            "The threshold passes: p95 1.00 ms, at most 1 s allowed",
        ),
        (
            pass(&[("p95 > 300ms", Passed), ("p99 > 1s", Passed)]),
            "All 2 thresholds pass",
        ),
        (
            pass(&[("p95 > 300ms", Passed), ("p99 > 1s", NoData)]),
            "1 of 2 thresholds pass, 1 has no data yet",
        ),
    ] {
        says(&snapshot, Level::Ok, StatusKind::ThresholdsPass, text);
    }
    let missing = over(|run| {
        run.thresholds.push(threshold(
            "p95{step=\"chekout\"} > 1s",
            UnknownName,
            [None, Some("nothing of that name was seen")],
        ));
    });
    says(
        &missing,
        Level::Critical,
        StatusKind::Threshold,
        "Threshold p95{step=\"chekout\"} > 1s not judged: nothing of that name was seen",
    );
}

#[test]
fn scripts_say_the_file_and_the_line() {
    let refused = |change: fn(&mut Snapshot)| {
        with(|run| {
            run.reload_status.release = 2;
            run.reload_status.refusal = Some(Refusal {
                at: at(78),
                faults: vec![(
                    "scripts/active.lua:78".to_owned(),
                    "unexpected symbol near 'end'".to_owned(),
                )],
            });
            change(run);
        })
    };
    says(
        &refused(|_| {}),
        Level::Warning,
        StatusKind::Refused,
        "Save refused: active.lua:78, 12 s ago; release 2 goes on: unexpected symbol near 'end'",
    );
    says(
        &refused(|run| run.phase = Phase::Done),
        Level::Warning,
        StatusKind::Refused,
        "Save refused: active.lua:78, and never fixed; release 2 went on: unexpected symbol near \
         'end'",
    );
    let canary = |steps, left| {
        with(|run| {
            run.reload_status.canary = Some(Canary {
                release: 3,
                steps,
                steps_needed: 200,
                users: 5,
                left: Duration::from_millis(left),
                ..Canary::default()
            });
        })
    };
    for (snapshot, text) in [
        (
            canary(8, 16_400),
            "Canary: 8 of 200 steps, 17 s left; release 3 with 5 users",
        ),
        (
            canary(8, 0),
            "Canary: 8 of 200 steps, its time is over, then it goes to all users; release 3 with 5 \
             users",
        ),
        (
            canary(230, 1_000),
            "Canary: all 200 steps made, 1 s left; release 3 with 5 users",
        ),
    ] {
        says(&snapshot, Level::Info, StatusKind::Canary, text);
    }
    let back = with(|run| {
        run.reload_status.rolled_back = true;
        run.reload_status.events.push_back(Event {
            at: at(80),
            what: "rollback".to_owned(),
            by: "run".to_owned(),
            text: "release 3 is rolled back to release 2: active: 30 % of its requests fail"
                .to_owned(),
        });
    });
    says(
        &back,
        Level::Warning,
        StatusKind::RolledBack,
        "Rolled back 10 s ago: release 3 is rolled back to release 2: active: 30 % of its requests \
         fail",
    );
    let errors = with(|run| {
        run.conditions.script_errors = Some(ScriptsFailing {
            since: at(80),
            over: at(10),
            count: 1,
            place: "scripts/active.lua:12".to_owned(),
            message: "attempt to index a nil value\nmore".to_owned(),
        });
        run.conditions.quarantined.insert(TypeId(0), at(120));
    });
    let all: Vec<String> = RunView::of(&errors)
        .status
        .into_iter()
        .map(|line| line.text)
        .collect();
    assert_eq!(
        all,
        [
            "1 script error in the last 10 s: scripts/active.lua:12: attempt to index a nil value",
            "Type active is in quarantine for 30 s more, since every session of it failed",
        ]
    );
}

#[test]
fn the_crowd_and_the_machine() {
    for (snapshot, level, kind, text) in [
        (
            with(|run| {
                (run.generator.overloaded, run.generator.faulty) = (9, 9);
                run.conditions.overloaded_since = Some(at(87));
            }),
            Level::Critical,
            StatusKind::Generator,
            "Generator overloaded in 9 of 90 s, for 3 s now",
        ),
        (
            over(|run| (run.generator.overloaded, run.generator.faulty) = (2, 2)),
            Level::Warning,
            StatusKind::Generator,
            "Generator overloaded in 2 of 90 s",
        ),
        (
            over(|run| {
                run.generator.faulty = 3;
                let reasons = &mut run.generator.reasons;
                reasons.insert(OverloadReason::ScriptErrors, 3);
            }),
            Level::Warning,
            StatusKind::Generator,
            "Figures of the run are doubtful: scripts raised errors in more than 1 % of the steps in \
             3 of 90 s",
        ),
        (
            with(|run| {
                run.conditions.dropping = Some(Dropping {
                    since: at(80),
                    over: at(10),
                    arrivals: 500,
                    dropped: 46,
                    reason: DropReason::MaxUsers,
                });
            }),
            Level::Warning,
            StatusKind::DroppedArrivals,
            "46 of 500 arrivals dropped in the last 10 s: as many users as --max-users allows were \
             there",
        ),
        (
            with(|run| {
                run.settings.users = 100;
                run.conditions.below_plan_since = Some(at(60));
            }),
            Level::Warning,
            StatusKind::BelowPlan,
            "50 of 100 planned users active for 30 s",
        ),
        (
            with(|run| {
                run.guard.level = 2;
                run.totals.protection.steps_skipped = 1;
                run.conditions.shedding_since = Some(at(80));
            }),
            Level::Warning,
            StatusKind::LoadShedding,
            "Load shedding at level 2 of 3 for 10 s: 1 heavy step skipped so far",
        ),
        (
            with(|run| {
                run.totals
                    .not_sent
                    .insert("too many open files".to_owned(), 1_200);
            }),
            Level::Critical,
            StatusKind::NotSent,
            "This machine could not send 1,200 requests so far: too many open files",
        ),
        (
            with(|run| {
                run.conditions.sessions = Some(SessionsFailing {
                    since: at(30),
                    failed: 60,
                    reason: "script".to_owned(),
                });
            }),
            Level::Critical,
            StatusKind::SessionsFail,
            "Every session fails: 60 in 1 min 0 s, script",
        ),
        (
            with(|run| {
                run.conditions.ledger = Some(LedgerTrouble {
                    since: at(50),
                    refuses: false,
                    why: "disk full".to_owned(),
                });
            }),
            Level::Warning,
            StatusKind::Ledger,
            "Ledger cannot be written, so what is created is kept in memory: disk full",
        ),
    ] {
        says(&snapshot, level, kind, text);
    }
}

#[test]
fn what_the_run_does_is_said_with_how_long_and_what_is_next() {
    let in_phase = |phase, lasted, deadline: Option<(Deadline, u64)>| {
        with(|run| {
            run.phase = phase;
            run.conditions.phase_lasted = at(lasted);
            run.conditions.deadline = deadline.map(|(what, left)| (what, at(left)));
            // What held while users made requests is no news any more.
            run.conditions.silent = Some(Silence::default());
        })
    };
    for (snapshot, kind, text) in [
        (
            in_phase(Phase::Starting, 0, None),
            StatusKind::Starting,
            "Starting: no user has begun",
        ),
        (
            in_phase(Phase::Paused, 12, None),
            StatusKind::Paused,
            "Paused for 12 s: no step starts until it is resumed",
        ),
        (
            in_phase(Phase::Stopping, 3, Some((Deadline::CancelRequests, 7))),
            StatusKind::Stopping,
            "Stopping for 3 s: 50 users left; requests under way are cancelled in 7 s",
        ),
        (
            in_phase(Phase::Cleaning, 0, Some((Deadline::EndCleanup, 20))),
            StatusKind::Cleaning,
            "Cleaning up: what the run created is deleted; it ends at the latest in 20 s",
        ),
        (
            with(|run| {
                run.incidents = vec![IncidentStatus {
                    name: "storm".to_owned(),
                    until: Some(at(102)),
                    next: None,
                    held: vec![(at(82), None)],
                }];
            }),
            StatusKind::Incident,
            "Incident storm under way for 8 s, 12 s left",
        ),
        (
            with(|run| {
                run.measured = Some(Measured {
                    warm_up: at(100),
                    ..Measured::default()
                });
            }),
            StatusKind::WarmUp,
            "Warm-up: 10 s left, not counted in the summary",
        ),
    ] {
        says(&snapshot, Level::Info, kind, text);
    }
}

#[test]
fn an_output_that_does_not_deliver_is_a_warning() {
    let status = |dropped, failing_seconds| OutputStatus {
        output: "otlp".to_owned(),
        items: "data_points".to_owned(),
        destination: "http://127.0.0.1:4318/".to_owned(),
        sent: 100,
        dropped,
        failing_seconds,
        error: Some("status 503".to_owned()),
        ..OutputStatus::default()
    };
    let said = |snapshot: &Snapshot, outputs: OutputStatus| {
        let line = RunView::of(snapshot)
            .with_outputs(vec![outputs])
            .status
            .remove(0);
        (line.level, line.kind, line.text, line.since_seconds)
    };
    let warning = |text: &str, since| {
        let text = text.to_owned();
        (Level::Warning, StatusKind::Output, text, since)
    };
    assert_eq!(
        said(&healthy(), status(0, Some(12.0))),
        warning(
            "Output fails: OTLP to http://127.0.0.1:4318/ for 12 s: status 503",
            Some(78.0)
        )
    );
    let incomplete =
        "Output incomplete: OTLP to http://127.0.0.1:4318/, 7 data points dropped: status 503";
    assert_eq!(said(&healthy(), status(7, None)), warning(incomplete, None));
    assert_eq!(
        said(&over(|_| {}), status(7, Some(3.0))),
        warning(incomplete, None)
    );
    let fine = said(&healthy(), status(0, None));
    assert_eq!((fine.0, fine.1), (Level::Ok, StatusKind::Healthy));
}
