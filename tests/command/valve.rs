//! The safety valve: a run that does harm ends itself, in order, and says why.

use std::time::Duration;

use super::program::run;
use super::{Answer, Folder, Target, browsing};

/// A type whose users never have enough, ten requests a second each.
const BUSY: &str = "return { requests = 1000, think = 0.1,
    step = function() http.get '/page' end,
    on_stop = function() http.get '/bye' end }";

const TWO: [&str; 5] = ["--users", "2", "--ramp", "0", "--continuous"];

fn answering(status: u16) -> Target {
    Target::new(move |request| match request.path.as_str() {
        "/page" => Answer::Status(status, "{}".to_owned()),
        _ => Answer::ok(),
    })
}

#[test]
fn a_run_whose_every_request_fails_ends_itself_and_says_by_which_rule() {
    let (target, scripts) = (answering(500), Folder::of("busy", BUSY));
    let ended = run(&target.url(), &scripts.path(), &TWO)
        .args(&["--stop-if", "failed > 90% for 2s"])
        .fast()
        .with_summary()
        .end()
        .with_code(6);
    ended.said("the safety valve ends the run: failed > 90% for 2s: 100 % for ");
    ended.said("--stop-if sets other rules, --no-valve none");
    ended.said("the run was ended by its safety valve: failed > 90% for 2s: 100 % for ");
    assert!(ended.took < Duration::from_secs(15), "{:?}", ended.took);
    let summary = ended.summary();
    let stop = &summary["stopped_by"];
    assert_eq!(stop["rule"], "failed > 90% for 2s");
    let figures = stop["figures"].as_str().unwrap();
    assert!(
        figures.starts_with("100 % for ") && figures.ends_with(" requests)"),
        "{figures}"
    );
    let at = stop["at_seconds"].as_f64().unwrap();
    assert!((1.8..8.0).contains(&at), "{at}");
    let stopped = format!("stopped   by its safety valve: failed > 90% for 2s: {figures}\n");
    assert!(ended.stdout.contains(&stopped), "{}", ended.stdout);
    let events = summary["reload_status"]["events"].as_array().unwrap();
    let event = events
        .iter()
        .find(|event| event["what"] == "valve")
        .unwrap();
    assert_eq!(event["text"], format!("failed > 90% for 2s: {figures}"));
    // It ended as by a first signal: nothing was cut, and users took their leave.
    assert_eq!(summary["requests"]["cancelled"], 0);
    assert_eq!(summary["sessions"]["interrupted"], 2);
    let byes = target
        .requests()
        .iter()
        .filter(|request| request.path == "/bye")
        .count();
    assert_eq!(byes, 2);
    assert_eq!(summary["requests"]["total"], target.count());
}

#[test]
fn a_run_without_a_valve_goes_on() {
    let (target, scripts) = (answering(500), Folder::of("busy", BUSY));
    let words = ["--users", "2", "--ramp", "0", "--duration", "4"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .arg("--no-valve")
        .variable("THRONG_STOP_IF", "failed > 90% for 1s; errors > 1% for 1s")
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    assert_eq!(summary["stopped_by"], serde_json::Value::Null);
    assert!(summary["run"]["seconds"].as_f64().unwrap() >= 4.0);
    assert!(!ended.stdout.contains("valve"), "{}", ended.stdout);
}

#[test]
fn a_run_that_does_well_is_left_alone() {
    let (target, scripts) = (Target::fine(), Folder::of("busy", BUSY));
    let words = ["--users", "2", "--ramp", "0", "--duration", "4"];
    let rules = "failed > 1% for 1s;errors > 1% for 1s;p99 > 5s for 1s;script_errors > 1% for 1s";
    let ended = run(&target.url(), &scripts.path(), &words)
        .variable("THRONG_STOP_IF", rules)
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(ended.summary()["stopped_by"], serde_json::Value::Null);
}

#[test]
fn a_target_that_refuses_connections_meets_the_rule_of_errors() {
    // A port of which nobody takes care: it was free just now.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap();
    let scripts = Folder::of("browse", &browsing(5));
    let words = ["--users", "30", "--ramp", "3", "--continuous"];
    let ended = run(&format!("http://{nobody}"), &scripts.path(), &words)
        .args(&["--stop-if", "errors > 50% for 2s"])
        .fast()
        .with_summary()
        .end()
        .with_code(1);
    let summary = ended.summary();
    assert_eq!(summary["stopped_by"]["rule"], "errors > 50% for 2s");
    assert_eq!(summary["requests"]["error"], summary["requests"]["total"]);
    assert_eq!(summary["errors"][0]["kind"], "connect");
}

#[test]
fn a_slow_target_meets_the_rule_of_times() {
    let scripts = Folder::of("busy", BUSY);
    let target = Target::new(|_| Answer::Late(Duration::from_millis(400), 200));
    let ended = run(&target.url(), &scripts.path(), &TWO)
        .args(&[
            "--stop-if",
            "p99 > 300ms for 2s",
            "--stop-if",
            "failed > 5% for 1s",
        ])
        .fast()
        .with_summary()
        .end()
        .with_code(6);
    let stop = ended.summary()["stopped_by"].take();
    assert_eq!(stop["rule"], "p99 > 300ms for 2s");
    let figures = stop["figures"].as_str().unwrap();
    assert!(
        figures.contains("ms") || figures.contains("s for"),
        "{figures}"
    );
}

#[test]
fn a_run_that_its_valve_ended_is_cleaned_up() {
    let target = Target::new(|request| match request.method.as_str() {
        "POST" => Answer::Status(201, format!("{{\"id\":\"{}\"}}", request.path.len())),
        "DELETE" => Answer::ok(),
        _ => Answer::Status(503, "{}".to_owned()),
    });
    let script = "return { requests = 1000, think = 0.1,
        on_start = function()
          http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' } } })
        end,
        step = function() http.get '/page' end }";
    let scripts = Folder::of("maker", script);
    let ended = run(&target.url(), &scripts.path(), &TWO)
        .args(&["--cleanup", "--stop-if", "unexpected > 80% for 2s"])
        .fast()
        .with_summary()
        .end()
        .with_code(6);
    assert_eq!(
        ended.summary()["stopped_by"]["rule"],
        "unexpected > 80% for 2s"
    );
    let count = |method: &str| {
        let requests = target.requests();
        requests
            .iter()
            .filter(|request| request.method == method)
            .count()
    };
    assert_eq!((count("POST"), count("DELETE")), (2, 2));
    assert!(!ended.stderr.contains("left behind"), "{}", ended.stderr);
}

#[test]
fn a_signal_after_the_valve_changes_nothing_and_two_cut_the_run() {
    let scripts = Folder::of("busy", BUSY);
    let target = Target::new(|request| match request.path.as_str() {
        "/page" => Answer::Status(500, "{}".to_owned()),
        _ => Answer::Never,
    });
    let run = run(&target.url(), &scripts.path(), &TWO)
        .args(&["--stop-if", "failed > 90% for 1s"])
        .fast()
        .with_summary()
        .start();
    run.wait_for("the safety valve ends the run");
    run.signal_twice();
    let summary = run.end().with_code(130).summary();
    assert_eq!(
        summary["stopped_by"]["rule"], "failed > 90% for 1s",
        "why it ended is told all the same"
    );
}
