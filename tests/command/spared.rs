//! What spares a target, as the program says and counts it.

use std::net::TcpListener;

use super::program::{run, throng};
use super::{Folder, Service, Target};
use crate::support::patience::until;

const LOOK: &str = "return { requests = 100000, think = 0.05, steps = { { 1, function() http.get '/health' end } } }";

#[test]
fn a_crowd_goes_on_after_a_restart_of_the_service() {
    let service = Service::start();
    let (address, url) = (service.address(), service.url());
    let scripts = Folder::of("look", LOOK);
    let words = [
        "--users",
        "100",
        "--ramp",
        "0",
        "--continuous",
        "--threads",
        "2",
    ];
    let run = run(&url, &scripts.path(), &words);
    let run = run.fast().with_summary().start();
    let asked = |service: &Service| service.counted().values().sum::<u64>();
    until("a crowd", || asked(&service) > 300);
    service.stop();
    run.wait_for("circuit breaker opened: http://");
    let service = Service::start_at(address);
    run.wait_for("circuit breaker closed: http://");
    let before = asked(&service);
    until("the crowd again", || asked(&service) > before + 500);
    run.signal("INT");
    let ended = run.end().with_code(0);
    let summary = ended.summary();
    let breaker = &summary["protection"]["breaker"];
    assert!(breaker["opens"].as_u64().unwrap() >= 1, "{breaker}");
    let scope = &breaker["scopes"][0];
    assert_eq!(
        (&scope["kind"], &scope["name"]),
        (&"host".into(), &url.as_str().into())
    );
    assert_eq!(scope["state"], "closed");
    assert!(ended.stdout.contains("\nprotected "), "{}", ended.stdout);
}

#[test]
fn a_target_that_stays_dead_ends_the_run_as_soon_as_without_a_breaker() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{nobody}");
    let scripts = Folder::of("look", LOOK);
    let words = [
        "--users",
        "60",
        "--ramp",
        "0",
        "--duration",
        "30",
        "--stop-if",
        "errors > 50% for 4s",
    ];
    let ended = run(&url, &scripts.path(), &words)
        .fast()
        .with_summary()
        .end()
        .with_code(1);
    let summary = ended.summary();
    let at = summary["stopped_by"]["at_seconds"].as_f64().unwrap();
    assert!((3.0..9.0).contains(&at), "{at}");
    let total = summary["requests"]["total"].as_u64().unwrap();
    assert!((20..=75).contains(&total), "{total} requests and tries");
    assert_eq!(summary["requests"]["error"], total);
    let waited = summary["protection"]["breaker"]["requests"]
        .as_u64()
        .unwrap();
    assert!(waited >= 40, "{waited}");
}

#[test]
fn limits_are_shown_with_the_plan() {
    let target = Target::fine();
    let scripts = Folder::of("look", LOOK);
    let words = [
        "--dry-run",
        "--max-rps",
        "50",
        "--max-connections",
        "7",
        "--breaker",
        "5",
        "--degrade",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    let said = "limits       50 requests/s, 7 connections, circuit breaker after 5 failures, degradation\n";
    assert!(ended.stdout.contains(said), "{}", ended.stdout);
}

#[test]
fn heavy_is_checked_with_the_scripts() {
    let script = "return { steps = { { 1, function() end, heavy = 4 } } }";
    let scripts = Folder::of("look", script);
    let ended = throng(["run", "--dry-run", "--script-dir"])
        .arg(scripts.path())
        .end()
        .with_code(3);
    ended.said("steps[1] has heavy = 4; it takes true, or 1 to 3, where 3 is skipped first");
}
