//! Ctrl-C and SIGTERM: once ends the run in order, twice at once.

use std::time::{Duration, Instant};

use super::program::run;
use super::{Answer, Folder, Target};

const SLOW: &str = "return { requests = 50, think = 0,
    step = function() http.get '/slow' end,
    on_stop = function() http.get '/bye' end }";

fn slow_target(pause: Duration) -> Target {
    Target::new(move |request| match request.path.as_str() {
        "/slow" => Answer::Late(pause, 200),
        _ => Answer::ok(),
    })
}

fn stops_in_order(signal: &str) {
    let (target, scripts) = (
        slow_target(Duration::from_millis(1_500)),
        Folder::of("slow", SLOW),
    );
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "3", "--ramp", "0", "--duration", "1h"],
    )
    .with_summary()
    .start();
    target.wait_for(3);
    run.signal(signal);
    let asked = Instant::now();
    let ended = run.end().with_code(0);
    assert!(
        asked.elapsed() > Duration::from_secs(1),
        "requests in flight were let finish"
    );
    let paths: Vec<String> = target
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/slow", "/slow", "/slow", "/bye", "/bye", "/bye"]);
    let summary = ended.summary();
    assert_eq!(summary["requests"]["ok"], 6);
    assert_eq!(summary["requests"]["cut"], 0);
    assert_eq!(summary["sessions"]["stopped"], 3);
    assert!(
        ended.stdout.contains("3 stopped before their end"),
        "{}",
        ended.stdout
    );
}

#[test]
fn an_interrupt_lets_requests_in_flight_finish_and_users_leave() {
    stops_in_order("INT");
}

#[test]
fn a_termination_is_the_same_as_an_interrupt() {
    stops_in_order("TERM");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (target, scripts) = (Target::new(|_| Answer::Never), Folder::of("slow", SLOW));
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "3", "--ramp", "0"],
    )
    .with_summary()
    .start();
    target.wait_for(3);
    run.signal("INT");
    std::thread::sleep(Duration::from_millis(200));
    let asked = Instant::now();
    run.signal("INT");
    let ended = run.end().with_code(130);
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
    let summary = ended.summary();
    assert_eq!(
        summary["requests"]["cut"], 3,
        "what was in flight is counted"
    );
    assert_eq!(summary["requests"]["total"], 3);
    assert!(
        ended.stdout.contains("requests"),
        "the summary is printed: {}",
        ended.stdout
    );
}

#[test]
fn users_that_think_leave_at_once_and_those_of_the_ramp_never_come() {
    let script = "return { requests = 50, think = 60,
        step = function() http.get '/step' end, on_stop = function() http.get '/bye' end }";
    let script = script.replace(
        "requests",
        "on_start = function() http.get '/hello' end, requests",
    );
    let (target, scripts) = (Target::fine(), Folder::of("t", &script));
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "10", "--ramp", "1h"],
    )
    .with_summary()
    .start();
    target.wait_for(1);
    run.signal("INT");
    let asked = Instant::now();
    let ended = run.end().with_code(0);
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
    let paths: Vec<String> = target
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/hello", "/bye"]);
    assert_eq!(ended.summary()["sessions"]["total"], 1);
}

#[test]
fn requests_in_flight_finish_beside_a_branch_that_the_stop_holds_up() {
    let script = "return { requests = 9, think = 0, step = function()
        parallel {
          function() http.get '/slow' end,
          function() think(0.3) http.get '/never' end,
        }
    end }";
    let target = slow_target(Duration::from_millis(1_000));
    let scripts = Folder::of("both", script);
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--ramp", "0"],
    )
    .with_summary()
    .start();
    target.wait_for(2);
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    assert_eq!(summary["requests"]["ok"], 2);
    assert_eq!(summary["requests"]["total"], 2);
    assert_eq!(target.count(), 2);
}
