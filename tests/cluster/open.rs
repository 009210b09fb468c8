//! An open crowd on workers that come and go: every arrival of the plan lives once, on one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::requests;
use super::steered::steered;
use super::worker;
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
