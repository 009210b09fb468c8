//! Rows of a data file that users take exclusively: nobody else has them, on any worker.

use std::collections::{BTreeMap, BTreeSet};

use super::{all_end, run, worker, workers};
use crate::support::nats::Nats;
use crate::support::patience::wait_for;
use crate::support::program::Program;
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// Who has a row says so three times, with the number of its session; who has none says that.
const SCRIPT: &str = "
    local people = data.csv('people.csv')
    return { requests = 3, think = 0.1,
      on_start = function(user) user.state.row = people:take() user.state.sent = 0 end,
      steps = { { 1, function(user)
        user.state.sent = user.state.sent + 1
        if user.state.row then
          http.get(('/row/%s/%d/%d'):format(user.state.row.name, user.id, user.state.sent))
        else
          http.get('/none')
        end
      end } } }";

const ROWS: usize = 10;

fn scripts() -> Folder {
    let rows: String = (0..ROWS).map(|row| format!("r{row}\n")).collect();
    Folder::of("asker", SCRIPT).script("people.csv", format!("name\n{rows}"))
}

/// A run on two workers.
fn started(nats: &Nats, users: usize, target: &Target, scripts: &Folder) -> Program {
    let users = users.to_string();
    let words = ["--users", &users, "--ramp", "0", "--continuous"];
    let words = [&words[..], &["--cleanup-interval", "1h"]].concat();
    run(nats, 2, &target.url(), &scripts.path(), &words).with_summary()
}

/// What was asked for with a row: which, by whom, and which request of the session it was.
fn with_rows(target: &Target) -> Vec<(String, String, u64)> {
    let requests = target.requests().into_iter();
    let parts = requests.filter_map(|request| {
        let mut words = request.path.strip_prefix("/row/")?.split('/');
        let mut word = || words.next().map(str::to_owned);
        Some((word()?, word()?, word()?.parse().unwrap()))
    });
    parts.collect()
}

/// A row is with one user from its first request to its last: nobody else's stand between them.
fn nobody_shares(target: &Target) {
    let mut last: BTreeMap<String, (String, u64)> = BTreeMap::new();
    for (row, user, sent) in with_rows(target) {
        if sent > 1 {
            let before = last.get(&row);
            assert_eq!(
                before,
                Some(&(user.clone(), sent - 1)),
                "{row}: {user}/{sent}"
            );
        }
        last.insert(row, (user, sent));
    }
}

/// Waits until every row has been taken `more` times from now on.
fn all_are_taken(target: &Target, more: usize) {
    let count = |after: usize| {
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let all = with_rows(target).into_iter().skip(after);
        for (row, ..) in all.filter(|(_, _, sent)| *sent == 1) {
            *taken.entry(row).or_default() += 1;
        }
        taken
    };
    let before = with_rows(target).len();
    let is_so = || {
        let taken = count(before);
        taken.len() == ROWS && taken.values().all(|times| *times >= more)
    };
    wait_for(
        || is_so().then_some(()),
        || format!("only these are taken: {:?}", count(before)),
    );
}

#[test]
fn a_row_is_with_one_user_of_all_workers() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = scripts();
    let workers = workers(&nats, 2, 1);
    // More users than rows: some go without.
    let run = started(&nats, 14, &target, &scripts).start();
    all_are_taken(&target, 4);
    run.signal("INT");
    run.end().with_code(0);
    all_end(workers);
    nobody_shares(&target);
    let all = target.requests();
    let without = all.iter().filter(|request| request.path == "/none").count();
    assert!(without > 0, "there are users without a row");
    assert!(without < all.len() * 2 / 3, "{without} of {}", all.len());
}

#[test]
fn rows_of_a_lost_worker_are_taken_by_others_and_a_new_one_gets_some() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = scripts();
    let one = |name: &str| {
        worker(&nats, name, &["--once", "--threads", "1"])
            .fast()
            .start()
    };
    let (kept, lost) = (one("kept"), one("lost"));
    let run = started(&nats, ROWS, &target, &scripts).fast().start();
    all_are_taken(&target, 2);
    lost.signal("KILL");
    run.wait_for("worker lost is lost: no heartbeat for 20 s; other workers take over its users");
    all_are_taken(&target, 2);
    let late = one("late");
    run.wait_for("worker late joins the run");
    all_are_taken(&target, 4);
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    all_end([kept, late]);
    nobody_shares(&target);
    let all = summary["cluster"]["workers"].as_array().unwrap();
    let late = all.iter().find(|one| one["name"] == "late").unwrap();
    assert!(late["counted"].as_u64().unwrap() > 0, "{late}");
}

#[test]
fn rows_of_a_worker_that_is_stopped_are_taken_by_the_rest() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = scripts();
    let mut workers = workers(&nats, 2, 1);
    // Half of the users are more than there are rows.
    let run = started(&nats, 30, &target, &scripts).args(&["--on-loss", "degrade"]);
    let run = run.start();
    all_are_taken(&target, 2);
    let left = workers.pop().unwrap();
    left.signal("TERM");
    left.end().with_code(0);
    all_are_taken(&target, 2);
    run.signal("INT");
    run.end();
    all_end(workers);
    nobody_shares(&target);
}

#[test]
fn a_coordinator_that_takes_over_gives_no_row_twice() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = scripts();
    let workers: Vec<_> = ["a", "b"]
        .map(|name| {
            worker(&nats, name, &["--once", "--threads", "1"])
                .fast()
                .start()
        })
        .into();
    let first = started(&nats, 14, &target, &scripts).fast().start();
    all_are_taken(&target, 2);
    let standby = started(&nats, 14, &target, &scripts).arg("--standby");
    let standby = standby.fast().start();
    standby.wait_for("has a coordinator; standing by");
    first.signal("KILL");
    standby.wait_for("this process takes over (epoch 2)");
    // What workers have goes round for a while before more is leased.
    all_are_taken(&target, 40);
    standby.signal("INT");
    standby.end().with_code(0);
    all_end(workers);
    nobody_shares(&target);
    let users: BTreeSet<String> = with_rows(&target)
        .into_iter()
        .map(|(_, user, _)| user)
        .collect();
    assert!(users.len() > ROWS / 2, "{users:?}");
}
