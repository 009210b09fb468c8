//! `_crowd.lua`: once before the first user and once after the last.

use std::time::{Duration, Instant};

use super::program::run;
use super::{Answer, Folder, Target, browsing};

const CROWD: &str = "return {
    setup = function()
      local res = http.post '/setup'
      return { tenant = res:json().tenant, places = { 'a', 'b' } }
    end,
    teardown = function(crowd) http.delete('/{tenant}/{place}', { params = { tenant = crowd.tenant, place = crowd.places[2] } }) end,
}";

const USER: &str = "return { requests = 2, think = 0.01, step = function()
    http.get('/{tenant}', { params = { tenant = crowd.tenant } })
end }";

fn target() -> Target {
    Target::new(|_| Answer::Status(200, r#"{"tenant":"t42"}"#.to_owned()))
}

fn lines(target: &Target) -> Vec<String> {
    target
        .requests()
        .into_iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

#[test]
fn what_setup_returns_is_the_crowd_of_every_user_and_of_teardown() {
    let (target, scripts) = (target(), Folder::of("t", USER).with("_crowd", CROWD));
    let words = ["--users", "2", "--ramp", "0", "--threads", "2"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .end()
        .with_code(0);
    let expected = [
        "POST /setup",
        "GET /t42",
        "GET /t42",
        "GET /t42",
        "GET /t42",
        "DELETE /t42/b",
    ];
    assert_eq!(lines(&target), expected);
    assert_eq!(ended.summary()["requests"]["ok"], 6);
}

#[test]
fn a_journey_of_setup_or_teardown_is_lost_there() {
    let crowd = "return {
      setup = function() journey.begin('prepare') end,
      teardown = function() journey.begin('clear') end }";
    let (target, scripts) = (
        target(),
        Folder::of("t", &browsing(1)).with("_crowd", crowd),
    );
    let ended = run(&target.url(), &scripts.path(), &["--users", "1"])
        .with_summary()
        .end()
        .with_code(0);
    let journeys = ended.summary()["journeys"].take();
    let lost_at = |name: &str| {
        let mut all = journeys.as_array().unwrap().iter();
        let found = all.find(|one| one["name"] == name);
        found.unwrap()["lost_at"][0]["place"].clone()
    };
    assert_eq!(lost_at("prepare"), "setup");
    assert_eq!(lost_at("clear"), "teardown");
}

#[test]
fn teardown_runs_after_a_stop_too() {
    let (target, scripts) = (target(), Folder::of("t", USER).with("_crowd", CROWD));
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--continuous"],
    )
    .start();
    target.wait_for(5);
    run.signal("INT");
    run.end().with_code(0);
    assert_eq!(lines(&target).last().unwrap(), "DELETE /t42/b");
    assert_eq!(
        lines(&target)
            .iter()
            .filter(|line| line.starts_with("DELETE"))
            .count(),
        1
    );
}

#[test]
fn a_setup_that_fails_ends_the_run_before_its_first_user() {
    let crowd = "return {\n  setup = function() http.post '/setup' error 'no room' end,\n  teardown = function() http.post '/down' end }";
    let (target, scripts) = (
        target(),
        Folder::of("t", &browsing(1)).with("_crowd", crowd),
    );
    let ended = run(&target.url(), &scripts.path(), &["--users", "2"])
        .end()
        .with_code(1);
    ended.said("setup failed: scripts/_crowd.lua:2: no room");
    assert_eq!(lines(&target), ["POST /setup"]);
}

#[test]
fn a_teardown_that_fails_is_said_and_the_summary_comes_all_the_same() {
    let crowd = "return { teardown = function() error 'stuck' end }";
    let (target, scripts) = (
        target(),
        Folder::of("t", &browsing(1)).with("_crowd", crowd),
    );
    let ended = run(&target.url(), &scripts.path(), &["--users", "1"])
        .end()
        .with_code(0);
    ended.said("teardown failed: scripts/_crowd.lua:1: stuck");
    assert!(ended.stdout.contains("1 completed"), "{}", ended.stdout);
}

#[test]
fn what_setup_created_is_deleted_after_teardown() {
    let crowd = "return {
      setup = function()
        http.post('/rooms', { creates = { kind = 'room', id = '/tenant', delete = { path = '/rooms/{id}' } } })
      end,
      teardown = function() http.post '/down' end }";
    let (target, scripts) = (
        target(),
        Folder::of("t", &browsing(1)).with("_crowd", crowd),
    );
    run(
        &target.url(),
        &scripts.path(),
        &["--users", "1", "--cleanup"],
    )
    .end()
    .with_code(0);
    assert_eq!(
        lines(&target),
        [
            "POST /rooms",
            "GET /page",
            "POST /down",
            "DELETE /rooms/t42"
        ]
    );
}

#[test]
fn a_setup_that_waits_gives_way_to_a_signal() {
    let crowd = "return { setup = function() http.get('/never') end, teardown = function() http.get('/down') end }";
    let target = Target::new(|_| Answer::Never);
    let scripts = Folder::of("t", &browsing(1)).with("_crowd", crowd);
    let run = run(&target.url(), &scripts.path(), &["--users", "1"])
        .with_summary()
        .start();
    target.wait_for(1);
    let asked = Instant::now();
    run.signal("INT");
    let ended = run.end().with_code(0);
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(lines(&target), ["GET /never"]);
    assert_eq!(ended.summary()["requests"]["cancelled"], 1);
}

#[test]
fn a_second_signal_ends_a_teardown_that_waits() {
    let crowd = "return { teardown = function() http.get('/never') end }";
    let target = Target::new(|request| {
        if request.path == "/never" {
            Answer::Never
        } else {
            Answer::ok()
        }
    });
    let scripts = Folder::of("t", &browsing(1)).with("_crowd", crowd);
    let run = run(&target.url(), &scripts.path(), &["--users", "1"]).start();
    target.wait_for(2);
    let asked = Instant::now();
    run.signal_twice();
    run.end().with_code(130);
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
}
