//! A snapshot in which everything is there that the API can tell.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use throng::metrics::{
    Aggregator, Batch, Breaker, BreakerState, Canary, DropReason, Event, ExitKind, Health,
    IncidentStatus, Left, OperationRef, Outcome, Phase, Phases, Recorder, Refusal, Reload, RunInfo,
    Sample, Scope, ScriptFault, Settings, Snapshot, Threshold, ThresholdResult, TypeId,
};

const ACTIVE: TypeId = TypeId(0);
const NEW: TypeId = TypeId(1);
/// What the run does beside its users.
const CROWD: TypeId = TypeId(2);

/// The fourth second of a run whose type `active` has its third version as a canary.
pub fn filled() -> Arc<Snapshot> {
    let mut aggregator = Aggregator::new(RunInfo {
        id: "20261124-k3v9".to_owned(),
        seed: 42,
        started_at: "2026-11-29T17:56:35.25Z".to_owned(),
        users: 10,
        types: vec!["active".to_owned(), "new".to_owned(), "_crowd".to_owned()],
        base_url: "http://localhost:9501".to_owned(),
        scripts: "scripts".to_owned(),
        version: "0.1.0".to_owned(),
    });
    aggregator.tick(Duration::from_secs(1));
    aggregator.tick(Duration::from_secs(2));
    aggregator.absorb(0, first_seconds());
    aggregator.tick(Duration::from_secs(3));
    aggregator.absorb(0, last_second());
    aggregator.phase(Phase::Running);
    aggregator.left(Some(Left::Time(Duration::from_secs(56))));
    aggregator.settings(Settings {
        users: 10,
        numbers: [
            ("error_rate", 15.0),
            ("think_factor", 0.5),
            ("canary", 12.5),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        weights: BTreeMap::from([("active".to_owned(), 75.0), ("new".to_owned(), 25.0)]),
    });
    aggregator.incidents(vec![IncidentStatus {
        name: "slow".to_owned(),
        until: Some(Duration::from_secs(120)),
        next: None,
        held: vec![(Duration::from_secs(3), None)],
    }]);
    aggregator.version(ACTIVE, 3);
    aggregator.version(NEW, 1);
    for result in ["accepted", "accepted", "refused"] {
        aggregator.reload(result);
    }
    reload(&mut aggregator);
    aggregator.guard().level = 1;
    aggregator.guard().breakers.insert(
        Scope::Endpoint("GET /users/{id}".to_owned()),
        Breaker {
            state: BreakerState::Open,
            opens: 2,
            asked: 1,
            tries_at: Some(Duration::from_millis(6_500)),
            ..Breaker::default()
        },
    );
    let mut snapshot = aggregator.tick(Duration::from_secs(4));
    // The only figure that a test cannot make.
    let state = Arc::make_mut(&mut snapshot);
    state.cpu_ratio = Some(0.25);
    state.interval.busiest_thread = Some(0.2);
    state.thresholds.push(Threshold {
        rule: "failed > 10%".to_owned(),
        result: ThresholdResult::Failed,
        value: Some(0.125),
        bound: 0.1,
        beyond_since_seconds: None,
        figure: Some("12.5 %".to_owned()),
        met: Some("12.5 % (16 requests)".to_owned()),
    });
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
    request(&mut seen, NEW, 1, Outcome::Cancelled, 1023);
    seen.script_error(ScriptFault {
        kind: ACTIVE,
        version: 3,
        place: "scripts/active.lua:12",
        message: "attempt to index a nil value (local 'page')",
        traceback: "",
    });
    for how in ["copied", "copied", "migrated", "restarted"] {
        seen.moved(how);
    }
    let protection = seen.protection();
    protection.throttled.add(4, Duration::from_millis(500));
    protection.unseated.add(5, Duration::from_millis(250));
    protection.broken.add(6, Duration::from_millis(1_500));
    protection.given_up = 1;
    protection.retries = 3;
    protection.stale_retries = 4;
    protection.steps_skipped = 2;
    seen.health(Health {
        lag: Duration::from_micros(1500),
        open_connections: 7,
        lua_memory: 1_048_576,
        vms: 3,
    });
    seen.take()
}

/// Times that are the upper edge of a bin of their histogram come out as they went in.
fn request(seen: &mut Recorder, kind: TypeId, version: u32, outcome: Outcome, micros: u64) {
    let series = seen.series(kind, OperationRef::http("GET", "/users"));
    let status = if outcome == Outcome::Ok { 200 } else { 500 };
    let sample = Sample {
        series,
        version,
        status: status.into(),
        outcome,
        error: None,
        service: Some(Duration::from_micros(micros)),
        response: Duration::from_micros(micros),
        phases: Phases::default(),
        bytes_sent: 0,
        bytes_received: 0,
    };
    seen.record(&sample, String::new);
}

fn reload(aggregator: &mut Aggregator) {
    let reload_status = aggregator.reload_status();
    reload_status.release = 3;
    reload_status.previous = BTreeMap::from([(ACTIVE, vec![1, 3]), (NEW, vec![1])]);
    reload_status.refusal = Some(Refusal {
        at: Duration::from_millis(3250),
        faults: vec![(
            "scripts/new.lua:7".to_owned(),
            "'end' expected near <eof>".to_owned(),
        )],
    });
    reload_status.canary = Some(Canary {
        release: 3,
        types: vec![ACTIVE],
        share: 0.125,
        users: 1,
        steps: 3,
        steps_needed: 200,
        left: Duration::from_millis(18_500),
    });
    reload_status.last = Some(Reload {
        release: 3,
        types: vec![ACTIVE],
        at: Duration::from_millis(2500),
        took: Some(Duration::from_millis(750)),
    });
    reload_status.event(Event {
        at: Duration::from_millis(2500),
        what: "canary".to_owned(),
        by: "api".to_owned(),
        text: "release 3 is a canary for 2 users (13 %) for 20 s: active 2 -> 3".to_owned(),
    });
}

/// The same of an open crowd, with some who are away.
pub fn arriving() -> Arc<Snapshot> {
    let mut snapshot = Snapshot::clone(&filled());
    snapshot.planned_arrivals = Some(12.5);
    snapshot.away.insert(ACTIVE, 3);
    let arrivals = &mut snapshot.totals.types.entry(ACTIVE).or_default().arrivals;
    arrivals.total = 40;
    arrivals.drop_one(DropReason::MaxUsers);
    let exit = snapshot.exit.get_or_insert_default();
    exit.add(ExitKind::SessionsFailed, "every session failed");
    Arc::new(snapshot)
}
