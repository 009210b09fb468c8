//! What spares a target, as the program says and counts it.

use std::net::TcpListener;
use std::time::Duration;

use super::program::{run, throng};
use super::{Folder, Service, Target};

const LOOK: &str = "return { requests = 100000, think = 0.01, steps = { { 1, function() http.get '/health' end } } }";

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
        "--duration",
        "12",
        "--threads",
        "2",
    ];
    let run = run(&url, &scripts.path(), &words).with_summary().start();
    std::thread::sleep(Duration::from_secs(1));
    service.stop();
    run.wait_for("circuit breaker opened: http://");
    std::thread::sleep(Duration::from_secs(1));
    let service = Service::start_at(address);
    run.wait_for("circuit breaker closed: http://");
    std::thread::sleep(Duration::from_millis(500));
    let before: u64 = service.counted().values().sum();
    std::thread::sleep(Duration::from_secs(1));
    let after: u64 = service.counted().values().sum();
    assert!(after - before > 300, "{before} -> {after}");
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
        .with_summary()
        .end()
        .with_code(6);
    assert!((3..9).contains(&ended.took.as_secs()), "{:?}", ended.took);
    let summary = ended.summary();
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
    ended.said("steps[1] has heavy = 4; it takes true, or 1 to 3, where 3 is left out first");
}
