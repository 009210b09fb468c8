//! A run whose scripts changed while the crowd was out, with known figures.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::metrics::{
    Breaker, BreakerState, Canary, Event, Hub, Outcome, Phase, Recorder, Refusal, Reload, Scope,
    ScriptFault, Settings, Snapshot, Stop,
};

use super::crowd::{ACTIVE, NEW, Request, record, request, run};

/// So many requests of `active`, one every millisecond from `from` on, of which some failed.
fn requests(recorder: &mut Recorder, generation: u32, count: u64, failed: u64, from: u64) {
    for at in 0..count {
        let outcome = if at < failed {
            Outcome::Unexpected
        } else {
            Outcome::Ok
        };
        let micros = (from + at) * 1_000;
        let request = Request {
            generation,
            outcome,
            status: if at < failed { 500 } else { 200 },
            ..request(ACTIVE, "GET", "/api/v1/users/{id}", micros)
        };
        record(recorder, &request);
        recorder.step(ACTIVE, generation);
    }
}

/// At second 42 bundle 3 is on its way: 45 of the 50 users of `active` have moved from generation
/// 2 to 3. Generation 1 of it is gone; the other types have one generation only.
pub fn under_way() -> Snapshot {
    let (mut recorder, mut hub) = (Recorder::new(), Hub::new(run()));
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
            generation: 3,
            place: "scripts/active.lua:12",
            message: "attempt to index a nil value (local 'person')",
            traceback: "",
        });
    }
    (0..93).for_each(|_| recorder.moved("copied"));
    (0..2).for_each(|_| recorder.moved("restarted"));
    hub.absorb(0, recorder.take());
    hub.phase(Phase::Running);
    hub.generation(NEW, 1);
    hub.generation(ACTIVE, 3);
    hub.reload("accepted");
    hub.reload("accepted");
    hub.reload("unchanged");
    hub.settings(Settings {
        users: 60,
        error_rate: 15.0,
        think_factor: 0.5,
        canary: 12.5,
        weights: BTreeMap::from([("new".to_owned(), 10.0), ("active".to_owned(), 50.0)]),
    });
    let reloading = hub.reloading();
    reloading.bundle = 3;
    reloading.kept.insert(NEW, vec![1]);
    reloading.kept.insert(ACTIVE, vec![1, 2, 3]);
    reloading.last = Some(Reload {
        bundle: 3,
        types: vec![ACTIVE],
        at: Duration::from_secs(40),
        took: None,
    });
    for (second, what, text) in [
        (12, "reload", "bundle 2: active 1 -> 2"),
        (13, "moved", "the last user moved 0.8 s after the change"),
        (40, "reload", "bundle 3: active 2 -> 3"),
    ] {
        reloading.event(event(second, what, text));
    }
    let mut snapshot = Snapshot::clone(&hub.tick(Duration::from_secs(42)));
    snapshot.cpu_ratio = Some(0.25);
    snapshot
}

/// The same run two seconds later: all have moved.
pub fn arrived() -> Snapshot {
    let mut snapshot = under_way();
    snapshot.elapsed = Duration::from_secs(44);
    let users = snapshot.users.get_mut(&ACTIVE).unwrap();
    *users = BTreeMap::from([(3, 50)]);
    let last = snapshot.reloading.last.as_mut().unwrap();
    last.took = Some(Duration::from_millis(1_234));
    snapshot
}

/// The same run, after which a save was refused for five faults.
pub fn refused() -> Snapshot {
    let mut snapshot = arrived();
    let fault = |line: u32, cause: &str| (format!("scripts/power.lua:{line}"), cause.to_owned());
    snapshot.reloading.refusal = Some(Refusal {
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
    snapshot.reloading.event(event(43, "refused", text));
    snapshot
}

/// The same run, trying bundle 4 on 5 of the users of `active`.
pub fn on_trial() -> Snapshot {
    let mut snapshot = arrived();
    let users = snapshot.users.get_mut(&ACTIVE).unwrap();
    *users = BTreeMap::from([(3, 45), (4, 5)]);
    snapshot.reloading.canary = Some(Canary {
        bundle: 4,
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
    snapshot.generations = reloaded.generations;
    snapshot.reloads = reloaded.reloads;
    snapshot.settings = reloaded.settings;
    snapshot.reloading = reloaded.reloading;
    snapshot.reloading.canary = on_trial().reloading.canary;
    snapshot.stopped_by = Some(stop());
    restrained(&mut snapshot);
    snapshot
}

/// What was done to spare the target.
pub fn restrained(snapshot: &mut Snapshot) {
    let restraint = &mut snapshot.totals.restraint;
    restraint.throttled.add(1_200, Duration::from_secs(60));
    restraint.unseated.add(40, Duration::from_secs(4));
    restraint.broken.add(500, Duration::from_secs(1_000));
    restraint.given_up = 2;
    restraint.retries = 31;
    restraint.stale_resends = 4;
    restraint.adaptive_timeouts = 7;
    restraint.left_out = 12;
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
pub fn stop() -> Stop {
    Stop {
        cause: throng::metrics::StopCause::Valve,
        at: Duration::from_millis(42_500),
        rule: "failed > 90% for 30s".to_owned(),
        figures: "91.3% to 100% for 30 s (4210 requests)".to_owned(),
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
