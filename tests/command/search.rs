//! `throng search` by the real program, against targets whose capacity is known.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::program::{Program, throng};
use super::{Answer, Folder, Target};

/// One request for each session.
const ONE: &str = "return { requests = 1, think = 0, step = function() http.get '/page' end }";

/// Users who make ten requests a second.
const TEN: &str =
    "return { requests = 1000000, pace = 0.1, step = function() http.get '/page' end }";

/// Times that let a level be judged soon.
const SHORT: [&str; 6] = ["--settle", "1s", "--measure", "3s", "--cooldown", "1s"];

fn search(target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    throng([
        "search",
        "--listen",
        "127.0.0.1:0",
        "--base-url",
        &target.url(),
    ])
    .arg("--script-dir")
    .arg(scripts.path())
    .args(&SHORT)
    .args(words)
}

/// A target with so many workers, each of which takes so long for a request: those that are too many queue.
fn queue(workers: usize, service: Duration) -> Target {
    let free = Mutex::new(vec![Instant::now(); workers]);
    Target::new(move |_| {
        let now = Instant::now();
        let mut free = free.lock().unwrap();
        let first = free.iter_mut().min().unwrap();
        *first = now.max(*first) + service;
        Answer::Late(*first - now, 200)
    })
}

/// Asserts by the log of the target that no more than so many requests a second came for any longer time: what a busy machine
/// sends late comes together, up to a second of arrivals, and is read late.
fn assert_at_most(target: &Target, rate: f64) {
    const WINDOW: f64 = 4.0;
    const LATE: f64 = 2.0;
    let requests = target.requests();
    let times: Vec<Instant> = requests.iter().map(|request| request.at).collect();
    for (at, first) in times.iter().enumerate() {
        let end = *first + Duration::from_secs_f64(WINDOW);
        let within = times[at..].iter().take_while(|time| **time < end).count();
        let most = rate * (WINDOW + LATE);
        assert!(within as f64 <= most, "{within} in {WINDOW} s, at {rate}/s");
    }
}

#[test]
fn the_knee_of_a_queue_is_its_capacity() {
    // Two workers of 20 ms: 100 requests a second, and each one more waits longer than the one before.
    let target = queue(2, Duration::from_millis(20));
    let scripts = Folder::of("caller", ONE);
    let run = search(&target, &scripts, &["--slo", "p95 < 200ms, failed < 5%"])
        .args(&[
            "--from",
            "20/s",
            "--at-most",
            "150/s",
            "--arrivals-even",
            "--passes",
            "2",
        ])
        .with_summary()
        .start();
    // Each level takes a few seconds.
    while !run.wait_for("search: ").contains("the knee is") {}
    let ended = run.end().with_code(0);
    let summary = ended.summary();
    let found = &summary["search"];
    assert_eq!(found["result"], "knee", "{found:#}");
    let knee = found["knee"].as_f64().unwrap();
    assert!((90.0..=110.0).contains(&knee), "{knee}: {found:#}");
    assert_eq!(found["unit"], "arrivals_per_second");
    let trials = found["trials"].as_array().unwrap();
    let levels: Vec<f64> = trials
        .iter()
        .map(|one| one["level"].as_f64().unwrap())
        .collect();
    assert_eq!(levels[..3], [20.0, 40.0, 80.0], "{levels:?}");
    assert!(levels.iter().all(|level| *level <= 150.0), "{levels:?}");
    assert_at_most(&target, 150.0);
    let sent = summary["requests"]["total"].as_u64().unwrap();
    assert_eq!(sent, target.count() as u64);
    let text = found["text"].as_str().unwrap();
    ended.said(&format!("search: {text}"));
    assert!(
        ended
            .stdout
            .contains("Search: the most arrivals with p95 < 200ms"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.ends_with(&format!("{text}\n")),
        "{}",
        ended.stdout
    );
}

#[test]
fn what_holds_up_to_the_most_is_said_and_nothing_is_sent_beyond() {
    let (target, scripts) = (Target::fine(), Folder::of("steady", TEN));
    let ended = search(&target, &scripts, &["--slo", "failed < 5%", "--json"])
        .args(&["--from", "2", "--at-most", "7", "--threads", "1"])
        .end()
        .with_code(0);
    let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let found = &summary["search"];
    assert_eq!(found["result"], "at_most", "{found:#}");
    assert_eq!(
        (found["knee"].as_f64(), &found["below"]),
        (Some(7.0), &serde_json::Value::Null)
    );
    let trials = found["trials"].as_array().unwrap();
    let levels: Vec<f64> = trials
        .iter()
        .map(|one| one["level"].as_f64().unwrap())
        .collect();
    assert_eq!(levels, [2.0, 4.0, 7.0]);
    ended.said("failed < 5% holds up to 7, which is --at-most");
    // Seven users of ten requests a second.
    assert_eq!(summary["run"]["users_peak"], 7);
    assert_at_most(&target, 70.0);
}

#[test]
fn an_objective_that_does_not_hold_at_the_lowest_level_is_exit_5() {
    let target = Target::new(|_| Answer::Status(503, "{}".to_owned()));
    let scripts = Folder::of("caller", ONE);
    let junit = scripts.root().join("search.xml");
    let ended = search(&target, &scripts, &["--slo", "failed < 1%", "--no-breaker"])
        .args(&["--from", "40/s", "--at-most", "100/s", "--report"])
        .arg(&junit)
        .with_summary()
        .end()
        .with_code(5);
    let text = "failed < 1% does not hold at 40/s, the lowest level: failed 100 %";
    ended.said(text);
    let summary = ended.summary();
    assert_eq!(summary["search"]["result"], "lowest");
    assert_eq!(summary["exit"]["reasons"][0]["text"], text);
    let junit = std::fs::read_to_string(junit).unwrap();
    assert!(junit.contains("does not hold at 40/s"), "{junit}");
    assert_at_most(&target, 40.0);
}

#[test]
fn a_load_that_could_not_be_put_on_is_the_limit_of_the_generator() {
    // Four users at a time, who wait for half a second each: eight sessions a second.
    let target = Target::new(|_| Answer::Late(Duration::from_millis(500), 200));
    let scripts = Folder::of("caller", ONE);
    let ended = search(
        &target,
        &scripts,
        &["--slo", "failed < 90%", "--max-users", "4"],
    )
    .args(&["--from", "20/s", "--at-most", "100/s", "--threads", "1"])
    .with_summary()
    .end()
    .with_code(7);
    ended.said("20/s is the generator's limit, not the target's: ");
    ended.said("of the arrivals were dropped (--max-users)");
    assert_eq!(ended.summary()["search"]["result"], "generator_limit");
}

#[test]
fn a_target_that_never_answers_is_exit_1() {
    let target = Target::new(|_| Answer::Bytes(Vec::new()));
    let scripts = Folder::of("caller", ONE);
    let ended = search(&target, &scripts, &["--slo", "p95 < 1s", "--no-breaker"])
        .args(&["--from", "20/s", "--at-most", "100/s"])
        .end()
        .with_code(1);
    ended.said("never answered");
}

#[test]
fn nobody_else_sets_the_level_and_a_signal_ends_a_search_with_what_is_known() {
    let (target, scripts) = (Target::fine(), Folder::of("caller", ONE));
    let keys = tempfile::tempdir().unwrap();
    let keys = keys.path().to_str().unwrap();
    let run = search(&target, &scripts, &["--slo", "failed < 5%"])
        .args(&["--from", "20/s", "--at-most", "100000/s"])
        .variable("XDG_RUNTIME_DIR", keys)
        .with_summary()
        .start();
    run.wait_for("search: 20/s holds: failed 0 %");
    for change in ["arrivals=5/s", "users=5", "curve=none"] {
        let set = throng(["ctl", "set", change]).variable("XDG_RUNTIME_DIR", keys);
        set.end()
            .with_code(1)
            .said("the level: is set by the search");
    }
    let set = throng(["ctl", "set", "error_rate=5"]).variable("XDG_RUNTIME_DIR", keys);
    set.end().with_code(0);
    run.signal("INT");
    let ended = run.end().with_code(0);
    let found = &ended.summary()["search"];
    assert_eq!(found["result"], "unfinished");
    assert!(found["knee"].as_f64().unwrap() >= 20.0, "{found:#}");
    let text = "the search is not finished: failed < 5% holds up to ";
    assert!(ended.stdout.contains(text), "{}", ended.stdout);
}

#[test]
fn a_dry_run_says_what_would_be_searched_and_sends_nothing() {
    let (target, scripts) = (Target::fine(), Folder::of("caller", ONE));
    let words = ["--slo", "p95 < 200ms", "--at-most", "320/s", "--dry-run"];
    let ended = search(&target, &scripts, &words).end().with_code(0);
    let line = "search       the most arrivals with p95 < 200ms, from 10/s to 320/s";
    assert!(ended.stdout.contains(line), "{}", ended.stdout);
    assert_eq!(target.count(), 0);
}
