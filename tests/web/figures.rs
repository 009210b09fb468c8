//! A snapshot in which everything is there that the API can tell.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use throng::metrics::{
    Batch, Breaker, BreakerState, Canary, Event, Health, Hub, Left, Outcome, Phase, Recorder,
    Refusal, Reload, RunInfo, Sample, Scope, ScriptFault, Settings, Snapshot, TypeId,
};

const ACTIVE: TypeId = TypeId(0);
const NEW: TypeId = TypeId(1);
/// What the run does beside its users.
const CROWD: TypeId = TypeId(2);

/// The fourth second of a run whose type `active` has its third generation on trial.
pub fn filled() -> Arc<Snapshot> {
    let mut hub = Hub::new(RunInfo {
        id: "20261124-k3v9".to_owned(),
        seed: 42,
        started_at: "2026-11-29T17:56:35.25Z".to_owned(),
        users: 10,
        types: vec!["active".to_owned(), "new".to_owned(), "_crowd".to_owned()],
        base_url: "http://localhost:9501".to_owned(),
        scripts: "scripts".to_owned(),
        version: "0.1.0".to_owned(),
    });
    hub.absorb(0, first_seconds());
    hub.tick(Duration::from_secs(3));
    hub.absorb(0, last_second());
    hub.phase(Phase::Running);
    hub.left(Some(Left::Time(Duration::from_secs(56))));
    hub.settings(Settings {
        users: 10,
        error_rate: 15.0,
        think_factor: 0.5,
        canary: 12.5,
        weights: BTreeMap::from([("active".to_owned(), 75.0), ("new".to_owned(), 25.0)]),
    });
    hub.generation(ACTIVE, 3);
    hub.generation(NEW, 1);
    for result in ["accepted", "accepted", "refused"] {
        hub.reload(result);
    }
    reload(&mut hub);
    hub.guard().level = 1;
    hub.guard().breakers.insert(
        Scope::Endpoint("GET /users/{id}".to_owned()),
        Breaker {
            state: BreakerState::Open,
            opens: 2,
            asked: 1,
            tries_at: Some(Duration::from_millis(6_500)),
            ..Breaker::default()
        },
    );
    let mut snapshot = hub.tick(Duration::from_secs(4));
    // The only figure that a test cannot make.
    let state = Arc::make_mut(&mut snapshot);
    state.cpu_ratio = Some(0.25);
    state.interval.busiest_thread = Some(0.2);
    snapshot
}

/// A run that sessions end, of which nothing else is known.
pub fn counted_down() -> Arc<Snapshot> {
    Arc::new(Snapshot {
        left: Some(Left::Sessions(12)),
        ..Snapshot::default()
    })
}

fn first_seconds() -> Batch {
    let mut seen = Recorder::new();
    seen.users(ACTIVE, 1, 6);
    seen.users(ACTIVE, 3, 1);
    seen.users(NEW, 1, 2);
    for _ in 0..6 {
        request(&mut seen, ACTIVE, 1, Outcome::Ok, 8191);
        seen.step(ACTIVE, 1);
    }
    request(&mut seen, NEW, 1, Outcome::Ok, 4095);
    seen.step(NEW, 1);
    request(&mut seen, CROWD, 1, Outcome::Ok, 2047);
    seen.take()
}

fn last_second() -> Batch {
    let mut seen = Recorder::new();
    for _ in 0..3 {
        request(&mut seen, ACTIVE, 3, Outcome::Ok, 16_383);
        seen.step(ACTIVE, 3);
    }
    request(&mut seen, ACTIVE, 3, Outcome::Unexpected, 32_767);
    request(&mut seen, ACTIVE, 1, Outcome::Expected, 4095);
    request(&mut seen, NEW, 1, Outcome::Error, 8191);
    request(&mut seen, NEW, 1, Outcome::Ok, 2047);
    request(&mut seen, NEW, 1, Outcome::Cut, 1023);
    seen.script_error(ScriptFault {
        kind: ACTIVE,
        generation: 3,
        place: "scripts/active.lua:12",
        message: "attempt to index a nil value (local 'page')",
        traceback: "",
    });
    for how in ["copied", "copied", "migrated", "restarted"] {
        seen.moved(how);
    }
    let restraint = seen.restraint();
    restraint.throttled.add(4, Duration::from_millis(500));
    restraint.unseated.add(5, Duration::from_millis(250));
    restraint.broken.add(6, Duration::from_millis(1_500));
    restraint.given_up = 1;
    restraint.retries = 3;
    restraint.stale_resends = 4;
    restraint.left_out = 2;
    seen.health(Health {
        lag: Duration::from_micros(1500),
        open_connections: 7,
        lua_memory: 1_048_576,
        vms: 3,
    });
    seen.take()
}

/// Times that are the upper edge of a bin of their histogram come out as they went in.
fn request(seen: &mut Recorder, kind: TypeId, generation: u32, outcome: Outcome, micros: u64) {
    let series = seen.series(kind, "GET", "/users");
    let status = if outcome == Outcome::Ok { 200 } else { 500 };
    let sample = Sample {
        series,
        generation,
        status,
        outcome,
        error: None,
        service: Some(Duration::from_micros(micros)),
        response: Duration::from_micros(micros),
        phases: [0; 6],
        sent: 0,
        received: 0,
    };
    seen.record(&sample, String::new);
}

fn reload(hub: &mut Hub) {
    let reloading = hub.reloading();
    reloading.bundle = 3;
    reloading.kept = BTreeMap::from([(ACTIVE, vec![1, 3]), (NEW, vec![1])]);
    reloading.refusal = Some(Refusal {
        at: Duration::from_millis(3250),
        faults: vec![(
            "scripts/new.lua:7".to_owned(),
            "'end' expected near <eof>".to_owned(),
        )],
    });
    reloading.canary = Some(Canary {
        bundle: 3,
        types: vec![ACTIVE],
        share: 0.125,
        users: 1,
        steps: 3,
        steps_needed: 200,
        left: Duration::from_millis(18_500),
    });
    reloading.last = Some(Reload {
        bundle: 3,
        types: vec![ACTIVE],
        at: Duration::from_millis(2500),
        took: Some(Duration::from_millis(750)),
    });
    reloading.event(Event {
        at: Duration::from_millis(2500),
        what: "canary".to_owned(),
        by: "api".to_owned(),
        text: "bundle 3: 12.5 % of the users try active".to_owned(),
    });
}
