//! Thresholds by the real program: the exit code, and the same verdict everywhere.

use std::time::Duration;

use super::program::run;
use super::{Answer, Folder, Target};

const BUSY: &str =
    "return { requests = 1000, think = 0.05, step = function() http.get '/page' end }";

const FOR_TWO_SECONDS: [&str; 6] = ["--users", "2", "--ramp", "0", "--duration", "2"];

#[test]
fn a_run_that_misses_a_threshold_says_which_and_exits_with_5() {
    let target = Target::new(|_| Answer::Status(500, "{}".to_owned()));
    let scripts = Folder::of("busy", BUSY);
    let ended = run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .args(&["--fail-if", "failed > 1%", "--fail-if", "p95 > 30s"])
        .fast()
        .with_summary()
        .end()
        .with_code(5);
    ended.said("threshold failed > 1%: 100 % (");
    let summary = ended.summary();
    let thresholds = summary["thresholds"].as_array().unwrap();
    assert_eq!(thresholds[0]["rule"], "failed > 1%");
    assert_eq!(thresholds[0]["result"], "failed");
    assert_eq!(thresholds[0]["value"], 1.0);
    let met = format!("100 % ({} requests)", target.count());
    assert_eq!(thresholds[0]["met"], met);
    assert_eq!(thresholds[1]["result"], "passed");
    assert_eq!(summary["stopped_by"], serde_json::Value::Null);
    let lines = format!("Thresholds\nfailed   failed > 1%  {met}\npassed   p95 > 30s    ");
    assert!(ended.stdout.contains(&lines), "{}", ended.stdout);
}

#[test]
fn a_run_that_holds_its_thresholds_is_a_success() {
    let (target, scripts) = (Target::fine(), Folder::of("busy", BUSY));
    run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .variable("THRONG_FAIL_IF", "failed > 1%; rate < 1/s;")
        .fast()
        .end()
        .with_code(0);
}

#[test]
fn a_threshold_that_aborts_ends_the_run() {
    let target = Target::new(|_| Answer::Status(500, "{}".to_owned()));
    let scripts = Folder::of("busy", BUSY);
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--continuous"],
    )
    .args(&[
        "--no-valve",
        "--breaker",
        "0",
        "--fail-if",
        "failed > 50% for 1s abort",
    ])
    .fast()
    .with_summary()
    .end()
    .with_code(5);
    ended.said("a threshold ends the run: failed > 50% for 1s abort: 100 % for ");
    assert!(ended.took < Duration::from_secs(20), "{:?}", ended.took);
    assert_eq!(ended.summary()["stopped_by"]["cause"], "threshold");
}

#[test]
fn a_name_that_was_never_seen_fails_unless_it_may_be_missing() {
    let (target, scripts) = (Target::fine(), Folder::of("busy", BUSY));
    let rule = ["--fail-if", "p99{name=\"/pgae\"} > 1s"];
    let ended = run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .args(&rule)
        .fast()
        .end()
        .with_code(5);
    ended.said("nothing of that name was seen; did you mean /page?; --allow-missing lets it pass");
    run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .args(&rule)
        .args(&[
            "--allow-missing",
            "--fail-if",
            "failed{type=\"bussy\"} > 1%",
        ])
        .fast()
        .end()
        .with_code(0)
        .said("there is no type bussy; did you mean busy?");
}

#[test]
fn a_target_that_never_answers_is_no_matter_of_thresholds() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap();
    let scripts = Folder::of("busy", BUSY);
    run(
        &format!("http://{nobody}"),
        &scripts.path(),
        &FOR_TWO_SECONDS,
    )
    .args(&["--fail-if", "errors > 1%"])
    .fast()
    .end()
    .with_code(1);
}
