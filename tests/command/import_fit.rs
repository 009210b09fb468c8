//! An access log of a known crowd, imported and run again: mix, course of the day, length of sessions and think times are
//! those of the log, as far as samples of this size tell. `tests/bench/import_log` does it with 100,000 lines.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::support::importing;
use crate::support::program::throng;

/// Seconds of the log, which are one day.
const DAY: f64 = 200.0;
/// Sessions that begin in a second, in the mean.
const RATE: f64 = 3.0;
/// When the log begins.
const BEGIN: f64 = 1_782_907_200.0;

/// Draws that are the same each time: SplitMix64.
struct Draw(u64);

impl Draw {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }
}

/// A request: its session, when it began, how long it took, and what it is.
struct Sent {
    session: String,
    at: f64,
    took: f64,
    what: String,
}

/// Readers, who look at pages, and half as many writers; three times as many in the middle of the day.
fn log() -> Vec<Sent> {
    let mut draw = Draw(7);
    let mut sent = Vec::new();
    let mut at = 0.0;
    let mut number = 0;
    loop {
        at += draw.exponential(1.0 / (2.0 * RATE));
        if at >= DAY {
            break;
        }
        // Arrivals by thinning (Lewis and Shedler, 1979).
        let rate = 0.5 - 0.25 * (at / DAY * std::f64::consts::TAU).cos();
        if draw.unit() > rate {
            continue;
        }
        number += 1;
        let is_writer = draw.unit() < 1.0 / 3.0;
        let length = 2 + (draw.unit() * 9.0) as usize;
        let mut now = at;
        for place in 0..length {
            let share = draw.unit();
            let what = match (is_writer, place) {
                (true, 0) => "POST /start",
                (true, _) if share < 0.7 => "PUT /notes",
                (true, _) => "GET /notes",
                (false, _) if share < 0.5 => "GET /pages",
                (false, _) if share < 0.8 => "GET /search",
                (false, _) => "GET /help",
            };
            if now < DAY {
                sent.push(Sent {
                    session: format!("s{number}"),
                    at: now,
                    took: 0.005,
                    what: what.to_owned(),
                });
            }
            now += 0.005 + 0.2 + draw.exponential(1.3);
        }
    }
    sent.sort_by(|one, other| one.at.total_cmp(&other.at));
    sent
}

fn written(sent: &[Sent]) -> String {
    let line = |one: &Sent| {
        let (method, path) = one.what.split_once(' ').unwrap();
        let line = json!({
            "ts": BEGIN + one.at, "method": method, "path": path, "status": 200,
            "duration_ms": one.took * 1000.0, "session": one.session,
        });
        format!("{line}\n")
    };
    sent.iter().map(line).collect()
}

/// The shares of what is sent, in per cent.
fn mix(sent: &[Sent]) -> BTreeMap<&str, f64> {
    let mut mix = BTreeMap::new();
    for one in sent {
        *mix.entry(&*one.what).or_insert(0.0) += 100.0 / sent.len() as f64;
    }
    mix
}

/// Lengths of the sessions that were over well before the end, and the times between their requests.
fn sessions(sent: &[Sent]) -> (Vec<f64>, Vec<f64>) {
    let mut sessions: BTreeMap<&str, Vec<&Sent>> = BTreeMap::new();
    for one in sent {
        sessions.entry(&one.session).or_default().push(one);
    }
    let is_whole = |session: &&Vec<&Sent>| session[0].at < DAY - 30.0;
    let lengths = sessions.values().filter(is_whole);
    let lengths = lengths.map(|session| session.len() as f64).collect();
    let gap = |pair: &[&Sent]| (pair[1].at - pair[0].at - pair[0].took).max(0.0);
    let gaps = sessions
        .values()
        .flat_map(|session| session.windows(2).map(gap));
    (lengths, gaps.collect())
}

/// What the distance of Kolmogorov and Smirnov exceeds once in a thousand times for two samples of one distribution
/// (Smirnov, 1948), and `more` for what the import rounds.
fn limit(one: usize, other: usize, more: f64) -> f64 {
    let (one, other) = (one as f64, other as f64);
    1.95 * ((one + other) / (one * other)).sqrt() + more
}

/// The share of a sample below a value, and the share that is not above it.
fn shares(sample: &[f64], value: f64) -> (f64, f64) {
    let share = |is_it: &dyn Fn(f64) -> bool| {
        sample.iter().filter(|own| is_it(**own)).count() as f64 / sample.len() as f64
    };
    (share(&|own| own < value), share(&|own| own <= value))
}

/// The quantiles of `found` are those of the sample.
fn agree(name: &str, sample: &[f64], found: &Value, more: f64) {
    let limit = limit(
        sample.len(),
        found["count"].as_u64().unwrap() as usize,
        more,
    );
    for (quantile, share) in [("p50", 0.5), ("p95", 0.95)] {
        let value = found[quantile].as_f64().unwrap();
        let (below, to) = shares(sample, value);
        assert!(
            below - limit <= share && share <= to + limit,
            "{name}: {quantile} is {value}, where the log has {below} to {to} of at most {limit} apart"
        );
    }
}

#[test]
fn an_imported_log_is_the_crowd_that_made_it() {
    let home = tempfile::tempdir().unwrap();
    let (file, scripts) = (home.path().join("access.log"), home.path().join("scripts"));
    let before = log();
    fs::write(&file, written(&before)).unwrap();
    importing::new("visitor", &scripts, &file, &["--log-day-length", "200s"])
        .end()
        .with_code(0);
    let mock = home.path().join("mock.lua");
    let answers = "return { [\"*\"] = { status = 200, latency = \"5ms\" } }";
    fs::write(&mock, answers).unwrap();
    let summary = home.path().join("dry.json");
    throng([
        "run",
        "--dry-run",
        "--arrivals-even",
        "--seed",
        "7",
        "--mock",
    ])
    .arg(&mock)
    .arg("--summary-json")
    .arg(&summary)
    .arg("--script-dir")
    .arg(&scripts)
    .end()
    .with_code(0);
    let after: Value = serde_json::from_str(&fs::read_to_string(&summary).unwrap()).unwrap();

    let requests = after["requests"]["total"].as_f64().unwrap();
    for endpoint in after["endpoints"].as_array().unwrap() {
        let count = endpoint["outcomes"]["total"].as_f64().unwrap();
        let what = format!(
            "{} {}",
            endpoint["method"].as_str().unwrap(),
            endpoint["name"].as_str().unwrap()
        );
        let (share, found) = (mix(&before)[&*what], 100.0 * count / requests);
        assert!((share - found).abs() < 3.0, "{what}: {share}, {found}");
    }

    // Readers and writers are two types, with lengths and think times of one law.
    let types = after["dry_run"]["types"].as_array().unwrap();
    assert_eq!(types.len(), 2, "{types:?}");
    let (lengths, thinks) = sessions(&before);
    for of_type in types {
        agree(
            "session length",
            &lengths,
            &of_type["session_requests"],
            0.03,
        );
        agree("think time", &thinks, &of_type["think_seconds"], 0.03);
    }

    let apart = requests / before.len() as f64;
    assert!((0.9..1.1).contains(&apart), "{apart}");
    let starts: Vec<f64> = before.iter().map(|one| one.at).collect();
    let (mut sum, mut from, mut worst) = (0.0, 0.0, 0.0_f64);
    for part in after["dry_run"]["over_time"].as_array().unwrap() {
        let until = part["until_seconds"].as_f64().unwrap();
        sum += (until - from) * part["requests_per_second"].as_f64().unwrap() / requests;
        worst = worst.max((shares(&starts, until).1 - sum).abs());
        from = until;
    }
    // Requests of one session are no independent draws of the day: its sessions are.
    let sessions = after["sessions"]["total"].as_u64().unwrap() as usize;
    let limit = limit(lengths.len(), sessions, 0.0);
    assert!(worst <= limit, "day curve: {worst} > {limit}");
    println!("day curve: {worst:.3} of at most {limit:.3}");
}
