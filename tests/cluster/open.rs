//! An open crowd on workers that come and go: every arrival of the plan lives once, on one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::steered::steered;
use super::{requests, run, worker};
use crate::support::nats::Nats;
use crate::support::patience::wait_for;
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// One request a session, by the number of its arrival.
const SCRIPT: &str = "return { requests = 1, think = 0,
    step = function(user) http.get('/came', { query = { user = user.id } }) end }";

const RATE: u64 = 40;

/// How often each arrival asked.
fn came(target: &Target) -> BTreeMap<String, usize> {
    let mut came = BTreeMap::new();
    for request in target.requests() {
        let user = request.path.rsplit('=').next().unwrap_or_default();
        *came.entry(user.to_owned()).or_default() += 1;
    }
    came
}

#[test]
fn arrivals_are_divided_anew_as_workers_join_and_leave() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("comer", SCRIPT);
    let one = |name| worker(&nats, name, &["--once", "--threads", "1"]).start();
    let first = one("first");
    let rate = format!("{RATE}/s");
    let words = ["--arrivals", &rate, "--arrivals-even", "--duration", "20s"];
    let (run, control) = steered(&nats, 1, &target, &scripts.path(), &words);
    let status = || control.done(&["status"]);
    let at_work = |words: &str| {
        wait_for(
            || status().contains(words).then_some(()),
            || format!("not {words}: {}", status()),
        );
    };
    wait_for(
        || (target.count() > 0).then_some(()),
        || "nobody comes".to_owned(),
    );
    control.done(&["set", "workers=2"]);
    let second = one("second");
    at_work("2 of 2 at work");
    // It has its part of those who come.
    std::thread::sleep(Duration::from_secs(4));
    control.done(&["set", "workers=1"]);
    at_work("1 of 1 at work");
    second.end().with_code(0);
    let summary = run.end().with_code(0).summary();
    first.end().with_code(0);

    let arrivals = summary["arrivals"]["total"].as_u64().unwrap();
    let dropped = summary["arrivals"]["dropped"]["total"].as_u64();
    let dropped = dropped
        .or_else(|| summary["arrivals"]["dropped"].as_u64())
        .unwrap();
    assert_eq!(arrivals, 20 * RATE, "{:#}", summary["arrivals"]);
    let came = came(&target);
    let twice: BTreeSet<_> = came.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert_eq!(
        came.len() as u64,
        arrivals - dropped,
        "{:#}",
        summary["arrivals"]
    );
    assert!(dropped <= RATE, "{dropped}");
    assert_eq!(requests(&summary), target.count() as u64);
    assert_eq!(summary["cluster"]["gap"], 0);
    let workers = summary["cluster"]["workers"].as_array().unwrap();
    let counted = |of: &serde_json::Value| of["counted"].as_u64().unwrap();
    assert_eq!(workers[1]["state"], "left", "{workers:#?}");
    assert!(counted(&workers[1]) > RATE, "{workers:#?}");
}

/// A crowd of some arrivals on three workers of which one is killed; gives the summary and the target.
fn with_a_lost_worker(on_loss: &str, seconds: u64) -> (serde_json::Value, Target) {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("comer", SCRIPT);
    let start = |name| {
        let words = ["--once", "--threads", "1"];
        worker(&nats, name, &words).fast().start()
    };
    let (kept, lost) = ([start("one"), start("two")], start("lost"));
    let (rate, length) = (format!("{RATE}/s"), format!("{seconds}s"));
    let words = [
        "--arrivals",
        &rate,
        "--arrivals-even",
        "--duration",
        &length,
        "--on-loss",
        on_loss,
    ];
    let run = run(&nats, 3, &target.url(), &scripts.path(), &words)
        .fast()
        .with_summary()
        .start();
    target.wait_for(5 * RATE as usize);
    lost.signal("KILL");
    let ended = run.end().with_code(0);
    ended.said("worker lost is lost: no heartbeat for 20 s");
    let words = "arrivals were due on lost workers";
    assert!(ended.stdout.contains(words), "{}", ended.stdout);
    for worker in kept {
        worker.end().with_code(0);
    }
    (ended.summary(), target)
}

/// Checks that each arrival of the plan is in a count, and that the target saw those that are said to have begun; gives
/// how many are lost.
fn accounted(summary: &serde_json::Value, target: &Target, planned: u64) -> u64 {
    let arrivals = summary["arrivals"]["total"].as_u64().unwrap();
    let dropped = summary["arrivals"]["dropped"]["total"].as_u64().unwrap();
    let lost = summary["cluster"]["lost_arrivals"].as_u64().unwrap();
    assert_eq!(arrivals + lost, planned, "{arrivals} and {lost}");
    // Less than 95 % of the plan was sent.
    assert_eq!(summary["generator"]["verdict"], "invalid");
    let reasons = summary["generator"]["reasons"].as_array().unwrap();
    let reason = reasons.iter().find(|one| one["reason"] == "plan_not_sent");
    let share = reason.unwrap()["share"].as_f64().unwrap();
    assert!(
        share >= lost as f64 / planned as f64,
        "{share} of {planned}: {lost}"
    );
    // What the lost worker had sent since its last report is among the lost ones.
    let came = came(target).len() as u64;
    let begun = arrivals - dropped;
    assert!(
        begun <= came && came <= begun + RATE * 2,
        "{came} of {begun}"
    );
    lost
}

#[test]
fn arrivals_that_were_due_on_a_lost_worker_are_counted_until_others_have_its_part() {
    let (summary, target) = with_a_lost_worker("reassign", 60);
    let lost = accounted(&summary, &target, 60 * RATE);
    // A third of those of 20 s, in which nobody knew, and of the machine's second until others have its part.
    let third = RATE / 3;
    assert!((19 * third..40 * third).contains(&lost), "{lost}");
}

#[test]
fn arrivals_that_were_due_on_a_worker_that_nobody_replaces_are_counted_to_the_end() {
    let (summary, target) = with_a_lost_worker("degrade", 60);
    let lost = accounted(&summary, &target, 60 * RATE);
    assert!(lost > 45 * RATE / 3, "{lost}");
}
