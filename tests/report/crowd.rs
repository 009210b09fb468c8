//! A run with known figures: what the reports are checked against.

use std::time::Duration;

use throng::metrics::{
    Aggregator, CustomKind, Declaration, Generator, Health, JourneyEnd, Left, OperationRef,
    Outcome, OverloadReason, Phase, Phases, Recorder, RunInfo, Sample, ScriptFault, SessionResult,
    Snapshot, StepResult, TypeId,
};
use throng::report::text::Paint;
use throng::report::text::{progress, summary};
use throng::view::RunView;

/// What a terminal obeys, of every kind.
pub const HOSTILE: &str = "\u{1b}[31mred\r\nFAKE \t\0\u{7f}\u{9b}2J\u{202e}\u{2028}\u{2066}";

pub const NEW: TypeId = TypeId(0);
pub const ACTIVE: TypeId = TypeId(1);

pub fn run() -> RunInfo {
    RunInfo {
        id: "7f3a".to_owned(),
        seed: 42,
        started_at: "2026-11-29T17:56:35.25Z".to_owned(),
        users: 60,
        types: ["new", "active", "admin"].map(str::to_owned).to_vec(),
        base_url: "http://127.0.0.1:9501".to_owned(),
        scripts: "scripts".to_owned(),
        version: "0.1.0".to_owned(),
    }
}

/// The summary of a run.
pub fn text(snapshot: &Snapshot) -> String {
    summary::text(&RunView::of(snapshot))
}

/// The summary of a run as it should look.
pub fn styled(snapshot: &Snapshot, look: summary::Look) -> String {
    summary::styled(&RunView::of(snapshot), look)
}

/// The live display of a run.
pub fn frame(snapshot: &Snapshot, width: usize, paint: Paint) -> Vec<String> {
    let room = progress::Room {
        width,
        height: 0,
        paint,
        page: None,
        rates: &[],
    };
    progress::frame(&RunView::of(snapshot), &room)
}

/// One request: how long it took, and how it ended.
pub struct Request {
    pub kind: TypeId,
    pub version: u32,
    pub method: &'static str,
    pub name: &'static str,
    pub status: u16,
    pub outcome: Outcome,
    pub error: Option<&'static str>,
    pub micros: u64,
}

pub fn request(kind: TypeId, method: &'static str, name: &'static str, micros: u64) -> Request {
    Request {
        kind,
        version: 1,
        method,
        name,
        status: 200,
        outcome: Outcome::Ok,
        error: None,
        micros,
    }
}

pub fn record(recorder: &mut Recorder, request: &Request) {
    let series = recorder.series(
        request.kind,
        OperationRef::http(request.method, request.name),
    );
    let sample = Sample {
        series,
        version: request.version,
        status: request.status.into(),
        outcome: request.outcome,
        error: request.error,
        service: Some(Duration::from_micros(request.micros)),
        response: Duration::from_micros(request.micros + 1_000),
        phases: Phases::default(),
        bytes_sent: 100,
        bytes_received: 1_500,
    };
    let what = request
        .error
        .map_or_else(|| request.status.to_string(), str::to_owned);
    recorder.record(&sample, || {
        format!("{} {}: {what}", request.method, request.name)
    });
}

/// A run of one request.
pub fn snapshot_of(request: &Request) -> Snapshot {
    let mut recorder = Recorder::new();
    record(&mut recorder, request);
    let mut aggregator = Aggregator::new(run());
    aggregator.absorb(0, recorder.take());
    Snapshot::clone(&aggregator.tick(Duration::from_secs(42)))
}

/// 1,000 reads of 1 to 1,000 ms, 10 of each other way to end, and a word of everything else.
pub fn snapshot() -> Snapshot {
    let mut recorder = Recorder::new();
    for millis in 1..=1_000 {
        let kind = if millis % 4 == 0 { NEW } else { ACTIVE };
        record(
            &mut recorder,
            &request(kind, "GET", "/api/v1/users/{id}", millis * 1_000),
        );
    }
    for _ in 0..10 {
        let post = || request(NEW, "POST", "/api/v1/users", 5_000);
        for ended in [
            Request {
                status: 409,
                outcome: Outcome::Expected,
                ..post()
            },
            Request {
                status: 500,
                outcome: Outcome::Unexpected,
                ..post()
            },
            Request {
                status: 0,
                outcome: Outcome::Error,
                error: Some("timeout"),
                ..post()
            },
            Request {
                status: 0,
                outcome: Outcome::Cancelled,
                ..post()
            },
            Request {
                status: 0,
                outcome: Outcome::Expected,
                ..post()
            },
        ] {
            record(&mut recorder, &ended);
        }
    }
    others(&mut recorder);
    let mut aggregator = Aggregator::new(run());
    aggregator.absorb(0, recorder.take());
    aggregator.phase(Phase::Running);
    aggregator.left(Some(Left::Time(Duration::from_secs(18))));
    aggregator.version(NEW, 1);
    aggregator.version(ACTIVE, 1);
    let mut snapshot = Snapshot::clone(&aggregator.tick(Duration::from_secs(42)));
    snapshot.cpu_ratio = Some(0.25);
    snapshot.interval.busiest_thread = Some(0.2);
    snapshot.generator = kept_up();
    snapshot
}

/// A generator that kept up.
pub fn kept_up() -> Generator {
    Generator {
        judged: 42,
        overloaded: 0,
        used: Duration::from_millis(10_500),
        over: Duration::from_secs(42),
        busiest_thread: Some(0.5),
        ..Generator::default()
    }
}

/// One that did not.
pub fn overloaded() -> Snapshot {
    let mut snapshot = snapshot();
    let generator = &mut snapshot.generator;
    (generator.overloaded, generator.faulty) = (12, 12);
    generator.reasons = [
        (OverloadReason::ThreadCpu, 4),
        (OverloadReason::SchedulerLag, 12),
    ]
    .into();
    generator.busiest_thread = Some(0.99);
    snapshot
        .interval
        .reasons
        .insert(OverloadReason::SchedulerLag);
    snapshot
}

/// Two steps of 100 ms and more, and a journey that 4 of 10 users finish.
fn steps(recorder: &mut Recorder) {
    let look_up = recorder.step_id(ACTIVE, "look up");
    for number in 0..100 {
        let took = Duration::from_millis(100 + number);
        let result = match number {
            0 => StepResult::Error,
            1 => StepResult::Cancelled,
            2..5 => StepResult::Failed,
            _ => StepResult::Ok,
        };
        recorder.step_ended(look_up, result, took);
    }
    let register = recorder.step_id(NEW, "register");
    recorder.step_ended(register, StepResult::Ok, Duration::from_millis(50));
    for number in 0..10 {
        recorder.journey_begun(ACTIVE, "checkout");
        let end = match number {
            0..3 => JourneyEnd::Finished { failed: false },
            3 => JourneyEnd::Finished { failed: true },
            4..6 => JourneyEnd::Lost { at: "pay" },
            6 => JourneyEnd::Lost { at: "add to cart" },
            7 => JourneyEnd::Error { at: "POST /orders" },
            8 => JourneyEnd::Cancelled,
            _ => continue,
        };
        recorder.journey_ended(ACTIVE, "checkout", end, Duration::from_secs(30));
    }
}

fn others(recorder: &mut Recorder) {
    steps(recorder);
    recorder.users(NEW, 1, 12);
    recorder.users(ACTIVE, 1, 28);
    for _ in 0..31 {
        recorder.session(ACTIVE, SessionResult::Completed);
    }
    recorder.session(NEW, SessionResult::Failed("could not register"));
    recorder.session(NEW, SessionResult::Interrupted);
    for _ in 0..3 {
        recorder.script_error(ScriptFault {
            kind: ACTIVE,
            version: 1,
            place: "scripts/active.lua:12",
            message: "attempt to index a nil value (local 'person')",
            traceback: "scripts/active.lua:12: in upvalue 'edit'\nscripts/active.lua:40: in \
                        function 'step'",
        });
    }
    for ok in [true, true, true, false] {
        recorder.check("has a name", ok);
    }
    let declare = |recorder: &mut Recorder, kind, name: &str, labels: &[&str]| {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let (name, help) = (name.to_owned(), "A metric of the test.".to_owned());
        recorder
            .declare(Declaration {
                kind,
                name,
                help,
                labels,
            })
            .unwrap()
    };
    let orders = declare(recorder, CustomKind::Counter, "orders", &["kind"]);
    recorder.update(orders, &["a \"quoted\" one"], 3.0).unwrap();
    let basket = declare(recorder, CustomKind::Gauge, "basket", &[]);
    recorder.update(basket, &[], 2.5).unwrap();
    let sizes = declare(recorder, CustomKind::Histogram, "sizes", &[]);
    for size in [0.5, 1.5, 4.0] {
        recorder.update(sizes, &[], size).unwrap();
    }
    let lag = Duration::from_micros(300);
    recorder.health(Health {
        lag,
        open_connections: 17,
        lua_memory: 4_000_000,
        vms: 3,
    });
}
