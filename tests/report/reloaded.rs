//! A run whose scripts changed while the crowd was out, with known figures.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::metrics::{
    Aggregator, Breaker, BreakerState, Canary, Event, Outcome, Phase, Recorder, Refusal, Reload,
    Scope, ScriptFault, Settings, Snapshot, StopReason,
};

use super::crowd::{ACTIVE, NEW, Request, record, request, run};

/// So many requests of `active`, one every millisecond from `from` on, of which some failed.
fn requests(recorder: &mut Recorder, version: u32, count: u64, failed: u64, from: u64) {
    for at in 0..count {
        let outcome = if at < failed {
            Outcome::Unexpected
        } else {
            Outcome::Ok
        };
        let micros = (from + at) * 1_000;
        let request = Request {
            version,
            outcome,
            status: if at < failed { 500 } else { 200 },
            ..request(ACTIVE, "GET", "/api/v1/users/{id}", micros)
        };
        record(recorder, &request);
        recorder.step(ACTIVE, version);
    }
}

/// At second 42 release 3 is on its way: 45 of the 50 users of `active` have moved from version
/// 2 to 3. Version 1 of it is gone; the other types have one version only.
pub fn under_way() -> Snapshot {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    requests(&mut recorder, 1, 500, 5, 1);
    requests(&mut recorder, 2, 1_000, 20, 1);
    requests(&mut recorder, 3, 400, 40, 101);
    record(&mut recorder, &request(NEW, "GET", "/api/v1/users", 2_000));
    recorder.users(NEW, 1, 10);
    recorder.users(ACTIVE, 2, 5);
    recorder.users(ACTIVE, 3, 45);
    for _ in 0..2 {
        recorder.script_error(ScriptFault {
            kind: ACTIVE,
            version: 3,
            place: "scripts/active.lua:12",
            message: "attempt to index a nil value (local 'person')",
            traceback: "",
        });
    }
    (0..93).for_each(|_| recorder.moved("copied"));
    (0..2).for_each(|_| recorder.moved("restarted"));
    aggregator.absorb(0, recorder.take());
    aggregator.phase(Phase::Running);
    aggregator.version(NEW, 1);
    aggregator.version(ACTIVE, 3);
    aggregator.reload("accepted");
    aggregator.reload("accepted");
    aggregator.reload("unchanged");
    aggregator.users(60);
    aggregator.settings(Settings {
        users: 60,
        numbers: [
            ("error_rate", 15.0),
            ("think_factor", 0.5),
            ("canary", 12.5),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        weights: BTreeMap::from([("new".to_owned(), 10.0), ("active".to_owned(), 50.0)]),
    });
    let reload_status = aggregator.reload_status();
    reload_status.release = 3;
    reload_status.previous.insert(NEW, vec![1]);
    reload_status.previous.insert(ACTIVE, vec![1, 2, 3]);
    reload_status.last = Some(Reload {
        release: 3,
        types: vec![ACTIVE],
        at: Duration::from_secs(40),
        took: None,
    });
    for (second, what, text) in [
        (12, "reload", "release 2: active 1 -> 2"),
        (13, "moved", "the last user moved 0.8 s after the change"),
        (40, "reload", "release 3: active 2 -> 3"),
    ] {
        reload_status.event(event(second, what, text));
    }
    let mut snapshot = Snapshot::clone(&aggregator.tick(Duration::from_secs(42)));
    snapshot.cpu_ratio = Some(0.25);
    snapshot
}

/// The same run two seconds later: all have moved.
pub fn arrived() -> Snapshot {
    let mut snapshot = under_way();
    snapshot.elapsed = Duration::from_secs(44);
    let users = snapshot.users.get_mut(&ACTIVE).unwrap();
    *users = BTreeMap::from([(3, 50)]);
    let last = snapshot.reload_status.last.as_mut().unwrap();
    last.took = Some(Duration::from_millis(1_234));
    snapshot
}

/// The same run, after which a save was refused for five faults.
pub fn refused() -> Snapshot {
    let mut snapshot = arrived();
    let fault = |line: u32, cause: &str| (format!("scripts/power.lua:{line}"), cause.to_owned());
    snapshot.reload_status.refusal = Some(Refusal {
        at: Duration::from_secs(43),
        faults: vec![
            fault(12, "unexpected symbol near 'end'"),
            fault(
                14,
                "module 'accuonts' not found in lib or scripts; there are accounts, people, and others that are named here to make this cause a long one",
            ),
            fault(15, "a step needs a weight"),
            fault(16, "a step needs a weight"),
            fault(17, "a step needs a weight"),
        ],
    });
    snapshot.reloads.insert("refused".to_owned(), 1);
    let text = "scripts/power.lua:12: unexpected symbol near 'end' (and 4 more)";
    snapshot.reload_status.event(event(43, "refused", text));
    snapshot
}

/// The same run, trying release 4 on 5 of the users of `active`.
pub fn on_trial() -> Snapshot {
    let mut snapshot = arrived();
    let users = snapshot.users.get_mut(&ACTIVE).unwrap();
    *users = BTreeMap::from([(3, 45), (4, 5)]);
    snapshot.reload_status.canary = Some(Canary {
        release: 4,
        types: vec![ACTIVE],
        share: 0.1,
        users: 5,
        steps: 120,
        steps_needed: 200,
        left: Duration::from_secs(12),
    });
    snapshot
}

/// A run of which every figure there can be is told.
pub fn everything() -> Snapshot {
    let mut snapshot = super::crowd::snapshot();
    let reloaded = refused();
    snapshot.users = reloaded.users;
    snapshot.totals.add(reloaded.totals);
    snapshot.versions = reloaded.versions;
    snapshot.reloads = reloaded.reloads;
    snapshot.settings = reloaded.settings;
    snapshot.reload_status = reloaded.reload_status;
    snapshot.reload_status.canary = on_trial().reload_status.canary;
    snapshot.stopped_by = Some(stop());
    restrained(&mut snapshot);
    snapshot
}

/// What was done to spare the target.
pub fn restrained(snapshot: &mut Snapshot) {
    let protection = &mut snapshot.totals.protection;
    protection.throttled.add(1_200, Duration::from_secs(60));
    protection.unseated.add(40, Duration::from_secs(4));
    protection.broken.add(500, Duration::from_secs(1_000));
    protection.given_up = 2;
    protection.retries = 31;
    protection.stale_retries = 4;
    protection.adaptive_timeouts = 7;
    protection.steps_skipped = 12;
    snapshot.guard.level = 2;
    let breaker = Breaker {
        state: BreakerState::Open,
        opens: 3,
        asked: 1,
        tries_at: Some(snapshot.elapsed + Duration::from_millis(2_500)),
        ..Breaker::default()
    };
    let host = Scope::Host("http://127.0.0.1:9501".to_owned());
    snapshot.guard.breakers.insert(host, breaker);
}

/// What the safety valve says when it ends a run.
pub fn stop() -> StopReason {
    StopReason {
        cause: throng::metrics::StopCause::Valve,
        at: Duration::from_millis(42_500),
        rule: "failed > 90% for 30s".to_owned(),
        figures: "91.3 % to 100 % for 30 s (4,210 requests)".to_owned(),
    }
}

pub fn event(second: u64, what: &str, text: &str) -> Event {
    Event {
        at: Duration::from_secs(second),
        what: what.to_owned(),
        by: "api".to_owned(),
        text: text.to_owned(),
    }
}
