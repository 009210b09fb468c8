//! What is done to a run reaches all of its workers.

use std::time::{Duration, Instant};

use super::{all_end, requests, run, workers};
use crate::support::nats::Nats;
use crate::support::patience::wait_for;
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// Users that ask for this page for ever, as often as that.
fn asking(page: &str) -> String {
    format!(
        "return {{ requests = 100000, think = 0.05, \
         steps = {{ {{ 1, function(user) http.get('{page}' .. user.id) end }} }} }}"
    )
}

#[test]
fn a_stop_ends_every_worker_in_time_and_each_request_is_counted() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", &asking("/page/"));
    let workers = workers(&nats, 2, 1);
    let words = ["--users", "20", "--ramp", "0", "--continuous"];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .with_summary()
        .start();
    target.wait_for(200);
    let asked = Instant::now();
    run.signal("INT");
    let ended = run.end().with_code(0);
    all_end(workers);
    assert!(
        asked.elapsed() < Duration::from_secs(30),
        "{:?}",
        asked.elapsed()
    );
    let summary = ended.summary();
    assert_eq!(requests(&summary), target.count() as u64);
    assert_eq!(summary["cluster"]["gap"], 0);
    assert_eq!(summary["cluster"]["declared"], requests(&summary));
    for worker in summary["cluster"]["workers"].as_array().unwrap() {
        assert_eq!(worker["state"], "done", "{worker}");
        assert!(worker["counted"].as_u64() > Some(0), "{worker}");
    }
}

#[test]
fn a_save_is_taken_by_all_users_of_all_workers_at_once() {
    const USERS: usize = 12;
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", &asking("/old/"));
    let workers = workers(&nats, 2, 1);
    let users = USERS.to_string();
    let words = ["--users", &users, "--ramp", "0", "--continuous"];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words).start();
    target.wait_for(100);
    scripts.write("scripts/asker.lua", asking("/new/"));
    // The first request of each user by the new script.
    let first = || {
        let mut first = std::collections::BTreeMap::new();
        for request in target.requests() {
            if let Some(user) = request.path.strip_prefix("/new/") {
                first.entry(user.to_owned()).or_insert(request.at);
            }
        }
        first
    };
    let first = wait_for(
        || Some(first()).filter(|first| first.len() == USERS),
        || format!("only these asked for the new page: {:?}", first()),
    );
    let (earliest, latest) = (first.values().min().unwrap(), first.values().max().unwrap());
    let apart = latest.duration_since(*earliest);
    assert!(apart < Duration::from_secs(1), "{apart:?}");
    // Scripts that cannot be used are used nowhere.
    scripts.write("scripts/asker.lua", "return {");
    run.wait_for("the changed scripts were refused");
    run.signal("INT");
    run.end().with_code(0);
    all_end(workers);
}
