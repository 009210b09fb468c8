//! Workers that come to a run under way, leave it, or are lost, where others have their users.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::steered::{Control, steered};
use super::{requests, run, worker};
use crate::support::nats::Nats;
use crate::support::patience::wait_for;
use crate::support::program::{Program, Run};
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// Sessions of three requests; each says who sends it, and which one of its session it is.
const SCRIPT: &str = "
    return { requests = 3, think = 0.1,
      steps = { { 1, function(user)
        user.state.sent = (user.state.sent or 0) + 1
        http.get(('/page/%d/%d'):format(user.id, user.state.sent))
      end } } }";

const USERS: usize = 24;

/// A worker with one thread, which ends after one run.
fn one(nats: &Nats, name: &str) -> Program {
    worker(nats, name, &["--once", "--threads", "1"])
}

/// A run on so many workers, in which others have the users of who leaves.
fn started(nats: &Nats, count: usize, target: &Target, scripts: &Folder) -> Program {
    let users = USERS.to_string();
    let words = [
        "--users",
        &users,
        "--ramp",
        "0",
        "--continuous",
        "--cleanup-interval",
        "1h",
    ];
    run(nats, count, &target.url(), &scripts.path(), &words).with_summary()
}

/// Who asked from a moment on.
fn asking(target: &Target, since: Instant) -> BTreeSet<String> {
    let requests = target.requests().into_iter();
    let late = requests.filter(|request| request.at >= since);
    late.filter_map(|request| request.path.split('/').nth(2).map(str::to_owned))
        .collect()
}

/// Waits until every user asks again after this moment.
fn all_ask(target: &Target, since: Instant) {
    wait_for(
        || (asking(target, since).len() == USERS).then_some(()),
        || format!("only these ask: {:?}", asking(target, since)),
    );
}

/// No user is in two sessions at once: each request is the next one of its user's session, or the first one of another.
fn nobody_is_there_twice(target: &Target) {
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for request in target.requests() {
        let mut words = request.path.split('/').skip(2);
        let (user, sent) = (words.next().unwrap(), words.next().unwrap());
        let sent: u64 = sent.parse().unwrap();
        let before = last.insert(user.to_owned(), sent).unwrap_or_default();
        assert!(
            sent == 1 || sent == before + 1,
            "user {user}: {sent} after {before}"
        );
    }
}

fn states(summary: &serde_json::Value) -> BTreeMap<String, String> {
    let workers = summary["cluster"]["workers"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    workers
        .map(|one| (text(&one["name"]), text(&one["state"])))
        .collect()
}

fn counted(summary: &serde_json::Value, name: &str) -> u64 {
    let workers = summary["cluster"]["workers"].as_array().unwrap();
    let of = workers.iter().find(|one| one["name"] == name);
    of.and_then(|of| of["counted"].as_u64()).unwrap()
}

fn reasons(summary: &serde_json::Value) -> Vec<String> {
    let reasons = summary["generator"]["reasons"].as_array().unwrap();
    let text = |one: &serde_json::Value| one["reason"].as_str().unwrap().to_owned();
    reasons.iter().map(text).collect()
}

#[test]
fn others_have_the_users_of_a_worker_that_is_killed() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let kept = one(&nats, "kept").fast().start();
    let lost = one(&nats, "lost").fast().start();
    let run = started(&nats, 2, &target, &scripts).fast().start();
    all_ask(&target, Instant::now());
    lost.signal("KILL");
    run.wait_for("worker lost is lost: no heartbeat for 20 s; other workers take over its users");
    let since = Instant::now();
    all_ask(&target, since);
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    kept.end().with_code(0);
    nobody_is_there_twice(&target);
    assert_eq!(states(&summary)["lost"], "lost");
    assert!(reasons(&summary).contains(&"worker_lost".to_owned()));
    let gap = summary["cluster"]["gap"].as_u64().unwrap();
    let counted = requests(&summary);
    assert!(counted + gap <= target.count() as u64);
    assert!(counted > target.count() as u64 / 2, "{counted}");
}

#[test]
fn a_worker_that_is_stopped_hands_its_users_over_and_nothing_is_lost() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let kept = one(&nats, "kept").start();
    let left = one(&nats, "left").start();
    let run = started(&nats, 2, &target, &scripts).start();
    all_ask(&target, Instant::now());
    left.signal("TERM");
    left.end().with_code(0);
    let since = Instant::now();
    all_ask(&target, since);
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    kept.end().with_code(0);
    nobody_is_there_twice(&target);
    let all = states(&summary);
    assert_eq!((&*all["kept"], &*all["left"]), ("done", "left"));
    assert_eq!(summary["cluster"]["gap"], 0);
    assert_eq!(requests(&summary), target.count() as u64);
    assert!(!reasons(&summary).contains(&"worker_lost".to_owned()));
}

/// A run on one worker that can be told something.
fn steered_run(nats: &Nats, target: &Target, scripts: &Folder) -> (Run, Control) {
    let users = USERS.to_string();
    let words = ["--users", &users, "--ramp", "0", "--continuous"];
    steered(nats, 1, target, &scripts.path(), &words)
}

#[test]
fn workers_join_a_run_and_leave_it_as_the_number_is_set() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let first = one(&nats, "first").start();
    let second = worker(&nats, "second", &["--threads", "1"]).start();
    // Which of the two has the one place is theirs; the other one waits.
    let (run, control) = steered_run(&nats, &target, &scripts);
    all_ask(&target, Instant::now());
    control.done(&["set", "workers=2"]);
    run.wait_for("joins the run with 1 thread(s)");
    let since = Instant::now();
    all_ask(&target, since);
    let status = || control.done(&["status"]);
    wait_for(
        || status().contains("2 of 2 at work").then_some(()),
        || format!("not both: {}", status()),
    );
    // Each of them has its part once the sessions of that time are over.
    std::thread::sleep(Duration::from_secs(3));
    control.done(&["set", "workers=1"]);
    wait_for(
        || status().contains("1 of 1 at work").then_some(()),
        || format!("not one: {}", status()),
    );
    let since = Instant::now();
    all_ask(&target, since);
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    nobody_is_there_twice(&target);
    let all = states(&summary);
    let left: Vec<&String> = all
        .iter()
        .filter(|(_, state)| *state == "left")
        .map(|(name, _)| name)
        .collect();
    assert_eq!(left.len(), 1, "{all:?}");
    // Of the two the one that came last.
    let last = &summary["cluster"]["workers"][1];
    assert_eq!(last["state"], "left", "{last}");
    assert!(counted(&summary, left[0]) > 0, "{summary:#}");
    assert_eq!(summary["cluster"]["gap"], 0);
    assert_eq!(requests(&summary), target.count() as u64);
    drop((first, second));
}

#[test]
fn who_joins_a_run_that_is_paused_is_paused() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let first = one(&nats, "first").start();
    let (run, control) = steered_run(&nats, &target, &scripts);
    all_ask(&target, Instant::now());
    control.done(&["pause"]);
    control.done(&["set", "workers=2"]);
    let second = one(&nats, "second").start();
    run.wait_for("worker second joins the run");
    second.wait_for("has place 1");
    // Some of them are the second one's, whose first session may begin.
    let more = (2 * USERS).to_string();
    control.done(&["set", &format!("users={more}")]);
    // What was under way when it was paused is over.
    std::thread::sleep(Duration::from_secs(2));
    let before = target.count();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(target.count(), before);
    control.done(&["resume"]);
    let since = Instant::now();
    wait_for(
        || (asking(&target, since).len() == 2 * USERS).then_some(()),
        || format!("only these ask: {:?}", asking(&target, since)),
    );
    // Users that were in a session move when it is over.
    std::thread::sleep(Duration::from_secs(3));
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    nobody_is_there_twice(&target);
    assert!(counted(&summary, "second") > 0, "{summary:#}");
    assert_eq!(requests(&summary), target.count() as u64);
    first.end().with_code(0);
    second.end().with_code(0);
}

#[test]
fn the_sessions_of_a_run_are_begun_once_whoever_comes_and_goes() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let first = one(&nats, "first").start();
    let (run, control) = {
        let users = USERS.to_string();
        let words = ["--users", &users, "--ramp", "0", "--sessions", "600"];
        let words = [&words[..], &["--on-loss", "reassign"]].concat();
        steered(&nats, 1, &target, &scripts.path(), &words)
    };
    all_ask(&target, Instant::now());
    control.done(&["set", "workers=2"]);
    let second = one(&nats, "second").start();
    run.wait_for("worker second joins the run");
    std::thread::sleep(Duration::from_secs(1));
    first.signal("TERM");
    first.end().with_code(0);
    let summary = run.end().with_code(0).summary();
    second.end().with_code(0);
    nobody_is_there_twice(&target);
    assert_eq!(summary["sessions"]["completed"], 600, "{summary:#}");
    assert_eq!(target.count(), 1_800);
    assert_eq!(requests(&summary), 1_800);
}
