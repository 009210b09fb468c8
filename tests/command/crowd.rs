//! Who comes, when, how often, and how long they stay.

use std::collections::BTreeMap;
use std::time::Duration;

use super::program::run;
use super::service::{ask, samples};
use super::{Folder, Target, browsing, throng};
use crate::support::patience::until;

/// Requests by path.
fn paths(target: &Target) -> BTreeMap<String, usize> {
    let mut paths = BTreeMap::new();
    for request in target.requests() {
        *paths.entry(request.path).or_default() += 1;
    }
    paths
}

/// A type whose every request names the user.
fn named(settings: &str) -> String {
    format!(
        "return {{ {settings}, steps = {{ {{ 1, function(user) http.get('/{{who}}', {{ params = {{ who = user.type .. '-' .. user.id }} }}) end }} }} }}"
    )
}

#[test]
fn ten_users_of_the_four_weights_are_two_five_two_and_one() {
    let target = Target::fine();
    let mut scripts = Folder::new();
    for (name, weight) in [("new", 20), ("active", 50), ("admin", 20), ("power", 10)] {
        scripts = scripts.with(
            name,
            &named(&format!("weight = {weight}, requests = 1, think = 0")),
        );
    }
    let ended = run(&target.url(), &scripts.path(), &["--users", "10"])
        .with_summary()
        .end()
        .with_code(0);
    let mut users = BTreeMap::new();
    for (path, requests) in paths(&target) {
        assert_eq!(requests, 1, "each user lives one session of one request");
        *users
            .entry(path[1..].split('-').next().unwrap().to_owned())
            .or_insert(0) += 1;
    }
    let users: Vec<(&str, i32)> = users
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    assert_eq!(
        users,
        [("active", 5), ("admin", 2), ("new", 2), ("power", 1)]
    );
    let summary = ended.summary();
    let sessions: BTreeMap<&str, u64> = summary["types"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| {
            (
                kind["name"].as_str().unwrap(),
                kind["sessions"]["completed"].as_u64().unwrap(),
            )
        })
        .filter(|(_, sessions)| *sessions > 0)
        .collect();
    assert_eq!(
        sessions,
        BTreeMap::from([("active", 5), ("admin", 2), ("new", 2), ("power", 1)])
    );
    assert_eq!(summary["run"]["users"], 10);
}

#[test]
fn only_the_types_that_are_asked_for_come() {
    let target = Target::fine();
    let scripts = Folder::of("a", &named("requests = 1, weight = 30"))
        .with("b", &named("requests = 1, weight = 10"))
        .with("c", &named("requests = 1, weight = 60"));
    run(
        &target.url(),
        &scripts.path(),
        &["--users", "4", "--user-types", "b,a"],
    )
    .end()
    .with_code(0);
    let kinds: Vec<String> = paths(&target)
        .into_keys()
        .map(|path| path[1..2].to_owned())
        .collect();
    assert_eq!(kinds, ["a", "a", "a", "b"]);
}

#[test]
fn a_session_has_as_many_requests_as_its_type_and_the_limits_allow() {
    let per_user = |settings: &str, words: &[&str]| {
        let (target, scripts) = (
            Target::fine(),
            Folder::of("t", &named(&format!("think = 0, {settings}"))),
        );
        let words: Vec<&str> = ["--users", "12", "--ramp", "0"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        run(&target.url(), &scripts.path(), &words)
            .end()
            .with_code(0);
        let counts: Vec<usize> = paths(&target).into_values().collect();
        assert_eq!(counts.len(), 12);
        (*counts.iter().min().unwrap(), *counts.iter().max().unwrap())
    };
    let (fewest, most) = per_user("requests = { 4, 8 }", &[]);
    assert!(4 <= fewest && fewest < most && most <= 8, "{fewest} {most}");
    let (fewest, most) = per_user(
        "requests = { 1, 90 }",
        &["--min-requests", "6", "--max-requests", "9"],
    );
    assert!(6 <= fewest && fewest < most && most <= 9, "{fewest} {most}");
    assert_eq!(
        per_user("requests = { 1, 4 }", &["--min-requests", "7"]),
        (7, 7)
    );
    let (fewest, most) = per_user("weight = 1", &[]);
    assert!(
        10 <= fewest && fewest < most && most <= 100,
        "{fewest} {most}"
    );
}

#[test]
fn requests_of_the_start_count_and_those_of_the_stop_come_after() {
    let target = Target::fine();
    let script = "return { requests = 5, think = 0,
        on_start = function() http.get '/start' http.get '/start' end,
        step = function() http.get '/step' end,
        on_stop = function() http.get '/stop' end }";
    let scripts = Folder::of("t", script);
    run(&target.url(), &scripts.path(), &["--users", "1"])
        .end()
        .with_code(0);
    let order: Vec<String> = target
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(
        order,
        ["/start", "/start", "/step", "/step", "/step", "/stop"]
    );
}

#[test]
fn so_many_sessions_and_not_one_more() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let words = [
        "--users",
        "4",
        "--ramp",
        "0",
        "--sessions",
        "11",
        "--threads",
        "2",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(target.count(), 33);
    assert_eq!(ended.summary()["sessions"]["completed"], 11);
    assert_eq!(ended.summary()["sessions"]["total"], 11);
}

#[test]
fn fewer_sessions_than_users_are_that_many() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1)));
    let words = ["--users", "40", "--ramp", "0", "--sessions", "3"];
    run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    assert_eq!(target.count(), 3);
}

#[test]
fn a_duration_keeps_the_crowd_at_its_size_and_ends_on_time() {
    let target = Target::fine();
    let script = "return { requests = 2, think = 0.2, step = function() http.get '/page' end }";
    let (scripts, url) = (Folder::of("brief", script), target.url());
    let line = [
        "run",
        "--listen",
        "127.0.0.1:0",
        "--duration",
        "15",
        "--users",
        "8",
        "--ramp",
        "2.5",
        "--base-url",
        &url,
        "--script-dir",
    ];
    let run = throng(line).arg(scripts.path());
    let run = run.fast().with_summary().start();
    let address = run.metrics_address();
    let alive = || {
        let (_, text) = ask(address, "GET", "/metrics", None, None);
        samples(&text, "throng_users")
            .first()
            .map_or(0.0, |sample| sample.1)
    };
    until("all of them", || alive() == 8.0);
    for _ in 0..3 {
        target.wait_for(target.count() + 20);
        assert_eq!(alive(), 8.0);
    }
    let ended = run.end().with_code(0);
    let summary = ended.summary();
    let seconds = summary["run"]["seconds"].as_f64().unwrap();
    assert!((15.0..17.5).contains(&seconds), "{seconds}");
    assert!(ended.took < Duration::from_secs(5), "{:?}", ended.took);
    assert_eq!(summary["requests"]["cancelled"], 0);
    assert_eq!(summary["requests"]["total"], target.count());
    assert_eq!(summary["requests"]["ok"], target.count());
    // A session takes a second or less; each user lives many.
    let completed = summary["sessions"]["completed"].as_u64().unwrap();
    assert!(completed > 5 * 8, "{completed}");
    assert!(summary["sessions"]["interrupted"].as_u64().unwrap() <= 8);
}

#[test]
fn a_run_without_an_end_goes_on_until_a_signal() {
    let (target, scripts) = (
        Target::fine(),
        Folder::of("t", &named("requests = 1, think = 0.02")),
    );
    let mut run = run(
        &target.url(),
        &scripts.path(),
        &["--continuous", "--users", "2", "--ramp", "0"],
    )
    .with_summary()
    .start();
    target.wait_for(40);
    assert!(run.is_running());
    run.signal("TERM");
    let ended = run.end().with_code(0);
    assert_eq!(ended.summary()["requests"]["ok"], target.count());
    assert!(ended.stdout.contains("sessions"), "{}", ended.stdout);
}

#[test]
fn users_arrive_evenly_over_the_ramp_and_the_first_at_once() {
    let (target, scripts) = (
        Target::fine(),
        Folder::of("t", &named("requests = 1, think = 0")),
    );
    let before = std::time::Instant::now();
    run(
        &target.url(),
        &scripts.path(),
        &["--users", "20", "--ramp", "2"],
    )
    .end()
    .with_code(0);
    let requests = target.requests();
    assert_eq!(requests.len(), 20);
    assert!(
        requests[0].at - before < Duration::from_secs(1),
        "{:?}",
        requests[0].at - before
    );
    let first = requests[0].at;
    for (index, request) in requests.iter().enumerate() {
        assert_eq!(
            request.path,
            format!("/t-{index}"),
            "users come in the order of their numbers"
        );
        let due = Duration::from_millis(100) * u32::try_from(index).unwrap();
        let late = (request.at - first).as_secs_f64() - due.as_secs_f64();
        assert!(
            (-0.08..0.5).contains(&late),
            "user {index} came {late} s late"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_requests() {
    let script = "return { requests = { 3, 9 }, think = 0, step = function(user)
        http.get('/' .. user.id .. '/' .. random.int(1, 1000000)) end }";
    let scripts = Folder::of("t", script);
    let paths_of = |seed: &str| {
        let target = Target::fine();
        run(
            &target.url(),
            &scripts.path(),
            &["--users", "5", "--ramp", "0", "--seed", seed],
        )
        .end()
        .with_code(0);
        paths(&target)
    };
    assert_eq!(paths_of("7"), paths_of("7"));
    assert_ne!(paths_of("7"), paths_of("8"));
}
