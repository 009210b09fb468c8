//! A worker whose process is stopped for a while (SIGSTOP): a short while costs nothing; after a long one it wakes up fenced.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{requests, run, worker};
use crate::support::nats::Nats;
use crate::support::program::FAST;
use crate::support::scripts::Folder;
use crate::support::target::Target;

const SCRIPT: &str = "return { requests = 100000, think = 0.02, \
                      steps = { { 1, function(user) http.get('/page/' .. user.id) end } } }";

/// What is left in sockets when a process stops has arrived after this.
const SETTLED: Duration = Duration::from_millis(200);

/// Stops one of two workers for so many seconds of the run's clock. Gives the summary, the target, and since when the worker
/// was stopped, and when it woke up.
fn stopped_for(seconds: f64) -> (serde_json::Value, Target, (Instant, Instant)) {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let start = |name| worker(&nats, name, &["--threads", "1"]).fast().start();
    let (_kept, frozen) = (start("kept"), start("frozen"));
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--duration",
        "75",
        "--on-loss",
        "degrade",
    ];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .fast()
        .with_summary()
        .start();
    target.wait_for(500);
    frozen.signal("STOP");
    std::thread::sleep(SETTLED);
    let stopped = Instant::now();
    std::thread::sleep(Duration::from_secs_f64(seconds / FAST) - SETTLED);
    let woke = Instant::now();
    frozen.signal("CONT");
    let summary = run.end().with_code(0).summary();
    (summary, target, (stopped, woke))
}

fn state(summary: &serde_json::Value, name: &str) -> String {
    let workers = summary["cluster"]["workers"].as_array().unwrap();
    let of = workers.iter().find(|one| one["name"] == name).unwrap();
    of["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_worker_that_was_stopped_for_ten_seconds_goes_on_and_nothing_is_missing() {
    let (summary, target, (_, woke)) = stopped_for(10.0);
    assert_eq!(state(&summary, "frozen"), "done", "{summary:#}");
    assert_eq!(requests(&summary), target.count() as u64);
    assert_eq!(summary["cluster"]["gap"], 0);
    assert_eq!(summary["cluster"]["gap_is_exact"], true);
    // All eight users are at it again.
    let again = target
        .requests()
        .into_iter()
        .filter(|one| one.at > woke + SETTLED);
    let again: BTreeSet<String> = again.map(|one| one.path).collect();
    assert_eq!(again.len(), 8, "{again:?}");
}

#[test]
fn a_worker_that_was_stopped_for_thirty_seconds_sends_nothing_when_it_wakes_up() {
    let (summary, target, (stopped, woke)) = stopped_for(30.0);
    assert_eq!(state(&summary, "frozen"), "lost");
    let all = target.requests();
    let meanwhile = all
        .iter()
        .filter(|one| one.at > stopped && one.at < woke)
        .map(|one| &one.path);
    let kept: BTreeSet<&String> = meanwhile.collect();
    assert!(!kept.is_empty() && kept.len() < 8, "{kept:?}");
    let late = all
        .iter()
        .filter(|one| one.at >= woke && !kept.contains(&one.path));
    assert_eq!(late.count(), 0, "it was fenced");
    // It has said what it had counted, when it woke up.
    let gap = summary["cluster"]["gap"].as_u64().unwrap();
    assert_eq!(requests(&summary) + gap, all.len() as u64, "{summary:#}");
    assert_eq!(summary["cluster"]["gap_is_exact"], true);
}
