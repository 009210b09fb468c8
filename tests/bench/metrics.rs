//! What measuring costs: `cargo bench --bench metrics` prints one line for each part.
//!
//! The worst case that the bounds allow is 500 names; a shard of the stock crowd has about 100 series.

use std::hint::black_box;
use std::time::{Duration, Instant};

use throng::metrics::{Hub, Outcome, Recorder, RunInfo, Sample, SeriesId, Snapshot, TypeId};
use throng::report::{exposition, json, summary};

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
        .map(|path| recorder.series(TypeId(1), "GET", path))
        .collect();
    each("series, interned before", names, ROUNDS, |at| {
        black_box(recorder.series(TypeId(1), "GET", black_box(&paths[at % names])));
    });
    each("record, answered", names, ROUNDS, |at| {
        let sample = sample(series[at % names], 200, Outcome::Ok, at);
        recorder.record(black_box(&sample), String::new);
    });
    each("record, every one a failure", names, ROUNDS, |at| {
        let sample = sample(series[at % names], 500, Outcome::Unexpected, at);
        recorder.record(black_box(&sample), || "GET /: 500".to_owned());
    });
    each("both, as a request does", names, ROUNDS, |at| {
        let series = recorder.series(TypeId(1), "GET", black_box(&paths[at % names]));
        recorder.record(
            black_box(&sample(series, 200, Outcome::Ok, at)),
            String::new,
        );
    });
}

fn each_second(names: usize) {
    let paths = paths(names);
    let mut recorder = Recorder::new();
    let types = TYPES.map(str::to_owned).to_vec();
    let mut hub = Hub::new(RunInfo {
        types,
        ..RunInfo::default()
    });
    let mut latest = None;
    for second in 1..=5 {
        for at in 0..200_000 {
            let kind = TypeId((at % names % TYPES.len()) as u16);
            let series = recorder.series(kind, "GET", &paths[at % names]);
            recorder.record(&sample(series, 200, Outcome::Ok, at), String::new);
        }
        let batch = once("take, on the shard", names, || recorder.take());
        once("absorb", names, || hub.absorb(0, batch));
        latest = Some(once("tick", names, || {
            hub.tick(Duration::from_secs(second))
        }));
    }
    let Some(snapshot) = latest else { return };
    let text = once("exposition", names, || {
        exposition::text(&snapshot).unwrap_or_default()
    });
    println!("{:>44} {:>8.0} kB", "its size", text.len() as f64 / 1e3);
    readers(names, &snapshot);
}

fn readers(names: usize, snapshot: &Snapshot) {
    once("JSON summary", names, || json::summary(snapshot));
    once("text summary", names, || summary::text(snapshot));
}

fn paths(names: usize) -> Vec<String> {
    (0..names)
        .map(|name| format!("/api/v1/things/{name}/parts/{{id}}"))
        .collect()
}

/// Times from 0.5 ms to some 200 ms, as a service has.
fn sample(series: SeriesId, status: u16, outcome: Outcome, at: usize) -> Sample {
    let micros = 500 + (at as u64).wrapping_mul(2_654_435_761) % 200_000;
    Sample {
        series,
        generation: 1,
        status,
        outcome,
        error: None,
        service: Duration::from_micros(micros),
        response: Duration::from_micros(micros + 100),
        phases: [0, 0, 0, 0, micros as u32, 50],
        sent: 120,
        received: 900,
    }
}

fn each(what: &str, names: usize, rounds: u32, mut act: impl FnMut(usize)) {
    let begin = Instant::now();
    (0..rounds as usize).for_each(&mut act);
    let nanos = begin.elapsed().as_nanos() as f64 / f64::from(rounds);
    println!("{what:>32}, {names:>4} names {nanos:>8.1} ns");
}

fn once<T>(what: &str, names: usize, act: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = act();
    println!(
        "{what:>32}, {names:>4} names {:>8.2} ms",
        begin.elapsed().as_secs_f64() * 1e3
    );
    done
}
