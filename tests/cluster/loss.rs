//! Workers that are lost: what the run does, and what it says of the counts.

use std::time::Duration;

use super::{requests, run, worker};
use crate::support::nats::Nats;
use crate::support::program::{Ended, FAST, Run};
use crate::support::scripts::Folder;
use crate::support::target::Target;

const SCRIPT: &str = "return { requests = 100000, think = 0.1, \
                      steps = { { 1, function() http.get('/page') end } } }";

/// Sends a signal to one of two workers of a run that goes on for so many seconds of its own clock; gives how the run
/// ended, the other worker, and what the target was asked for.
fn ended_by(signal: &str, on_loss: &str, seconds: &str) -> (Ended, Run, u64) {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let start = |name| {
        worker(&nats, name, &["--once", "--threads", "1"])
            .fast()
            .start()
    };
    let (kept, lost) = (start("kept"), start("lost"));
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--duration",
        seconds,
        "--on-loss",
        on_loss,
    ];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .fast()
        .with_summary()
        .start();
    target.wait_for(100);
    lost.signal(signal);
    let ended = run.end();
    let asked = target.count() as u64;
    (ended, kept, asked)
}

#[test]
fn a_worker_that_is_killed_ends_the_run_which_has_failed() {
    let (ended, kept, _) = ended_by("KILL", "abort", "600");
    ended.said("worker lost is lost: no heartbeat for 20 s");
    let summary = ended.with_code(1).summary();
    let all = summary["cluster"]["workers"].as_array().unwrap();
    let lost = all.iter().find(|worker| worker["name"] == "lost").unwrap();
    assert_eq!(lost["state"], "lost", "{summary:#}");
    kept.end().with_code(0);
}

#[test]
fn a_run_may_go_on_without_a_worker_and_is_not_valid() {
    let (ended, kept, asked) = ended_by("KILL", "degrade", "60");
    ended.said("the run goes on without its users");
    ended.said("throng cleanup there");
    assert!(ended.stdout.contains("gap at least"), "{}", ended.stdout);
    let summary = ended.with_code(0).summary();
    let states = summary["cluster"]["workers"].as_array().unwrap();
    let state = |name: &str| {
        let of = states.iter().find(|one| one["name"] == name);
        of.unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (state("kept"), state("lost")),
        ("done".to_owned(), "lost".to_owned())
    );
    assert_ne!(summary["generator"]["verdict"], "valid");
    let reasons = summary["generator"]["reasons"].as_array().unwrap();
    let mut reasons = reasons.iter().map(|one| &one["reason"]);
    assert!(reasons.any(|reason| reason == "worker_lost"));
    // What it had sent after its last heartbeat nobody knows of.
    let gap = summary["cluster"]["gap"].as_u64().unwrap();
    assert!(
        requests(&summary) + gap <= asked && requests(&summary) > asked / 2,
        "{gap} and {asked}: {summary:#}"
    );
    assert_eq!(summary["cluster"]["gap_is_exact"], false);
    kept.end().with_code(0);
}

#[test]
fn a_run_goes_on_without_a_worker_that_is_stopped_and_does_not_wait_for_its_clean_up() {
    let (ended, kept, asked) = ended_by("INT", "degrade", "60");
    ended.said("worker lost was stopped; the run goes on without its users");
    assert!(ended.took < Duration::from_secs(30), "{:?}", ended.took);
    let summary = ended.with_code(0).summary();
    // Its last counts have come all the same.
    assert_eq!(summary["cluster"]["gap"], 0);
    assert_eq!(summary["cluster"]["gap_is_exact"], true);
    assert_eq!(requests(&summary), asked);
    let reasons = summary["generator"]["reasons"].as_array().unwrap();
    let mut reasons = reasons.iter().map(|one| &one["reason"]);
    assert!(reasons.any(|reason| reason == "worker_lost"), "{summary:#}");
    kept.end().with_code(0);
}

#[test]
fn a_worker_that_is_stopped_ends_a_run_that_needs_it() {
    let (ended, kept, _) = ended_by("INT", "abort", "600");
    ended.said("worker lost was stopped; the run ends");
    assert!(ended.took < Duration::from_secs(30), "{:?}", ended.took);
    ended.with_code(1);
    kept.end().with_code(0);
}

#[test]
fn a_worker_waits_for_one_that_comes_later_than_a_lost_one_is_given_up() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of(
        "asker",
        "return { requests = 3, think = 0, steps = { { 1, function() http.get('/page') end } } }",
    );
    let start = |name| {
        worker(&nats, name, &["--once", "--threads", "1"])
            .fast()
            .start()
    };
    let early = start("early");
    let words = ["--users", "8", "--ramp", "0"];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .fast()
        .with_summary()
        .start();
    early.wait_for("has place");
    // The wait is what is tested: more than 20 s of the run's clock.
    std::thread::sleep(Duration::from_secs_f64(25.0 / FAST));
    let late = start("late");
    let summary = run.end().with_code(0).summary();
    assert_eq!(requests(&summary), 24);
    for worker in summary["cluster"]["workers"].as_array().unwrap() {
        assert_eq!(worker["state"], "done", "{worker}");
    }
    early.end().with_code(0);
    late.end().with_code(0);
}
