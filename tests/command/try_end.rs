//! `throng try`: what belongs to its trace beside the session, and what does not.

use std::os::fd::OwnedFd;

use serde_json::Value;

use super::{Answer, Folder, Target, throng};

const LOOKS: &str = "return { requests = 1, think = 0, step = function() http.get '/looks' end }";

fn target() -> Target {
    Target::new(|_| Answer::Status(200, "{}".to_owned()))
}

#[test]
fn thresholds_of_the_plan_are_not_judged_by_one_session() {
    let (target, scripts) = (target(), Folder::one(LOOKS));
    let plan = "fail_if = ['rate < 1000', 'p95 > 1us']\n";
    scripts.write("scripts/throng.toml", plan);
    let ended = throng(["try", "one", "--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .end()
        .with_code(0);
    let words = "The 2 thresholds of the plan are not judged: one session says nothing about them.";
    assert!(ended.stdout.contains(words), "{}", ended.stdout);
    assert!(!ended.stderr.contains("threshold"), "{}", ended.stderr);
}

#[test]
fn setup_and_teardown_are_part_of_the_trace() {
    let (target, scripts) = (target(), Folder::one(LOOKS));
    let crowd =
        "return { setup = function() http.post('/made', { json = { token = 't0psecret' } }) end,
      teardown = function() http.get '/gone' error 'on purpose' end }";
    scripts.write("scripts/_crowd.lua", crowd);
    let file = scripts.path().with_file_name("trace.json");
    let ended = throng(["try", "one", "--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .args(&["--json", &file.display().to_string()])
        .end()
        .with_code(0);
    let mut rest = ended.stdout.as_str();
    for part in [
        "setup of _crowd.lua",
        "POST /made  200",
        "ok after",
        "one #0, session 1",
        "GET /looks  200",
        "session completed",
        "teardown of _crowd.lua",
        "GET /gone  200",
        "error at scripts/_crowd.lua:2: on purpose",
    ] {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("{part} is not there:\n{}", ended.stdout));
        rest = &rest[at + part.len()..];
    }
    assert!(!ended.stdout.contains("t0psecret"), "{}", ended.stdout);
    let trace: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let events = trace["events"].as_array().unwrap();
    let times: Vec<f64> = events
        .iter()
        .filter_map(|event| event["at"].as_f64())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let calls = events.iter().filter(|event| event["event"] == "call");
    let numbers: Vec<_> = calls.map(|call| call["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn a_signal_where_it_stops_ends_it_and_the_page_is_written() {
    let (target, scripts) = (target(), Folder::one(LOOKS));
    let page = scripts.path().with_file_name("trace.html");
    // Nobody types anything, and the pipe stays open.
    let (input, _open) = std::io::pipe().unwrap();
    let run = throng(["try", "one", "--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .args(&["--step", "--html", &page.display().to_string()])
        .input(OwnedFd::from(input).into())
        .start();
    run.wait_on_stdout("stopped before step");
    run.signal("INT");
    let ended = run.end();
    assert!(
        ended.stdout.contains("session interrupted"),
        "{}",
        ended.stdout
    );
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("session_ended"), "{html}");
}
