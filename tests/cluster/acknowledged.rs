//! What is done to a run is done by each of its workers, and it shows which of them has done it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};

use super::steered::steered;
use super::{all_end, run, workers};
use crate::support::nats::Nats;
use crate::support::patience::wait_for;
use crate::support::scripts::Folder;
use crate::support::target::Target;

const USERS: usize = 20;

/// Users that ask for this page for ever.
fn asking(page: &str) -> String {
    format!(
        "return {{ requests = 100000, think = 0.05, \
         steps = {{ {{ 1, function(user) http.get('/{page}/' .. user.id) end }} }} }}"
    )
}

/// The users that asked for a page from a moment on.
fn askers(target: &Target, page: &str, since: Instant) -> BTreeSet<String> {
    let prefix = format!("/{page}/");
    let late = target.requests().into_iter();
    let late = late.filter(|request| request.at >= since);
    late.filter_map(|request| request.path.strip_prefix(&prefix).map(str::to_owned))
        .collect()
}

/// Words of a run of so many users who go on.
fn words() -> [&'static str; 5] {
    ["--users", "20", "--ramp", "0", "--continuous"]
}

#[test]
fn a_worker_that_lags_is_seen_until_it_has_obeyed() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", &asking("page"));
    let workers = workers(&nats, 2, 1);
    let (run, control) = steered(&nats, 2, &target, &scripts.path(), &words());
    target.wait_for(50);
    let status = || control.done(&["status"]);
    let says = |text: &str| {
        wait_for(
            || status().contains(text).then_some(()),
            || format!("not said: {text}, but {}", status()),
        );
    };
    workers[1].signal("STOP");
    control.done(&["pause"]);
    says("2 of 2 at work; 1 of 2 have applied the last command");
    workers[1].signal("CONT");
    wait_for(
        || {
            let status = status();
            let is_even = status.contains("2 of 2 at work") && !status.contains("have applied");
            is_even.then_some(())
        },
        status,
    );
    std::thread::sleep(Duration::from_millis(500));
    let before = target.count();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(target.count(), before, "it is paused on both");
    control.done(&["stop"]);
    run.end().with_code(0);
    all_end(workers);
}

#[test]
fn a_canary_is_of_the_users_of_all_workers_and_goes_back_in_one_word() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", &asking("old"));
    let workers = workers(&nats, 2, 1);
    let canary = [&words()[..], &["--canary", "50%/1h"]].concat();
    let (run, control) = steered(&nats, 2, &target, &scripts.path(), &canary);
    target.wait_for(50);
    let saved = Instant::now();
    scripts.write("scripts/asker.lua", asking("new"));
    wait_for(
        || (askers(&target, "new", saved).len() == USERS / 2).then_some(()),
        || format!("{:?}", askers(&target, "new", saved)),
    );
    // The others stay with what they had.
    let since = Instant::now();
    wait_for(
        || (askers(&target, "old", since).len() == USERS / 2).then_some(()),
        || format!("{:?}", askers(&target, "old", since)),
    );
    assert!(askers(&target, "new", since).is_disjoint(&askers(&target, "old", since)));
    control.done(&["rollback"]);
    let since = Instant::now();
    wait_for(
        || (askers(&target, "old", since).len() == USERS).then_some(()),
        || format!("{:?}", askers(&target, "old", since)),
    );
    let later = Instant::now();
    std::thread::sleep(Duration::from_millis(500));
    assert!(askers(&target, "new", later).is_empty());
    control.done(&["stop"]);
    run.end().with_code(0);
    all_end(workers);
}

#[test]
fn a_save_that_one_worker_cannot_try_is_taken_by_none() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", &asking("old"));
    let start = |name: &str| {
        super::worker(&nats, name, &["--once", "--threads", "1"])
            .fast()
            .start()
    };
    let (sound, stuck) = (start("sound"), start("stuck"));
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words())
        .fast()
        .start();
    target.wait_for(50);
    stuck.signal("STOP");
    scripts.write("scripts/asker.lua", asking("new"));
    run.wait_for("worker stuck is lost");
    run.wait_for("the changed scripts were refused");
    let began = Instant::now() - Duration::from_secs(600);
    assert!(askers(&target, "new", began).is_empty());
    // Those who are left take the next save, with the users of the lost one.
    scripts.write("scripts/asker.lua", asking("newer"));
    wait_for(
        || (askers(&target, "newer", began).len() == USERS).then_some(()),
        || format!("{:?}", askers(&target, "newer", began)),
    );
    run.signal("INT");
    run.end().with_code(0);
    sound.end().with_code(0);
    stuck.signal("KILL");
}

/// What one machine runs, another one may not: here since its clock is an hour ahead.
#[test]
fn a_save_that_fails_on_one_worker_is_taken_by_none_and_names_it() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", &asking("old"));
    let start = |name: &str, ahead: &str| {
        super::worker(&nats, name, &["--once", "--threads", "1"])
            .variable("THRONG_CLOCK_AHEAD", ahead)
            .start()
    };
    let (sound, other) = (start("sound", "0"), start("other", "3600"));
    let began = Instant::now();
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words()).start();
    target.wait_for(50);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let until = now.as_secs() + 1800;
    let late = format!("if time.now() > {until} then error('it is too late here') end\n");
    scripts.write("scripts/asker.lua", late + &asking("new"));
    let said = run.wait_for("the changed scripts were refused");
    let why = run.wait_for("it is too late here");
    assert!(why.contains("worker other"), "{said} {why}");
    assert!(why.contains("asker.lua:1"), "{why}");
    // What all of them run, all of them take.
    scripts.write("scripts/asker.lua", asking("newer"));
    wait_for(
        || (askers(&target, "newer", began).len() == USERS).then_some(()),
        || format!("{:?}", askers(&target, "newer", began)),
    );
    assert!(askers(&target, "new", began).is_empty());
    run.signal("INT");
    run.end().with_code(0);
    all_end([sound, other]);
}
