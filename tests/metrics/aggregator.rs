use std::time::Duration;

use throng::metrics::{
    Aggregator, Batch, Health, JourneyEnd, Left, MAX_NAMES, OperationRef, Outcome, Phase, Recorder,
    RunInfo, Sample, ScriptFault, SessionResult, Snapshot, StepResult, TypeId,
};

use super::recorder::sample;

const NEW: TypeId = TypeId(0);
const ACTIVE: TypeId = TypeId(1);

pub fn run() -> RunInfo {
    RunInfo {
        id: "r1".to_owned(),
        seed: 7,
        started_at: "2026-11-29T17:56:35.25Z".to_owned(),
        users: 10,
        types: vec!["new".to_owned(), "active".to_owned()],
        base_url: "http://127.0.0.1:1".to_owned(),
        scripts: "scripts".to_owned(),
        version: "0.1.0".to_owned(),
    }
}

/// What user number `user` did: it varies with the number, and repeats.
fn live(recorder: &mut Recorder, user: u64) {
    let kind = if user.is_multiple_of(2) { NEW } else { ACTIVE };
    let name = format!("/users/{}", user % 5);
    let id = recorder.series(kind, OperationRef::http("GET", &name));
    let (status, outcome, error) = match user % 7 {
        0 => (500, Outcome::Unexpected, None),
        1 => (0, Outcome::Error, Some("timeout")),
        2 => (404, Outcome::Expected, None),
        3 => (0, Outcome::Cancelled, None),
        _ => (200, Outcome::Ok, None),
    };
    let service = Duration::from_micros(user * 37 % 100_000);
    let response = service + Duration::from_micros(user % 11);
    let sample = Sample {
        error,
        service: Some(service),
        response,
        ..sample(id, status, outcome)
    };
    recorder.record(&sample, || format!("{name} {status}"));
    recorder.check("answered", status != 0);
    recorder.users(kind, 1, 1);
    recorder.session(
        kind,
        if user.is_multiple_of(3) {
            SessionResult::Failed("refused")
        } else {
            SessionResult::Completed
        },
    );
}

#[test]
fn two_shards_and_several_seconds_equal_one_shard_and_one_second() {
    let mut one = Recorder::new();
    let mut two = [Recorder::new(), Recorder::new()];
    let mut hub_of_one = Aggregator::new(run()).without_cpu();
    let mut hub_of_two = Aggregator::new(run()).without_cpu();
    for user in 0..10_000 {
        live(&mut one, user);
        live(&mut two[(user / 3 % 2) as usize], user);
        if user % 2_500 == 0 {
            hub_of_two.absorb(0, two[0].take());
            hub_of_two.absorb(1, two[1].take());
        }
    }
    hub_of_one.absorb(0, one.take());
    hub_of_two.absorb(1, two[1].take());
    hub_of_two.absorb(0, two[0].take());
    let elapsed = Duration::from_secs(4);
    let (whole, sum) = (hub_of_one.tick(elapsed), hub_of_two.tick(elapsed));
    // Which failures are noted depends on when a batch ends.
    let counts = |snapshot: &Snapshot| {
        let mut totals = snapshot.totals.clone();
        for group in totals.failure_groups.values_mut() {
            group.example = None;
        }
        totals
    };
    assert_eq!(counts(&whole), counts(&sum));
    assert_eq!(whole.users, sum.users);
    assert_eq!(whole.interval, sum.interval);
    assert_eq!(whole.requests().total(), 10_000);
    assert_eq!(whole.sessions().failed, 3_334);
    assert_eq!(whole.users_of(NEW), 5_000);
}

#[test]
fn snapshots_of_parts_merge_associatively() {
    let part = |from: u64| {
        let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
        (from..from + 500).for_each(|user| live(&mut recorder, user));
        recorder.health(Health {
            lag: Duration::from_millis(from),
            open_connections: 3,
            lua_memory: 5,
            vms: 1,
        });
        aggregator.reload("accepted");
        aggregator.version(NEW, from as u32);
        aggregator.left(Some(Left::Sessions(from)));
        aggregator.absorb(0, recorder.take());
        let mut snapshot = Snapshot::clone(&aggregator.tick(Duration::from_secs(from)));
        // Processor time is the machine's, and floating sums depend on their order.
        snapshot.cpu_ratio = None;
        snapshot
    };
    let (a, b, c) = (part(1), part(2), part(3));
    let mut left = a.clone();
    left.merge(b.clone());
    left.merge(c.clone());
    let mut right = b;
    right.merge(c);
    let mut all = a;
    all.merge(right);
    assert_eq!(left, all);
    assert_eq!(all.requests().total(), 1_500);
    assert_eq!(all.health.open_connections, 9);
    assert_eq!(all.health.lag, Duration::from_millis(3));
    assert_eq!(all.reloads["accepted"], 3);
    assert_eq!(all.left, Some(Left::Sessions(6)));
    assert_eq!(all.interval.outcomes().total(), 1_500);
}

#[test]
fn an_interval_forgets_and_the_totals_do_not() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    (0..100).for_each(|user| live(&mut recorder, user));
    aggregator.absorb(0, recorder.take());
    assert_eq!(
        aggregator.tick(Duration::from_secs(1)).interval.rate(),
        Some(100.0)
    );
    (0..50).for_each(|user| live(&mut recorder, user));
    aggregator.absorb(0, recorder.take());
    let snapshot = aggregator.tick(Duration::from_millis(1_500));
    assert_eq!(snapshot.interval.seconds, 0.5);
    assert_eq!(snapshot.interval.rate(), Some(100.0));
    assert_eq!(snapshot.interval.rate_of(NEW), Some(50.0));
    assert_eq!(snapshot.interval.outcomes().total(), 50);
    assert_eq!(
        snapshot.interval.service().count(),
        50 - snapshot.interval.outcomes().cancelled
    );
    assert_eq!(snapshot.requests().total(), 150);
    assert_eq!(snapshot.rate(), 100.0);
}

#[test]
fn names_beyond_the_bound_over_all_shards_keep_the_totals_whole() {
    let mut aggregator = Aggregator::new(run());
    for shard in 0..3 {
        let mut recorder = Recorder::new();
        for number in 0..400 {
            let id = recorder.series(
                NEW,
                OperationRef::http("GET", &format!("/{shard}/{number}")),
            );
            recorder.record(&sample(id, 200, Outcome::Ok), String::new);
        }
        aggregator.absorb(shard, recorder.take());
    }
    let snapshot = aggregator.tick(Duration::from_secs(1));
    assert_eq!(snapshot.totals.series.len(), MAX_NAMES + 1);
    assert_eq!(snapshot.requests().total(), 1_200);
    assert_eq!(
        snapshot
            .endpoints()
            .iter()
            .map(|e| e.totals.service.count())
            .sum::<u64>(),
        1_200
    );
}

#[test]
fn a_script_error_is_told_to_the_run_once_whichever_shard_saw_it() {
    let mut aggregator = Aggregator::new(run());
    let fault = ScriptFault {
        kind: NEW,
        version: 3,
        place: "scripts/new.lua:4",
        message: "oops",
        traceback: "",
    };
    let mut said = Vec::new();
    for shard in 0..2 {
        let mut recorder = Recorder::new();
        recorder.script_error(fault);
        recorder.script_error(fault);
        said.push(aggregator.absorb(shard, recorder.take()).len());
    }
    assert_eq!(said, [1, 0]);
    assert_eq!(
        aggregator.tick(Duration::from_secs(1)).totals.script_errors[0].count,
        4
    );
}

#[test]
fn users_come_and_go_by_version() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    recorder.users(NEW, 1, 5);
    aggregator.absorb(0, recorder.take());
    recorder.users(NEW, 1, -5);
    recorder.users(NEW, 2, 5);
    recorder.users(ACTIVE, 1, 1);
    aggregator.absorb(0, recorder.take());
    let snapshot = aggregator.tick(Duration::from_secs(1));
    assert_eq!(snapshot.users[&NEW].iter().collect::<Vec<_>>(), [(&2, &5)]);
    assert_eq!(
        (
            snapshot.users_of(NEW),
            snapshot.users_of(ACTIVE),
            snapshot.users_alive()
        ),
        (5, 1, 6)
    );
}

#[test]
fn what_is_no_type_of_user_is_listed_once_it_made_a_request() {
    let types = ["new", "_crowd"].map(str::to_owned).to_vec();
    let (mut recorder, mut aggregator) =
        (Recorder::new(), Aggregator::new(RunInfo { types, ..run() }));
    let names = |snapshot: &Snapshot| {
        snapshot
            .types()
            .map(|(_, name)| name.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&aggregator.tick(Duration::ZERO)), ["new"]);
    let id = recorder.series(TypeId(1), OperationRef::http("POST", "/setup"));
    recorder.record(&sample(id, 200, Outcome::Ok), String::new);
    aggregator.absorb(0, recorder.take());
    assert_eq!(
        names(&aggregator.tick(Duration::from_secs(1))),
        ["new", "_crowd"]
    );
    // A type that joined the run has a later number, and yet is a type of user.
    aggregator.types(["new", "_crowd", "fifth"].map(str::to_owned).to_vec());
    let snapshot = aggregator.tick(Duration::from_secs(2));
    assert_eq!(names(&snapshot), ["new", "fifth", "_crowd"]);
    assert_eq!(snapshot.type_name(TypeId(2)), "fifth");
}

#[test]
fn levels_of_shards_add_up_and_the_last_word_counts() {
    let mut aggregator = Aggregator::new(run());
    for (shard, open) in [(0, 10), (1, 20), (0, 4)] {
        let mut recorder = Recorder::new();
        recorder.health(Health {
            lag: Duration::from_millis(open),
            open_connections: open,
            lua_memory: 100,
            vms: 1,
        });
        aggregator.absorb(shard, recorder.take());
    }
    aggregator.phase(Phase::Running);
    let snapshot = aggregator.tick(Duration::from_secs(1));
    assert_eq!(
        (snapshot.health.open_connections, snapshot.health.lua_memory),
        (24, 200)
    );
    assert_eq!(snapshot.interval.lag, Duration::from_millis(20));
    assert_eq!(snapshot.totals.lag.count(), 3);
    assert_eq!(snapshot.phase, Phase::Running);
}

#[test]
fn a_busy_process_uses_a_processor() {
    let mut aggregator = Aggregator::new(run());
    let begin = std::time::Instant::now();
    while begin.elapsed() < Duration::from_millis(250) {
        std::hint::black_box(begin.elapsed());
    }
    let ratio = aggregator.tick(begin.elapsed()).cpu_ratio.unwrap();
    assert!(ratio > 0.0, "{ratio}");
}

#[test]
fn batches_and_snapshots_travel_as_json() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    (0..500).for_each(|user| live(&mut recorder, user));
    recorder.health(Health::default());
    let batch = recorder.take();
    let back: Batch = serde_json::from_str(&serde_json::to_string(&batch).unwrap()).unwrap();
    assert_eq!(back, batch);
    aggregator.absorb(0, batch);
    let snapshot = aggregator.tick(Duration::from_secs(2));
    let back: Snapshot = serde_json::from_str(&serde_json::to_string(&*snapshot).unwrap()).unwrap();
    assert_eq!(back.totals, snapshot.totals);
    assert_eq!(back.interval, snapshot.interval);
    assert_eq!(back.users, snapshot.users);
}

/// A shard whose timers were so late, looked at two hundred times.
pub fn late(slow: usize, by: Duration) -> Batch {
    let mut recorder = Recorder::new();
    for look in 0..200 {
        let lag = if look < slow {
            by
        } else {
            Duration::from_millis(1)
        };
        recorder.lag(lag);
    }
    recorder.take()
}

#[test]
fn a_second_is_one_of_overload_when_the_timers_of_one_shard_were_late() {
    let ms = Duration::from_millis;
    // Two of two hundred are within the 99th percentile, three are not, on however many shards the others are fine.
    for (slow, by, overloaded) in [(0, 0, 0), (2, 500, 0), (3, 11, 1), (3, 9, 0), (200, 40, 1)] {
        let mut aggregator = Aggregator::new(run()).without_cpu();
        for shard in 0..20 {
            aggregator.absorb(shard, late(if shard == 7 { slow } else { 0 }, ms(by)));
        }
        let first = aggregator.tick(ms(1_000));
        assert_eq!(
            first.interval.is_overloaded(),
            overloaded == 1,
            "{slow} {by}"
        );
        // The next one begins anew.
        aggregator.absorb(7, late(0, ms(0)));
        let second = aggregator.tick(ms(2_000));
        assert!(!second.interval.is_overloaded());
        assert_eq!(
            (second.generator.overloaded, second.generator.judged),
            (overloaded, 2)
        );
    }
}

#[test]
fn parts_of_a_second_and_seconds_off_the_clock_are_not_judged() {
    let ms = Duration::from_millis;
    let mut aggregator = Aggregator::new(run()).without_cpu();
    for elapsed in [1_000, 1_300, 1_300, 1_300, 61_000] {
        aggregator.absorb(0, late(200, ms(50)));
        aggregator.tick(ms(elapsed));
    }
    let generator = &aggregator.tick(ms(61_010)).generator;
    // A process that was stopped for a minute has that many late seconds.
    assert_eq!((generator.overloaded, generator.judged), (61, 61));
}

#[test]
fn the_peak_of_users_is_that_of_a_thread_at_any_moment_or_of_all_at_the_end_of_a_second() {
    let mut aggregator = Aggregator::new(run());
    let mut shards = [Recorder::new(), Recorder::new()];
    for (shard, recorder) in shards.iter_mut().enumerate() {
        recorder.users(NEW, 1, 5);
        // From one type to the other.
        recorder.users(NEW, 1, -1);
        recorder.users(ACTIVE, 1, 1);
        recorder.users(NEW, 1, -4);
        aggregator.absorb(shard, recorder.take());
    }
    let snapshot = aggregator.tick(Duration::from_secs(1));
    // The five of each thread may have been there one after the other.
    assert_eq!((snapshot.peak_users, snapshot.users_alive()), (5, 2));
    for (second, recorder) in shards.iter_mut().enumerate() {
        recorder.users(NEW, 1, 3);
        aggregator.absorb(second, recorder.take());
        let snapshot = aggregator.tick(Duration::from_secs(2 + second as u64));
        assert_eq!(snapshot.peak_users, [5, 8][second]);
    }
}

#[test]
fn a_part_of_a_second_has_no_rate_and_its_requests_are_counted() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    let ms = Duration::from_millis;
    for (elapsed, requests, rate) in [
        (1_000, 80, Some(80.0)),
        // What is left at the end, and a pause.
        (1_008, 7, None),
        (1_008, 0, None),
        (1_507, 3, None),
        (2_007, 40, Some(80.0)),
        (3_007, 0, Some(0.0)),
    ] {
        (0..requests).for_each(|user| live(&mut recorder, user));
        aggregator.absorb(0, recorder.take());
        let interval = &aggregator.tick(ms(elapsed)).interval;
        assert_eq!(interval.rate(), rate, "at {elapsed} ms");
        assert_eq!(interval.rate_of(NEW).is_some(), rate.is_some());
    }
    // Clean-up takes time, and the run does not grow older by it.
    (0..20).for_each(|user| live(&mut recorder, user));
    aggregator.absorb(0, recorder.take());
    let snapshot = aggregator.tick_after(ms(3_007), ms(1_000));
    assert_eq!(snapshot.interval.rate(), Some(20.0));
    assert_eq!(
        (snapshot.elapsed, snapshot.requests().total()),
        (ms(3_007), 150)
    );
    assert_eq!(snapshot.generator.judged, 3);
}

#[test]
fn a_warm_up_and_what_is_measured_add_up_and_a_journey_across_its_end_is_begun_in_both() {
    let mut recorder = Recorder::new();
    let mut aggregator = Aggregator::new(run())
        .without_cpu()
        .with_warm_up(Duration::from_secs(4));
    let mut second = |from: u64, journeys: (u64, u64), at: u64| {
        for user in from..from + 50 {
            live(&mut recorder, user);
            recorder.arrival(NEW, Duration::ZERO);
            let step = recorder.step_id(NEW, "buy");
            recorder.step_ended(step, StepResult::Ok, Duration::ZERO);
        }
        for _ in 0..journeys.0 {
            recorder.journey_begun(NEW, "shop");
        }
        for _ in 0..journeys.1 {
            let end = JourneyEnd::Finished { failed: false };
            recorder.journey_ended(NEW, "shop", end, Duration::ZERO);
        }
        aggregator.absorb(0, recorder.take());
        aggregator.tick(Duration::from_secs(at))
    };
    let warm_up = second(0, (5, 2), 4);
    assert!(warm_up.is_warming_up(), "until the end of this second");
    let last = second(50, (1, 4), 10);
    let measured = last.after_warm_up().expect("it has a warm-up");
    assert_eq!(measured.elapsed, Duration::from_secs(6));
    let mut requests = warm_up.requests();
    requests.add(&measured.requests());
    assert_eq!(requests, last.requests());
    let mut sessions = warm_up.sessions();
    sessions.add(&measured.sessions());
    assert_eq!(sessions, last.sessions());
    let mut arrivals = warm_up.arrivals();
    arrivals.add(&measured.arrivals());
    assert_eq!(arrivals, last.arrivals());
    for (step, totals) in &last.totals.steps {
        let parts = [&warm_up, &measured].map(|part| part.totals.steps[step].results.total());
        assert_eq!(parts.iter().sum::<u64>(), totals.results.total());
    }
    let journey = |snapshot: &Snapshot| {
        let view = throng::view::RunView::of(snapshot);
        let one = &view.journeys[0];
        (one.begun, one.finished, one.under_way)
    };
    assert_eq!(journey(&warm_up), (5, 2, 3));
    assert_eq!(journey(&measured), (4, 4, 0));
    assert_eq!(journey(&last), (6, 6, 0));
    let parts = throng::view::RunView::measured(&last).parts;
    assert_eq!(
        parts.warm_up.sessions.total + parts.measured.sessions.total,
        parts.total.sessions.total
    );
    let requests =
        [&parts.warm_up, &parts.measured, &parts.total].map(|part| part.requests.named());
    for (place, (name, total)) in requests[2].iter().enumerate() {
        let sum = requests[0][place].1 + requests[1][place].1;
        assert_eq!(sum, *total, "{name}");
    }
}

#[test]
fn arrivals_a_second_are_those_of_the_time_after_the_warm_up() {
    let mut recorder = Recorder::new();
    let mut aggregator = Aggregator::new(run())
        .without_cpu()
        .with_warm_up(Duration::from_secs(6));
    let mut come = |count: u64, at: u64| {
        for _ in 0..count {
            recorder.arrival(NEW, Duration::ZERO);
        }
        aggregator.absorb(0, recorder.take());
        aggregator.tick(Duration::from_secs(at))
    };
    come(600, 6);
    let last = come(50, 8);
    let view = throng::view::RunView::measured(&last);
    let text = throng::report::text::summary::text(&view);
    assert!(text.contains("50 (25.0/s)"), "{text}");
}
