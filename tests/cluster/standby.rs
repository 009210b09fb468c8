//! Coordinators that are lost, and those that take a run over.

use std::time::Duration;

use super::{requests, run, worker};
use crate::support::nats::Nats;
use crate::support::program::{FAST, Run};
use crate::support::scripts::Folder;
use crate::support::target::Target;

const SCRIPT: &str = "return { requests = 100000, think = 0.1, \
                      steps = { { 1, function() http.get('/page') end } } }";

/// Two workers of a run whose clock goes fast.
fn two_workers(nats: &Nats) -> [Run; 2] {
    ["a", "b"].map(|name| {
        worker(nats, name, &["--once", "--threads", "1"])
            .fast()
            .start()
    })
}

/// Waits for so many seconds of a fast run.
fn wait(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds / FAST));
}

#[test]
fn a_second_coordinator_of_a_run_is_refused() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let words = [
        "--run-id",
        "twice",
        "--users",
        "4",
        "--ramp",
        "0",
        "--duration",
        "600",
    ];
    let first = run(&nats, 2, &target.url(), &scripts.path(), &words).start();
    first.wait_for("run twice waits for 2 worker(s)");
    let second = run(&nats, 2, &target.url(), &scripts.path(), &words);
    let second = second.end().with_code(1);
    second.said("run twice is led by throng run on ");
    second.said("give another --run-id");
    first.signal("INT");
}

#[test]
fn without_a_coordinator_users_go_on_for_a_minute_and_stop() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let workers = two_workers(&nats);
    let words = ["--users", "8", "--ramp", "0", "--duration", "600"];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .fast()
        .start();
    target.wait_for(100);
    run.signal("KILL");
    wait(40.0);
    let before = target.count();
    wait(5.0);
    assert!(target.count() > before, "users stopped before their time");
    for worker in workers {
        let ended = worker.end().with_code(1);
        ended.said("has no coordinator: users go on for up to 60 s");
        ended.said("users stop");
    }
    let after = target.count();
    wait(5.0);
    assert_eq!(target.count(), after, "users go on");
}
