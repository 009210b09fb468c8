//! The cost of recording metrics: `cargo bench --bench metrics` prints one line for each part, in
//! CPU time, which depends little on the load of the machine.
//!
//! The worst case that the bounds allow is 500 names; a shard of the stock types has about 100 series.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use throng::metrics::{
    Aggregator, MAX_STEP_NAMES, OperationRef, Outcome, Phases, Recorder, RunInfo, Sample, SeriesId,
    Snapshot, StepResult, TypeId,
};
use throng::report::text::summary;
use throng::report::{json, prometheus};
use throng::view::RunView;

const NAMES: usize = 500;
const TYPES: [&str; 4] = ["new", "active", "admin", "power"];

fn main() {
    for names in [50, NAMES] {
        hot_path(names);
        each_second(names);
    }
}

fn hot_path(names: usize) {
    const ROUNDS: u32 = 5_000_000;
    let paths = paths(names);
    let mut recorder = Recorder::new();
    let series: Vec<_> = paths
        .iter()
        .map(|path| recorder.series(TypeId(1), OperationRef::http("GET", path)))
        .collect();
    each("series, interned before", names, ROUNDS, |at| {
        black_box(recorder.series(
            TypeId(1),
            OperationRef::http("GET", black_box(&paths[at % names])),
        ));
    });
    each("record, answered", names, ROUNDS, |at| {
        let sample = sample(series[at % names], 200, Outcome::Ok, at);
        recorder.record(black_box(&sample), String::new);
    });
    each("record, while users move", names, ROUNDS, |at| {
        let mut sample = sample(series[at % names], 200, Outcome::Ok, at);
        sample.version = 1 + (at % 3 > 0) as u32;
        recorder.record(black_box(&sample), String::new);
    });
    each("record, every one a failure", names, ROUNDS, |at| {
        let sample = sample(series[at % names], 500, Outcome::Unexpected, at);
        recorder.record(black_box(&sample), || "GET /: 500".to_owned());
    });
    let steps: Vec<_> = paths
        .iter()
        .take(MAX_STEP_NAMES)
        .map(|path| recorder.step_id(TypeId(1), path))
        .collect();
    each("step that ended", names, ROUNDS, |at| {
        let begun = Instant::now();
        let step = black_box(steps[at % steps.len()]);
        recorder.step_ended(step, StepResult::Ok, begun.elapsed());
    });
    each("both, as a request does", names, ROUNDS, |at| {
        let series = recorder.series(
            TypeId(1),
            OperationRef::http("GET", black_box(&paths[at % names])),
        );
        recorder.record(
            black_box(&sample(series, 200, Outcome::Ok, at)),
            String::new,
        );
    });
}

fn each_second(names: usize) {
    const SECONDS: u32 = 40;
    let paths = paths(names);
    let mut recorder = Recorder::new();
    let types = TYPES.map(str::to_owned).to_vec();
    let mut aggregator = Aggregator::new(RunInfo {
        types,
        ..RunInfo::default()
    });
    let mut spent = [Duration::ZERO; 3];
    let mut snapshot = Arc::default();
    for second in 1..=SECONDS {
        for at in 0..50_000 {
            let kind = TypeId((at % names % TYPES.len()) as u16);
            let series = recorder.series(kind, OperationRef::http("GET", &paths[at % names]));
            recorder.record(&sample(series, 200, Outcome::Ok, at), String::new);
        }
        let batch = timed(&mut spent[0], || recorder.take());
        timed(&mut spent[1], || aggregator.absorb(0, batch));
        snapshot = timed(&mut spent[2], || {
            aggregator.tick(Duration::from_secs(second.into()))
        });
    }
    for (what, spent) in ["take, on the shard", "absorb", "tick"]
        .into_iter()
        .zip(spent)
    {
        tell(what, names, spent, SECONDS);
    }
    readers(names, &snapshot);
}

fn readers(names: usize, snapshot: &Snapshot) {
    const ROUNDS: u32 = 20;
    let view = RunView::of(snapshot);
    each("view", names, ROUNDS, |_| {
        drop(black_box(RunView::of(snapshot)))
    });
    each("exposition", names, ROUNDS, |_| {
        drop(black_box(prometheus::text(&view)))
    });
    each("JSON summary", names, ROUNDS, |_| {
        drop(black_box(json::summary(&view)))
    });
    each("text summary", names, ROUNDS, |_| {
        drop(black_box(summary::text(&view)))
    });
}

fn paths(names: usize) -> Vec<String> {
    (0..names)
        .map(|name| format!("/api/v1/things/{name}/parts/{{id}}"))
        .collect()
}

static PHASES: [&str; 6] = ["blocked", "dns", "connect", "tls", "wait", "receive"];

/// Times from 0.5 ms to some 200 ms, as a service has.
fn sample(series: SeriesId, status: u16, outcome: Outcome, at: usize) -> Sample {
    let micros = 500 + (at as u64).wrapping_mul(2_654_435_761) % 200_000;
    Sample {
        series,
        version: 1,
        status: status.into(),
        outcome,
        error: None,
        service: Some(Duration::from_micros(micros)),
        response: Duration::from_micros(micros + 100),
        phases: Phases::new(&PHASES, [0, 0, 0, 0, micros as u32, 50]),
        bytes_sent: 120,
        bytes_received: 900,
    }
}

fn each(what: &str, names: usize, rounds: u32, mut act: impl FnMut(usize)) {
    let mut spent = Duration::ZERO;
    timed(&mut spent, || (0..rounds as usize).for_each(&mut act));
    tell(what, names, spent, rounds);
}

fn tell(what: &str, names: usize, spent: Duration, rounds: u32) {
    let each = spent / rounds;
    println!("{what:>32}, {names:>4} names {each:>12.2?}");
}

fn timed<T>(spent: &mut Duration, act: impl FnOnce() -> T) -> T {
    let begin = processor_time();
    let done = act();
    *spent += processor_time() - begin;
    done
}

/// What the kernel says this thread has used, in steps of some milliseconds: short things have
/// to be repeated (Linux only).
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}
