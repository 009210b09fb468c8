//! The crowd of a run does not depend on how many machines it is on.

use std::collections::BTreeMap;

use super::{requests, run, workers};
use crate::support::nats::Nats;
use crate::support::program;
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// Two types; each request says who sends it, which of its requests it is, and a draw of that user's own random numbers.
const SCRIPT: &str = "
    return { weight = WEIGHT, requests = { 3, 9 }, think = 0,
      steps = { { 1, function(user)
        user.state.sent = (user.state.sent or 0) + 1
        http.get(('/TYPE/%d/%d/%d'):format(user.id, user.state.sent, random.int(1, 1000000)))
      end } } }";

fn scripts() -> Folder {
    let script = |name: &str, weight: &str| SCRIPT.replace("WEIGHT", weight).replace("TYPE", name);
    Folder::of("buyer", &script("buyer", "3")).with("visitor", &script("visitor", "7"))
}

/// What the target was asked for, with how often.
fn asked(target: &Target) -> BTreeMap<String, u64> {
    let mut asked = BTreeMap::new();
    for request in target.requests() {
        *asked.entry(request.path).or_default() += 1;
    }
    asked
}

#[test]
fn one_two_and_four_workers_have_the_users_of_one_machine_and_count_each_request() {
    let scripts = scripts();
    let words = ["--users", "40", "--ramp", "0", "--seed", "7"];
    let alone = {
        let target = Target::fine();
        let ended = program::run(&target.url(), &scripts.path(), &words)
            .with_summary()
            .end()
            .with_code(0);
        assert_eq!(requests(&ended.summary()), target.count() as u64);
        asked(&target)
    };
    for count in [1, 2, 4] {
        let (nats, target) = (Nats::start(), Target::fine());
        let workers = workers(&nats, count, 2);
        let ended = run(&nats, count, &target.url(), &scripts.path(), &words)
            .with_summary()
            .end()
            .with_code(0);
        let summary = ended.summary();
        assert_eq!(asked(&target), alone, "{count} workers");
        assert_eq!(requests(&summary), target.count() as u64, "{count} workers");
        for worker in workers {
            worker.end().with_code(0);
        }
    }
}

/// What each user asked for, in its order; a user is its type and its number.
fn by_user(target: &Target) -> BTreeMap<String, Vec<String>> {
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for request in target.requests() {
        let mut words = request.path.splitn(4, '/').skip(1);
        let user = format!("{}/{}", words.next().unwrap(), words.next().unwrap());
        users.entry(user).or_default().push(request.path);
    }
    users
}

/// Which users of a shard begin the sessions that are left depends on who is done first, on one machine too. What they do does
/// not.
#[test]
fn a_number_of_sessions_is_that_of_all_workers_together() {
    let scripts = scripts();
    let words = [
        "--users",
        "40",
        "--ramp",
        "0",
        "--seed",
        "7",
        "--sessions",
        "100",
    ];
    let sessions = |summary: &serde_json::Value| summary["sessions"]["completed"].as_u64();
    let alone = {
        let target = Target::fine();
        let run = program::run(&target.url(), &scripts.path(), &words).with_summary();
        let summary = run.end().with_code(0).summary();
        assert_eq!(sessions(&summary), Some(100), "{summary:#}");
        assert_eq!(requests(&summary), target.count() as u64);
        by_user(&target)
    };
    assert_eq!(alone.len(), 40);
    for count in [1, 2, 4] {
        let (nats, target) = (Nats::start(), Target::fine());
        let workers = workers(&nats, count, 2);
        let run = run(&nats, count, &target.url(), &scripts.path(), &words).with_summary();
        let summary = run.end().with_code(0).summary();
        assert_eq!(
            sessions(&summary),
            Some(100),
            "{count} workers: {summary:#}"
        );
        assert_eq!(requests(&summary), target.count() as u64, "{count} workers");
        let asked = by_user(&target);
        let people = |of: &BTreeMap<String, Vec<String>>| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(people(&asked), people(&alone), "{count} workers");
        for (user, asked) in &asked {
            let both = asked.iter().zip(&alone[user]);
            assert!(both.clone().count() >= 3, "{user}");
            assert!(
                both.clone().all(|(one, other)| one == other),
                "{user}: {asked:?}"
            );
        }
        for worker in workers {
            worker.end().with_code(0);
        }
    }
}
