//! What becomes of scripts that are offered while the crowd is out.

use throng::engine::{Command, Initiator, Refused};
use throng::metrics::{Snapshot, TypeId};
use throng::plan::Length;

use super::{Folder, Run, Target, change};

fn steps(path: &str) -> String {
    format!(
        "return {{ requests = 1000000, think = 0.1, step = function() http.get '/{path}' end }}"
    )
}

/// A run of ten users without an end.
fn run(target: &Target, scripts: &Folder) -> Run {
    Run::start(target, scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Continuous;
    })
}

/// Users by version of a type, by its name.
fn users(snapshot: &Snapshot, name: &str) -> Vec<(u32, i64)> {
    let kind = snapshot.run.types.iter().position(|known| known == name);
    let Some(kind) = kind else { return Vec::new() };
    let users = snapshot.users.get(&TypeId(kind as u16));
    let counts = users.into_iter().flatten();
    counts
        .map(|(version, count)| (*version, *count))
        .filter(|(_, count)| *count != 0)
        .collect()
}

#[test]
fn only_the_type_that_changed_has_a_new_version() {
    let target = Target::fine();
    let scripts = Folder::of("one", &steps("one")).with("two", &steps("two"));
    let run = run(&target, &scripts);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    run.offer(&scripts.with("two", &steps("changed")));
    let snapshot = run.until("moved", |snapshot| users(snapshot, "two") == [(2, 5)]);
    assert_eq!(users(&snapshot, "one"), [(1, 5)]);
    assert_eq!(snapshot.reloads["accepted"], 1);
    assert_eq!(snapshot.reload_status.release, 2);
    run.stop();
}

#[test]
fn a_save_without_a_change_makes_no_version() {
    let target = Target::fine();
    let scripts = Folder::of("one", &steps("one"));
    let run = run(&target, &scripts);
    run.offer(&scripts);
    let snapshot = run.until("looked at", |snapshot| {
        snapshot.reloads.contains_key("unchanged")
    });
    assert_eq!(snapshot.reload_status.release, 1);
    assert!(!snapshot.reloads.contains_key("accepted"));
    run.stop();
}

#[test]
fn a_new_file_is_a_type_that_joins_and_a_deleted_one_leaves_and_may_return() {
    let target = Target::fine();
    let short = |path: &str| {
        format!("return {{ requests = 5, think = 0.1, step = function() http.get '/{path}' end }}")
    };
    let scripts = Folder::of("one", &short("one"));
    let run = run(&target, &scripts);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    let scripts = scripts.with("two", &short("two"));
    run.offer(&scripts);
    run.until("joined", |snapshot| {
        users(snapshot, "two") == [(2, 5)] && users(snapshot, "one") == [(1, 5)]
    });
    std::fs::remove_file(scripts.path().join("one.lua")).unwrap();
    run.offer(&scripts);
    let snapshot = run.until("gone", |snapshot| {
        users(snapshot, "two") == [(2, 10)] && users(snapshot, "one").is_empty()
    });
    assert!(
        !snapshot.versions.contains_key(&TypeId(0)),
        "{:?}",
        snapshot.versions
    );
    run.offer(&scripts.with("one", &short("back")));
    run.until("returned", |snapshot| {
        users(snapshot, "one") == [(4, 5)] && users(snapshot, "two") == [(2, 5)]
    });
    let (ended, _) = run.stop();
    // Those who left had finished their sessions: none was stopped before the end of the run.
    assert_eq!(ended.snapshot.requests().cancelled, 0);
    assert!(
        ended.snapshot.sessions().interrupted <= 10,
        "{:?}",
        ended.snapshot.sessions()
    );
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
}

#[test]
fn a_rollback_goes_back_release_by_release_or_type_by_type() {
    let target = Target::fine();
    let scripts = Folder::of("one", &steps("one")).with("two", &steps("two"));
    let run = run(&target, &scripts);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    let none = run
        .tell(|answer| Command::Rollback(None, answer))
        .unwrap_err();
    assert!(none.to_string().contains("no release before"), "{none}");

    let scripts = scripts
        .with("one", &steps("one2"))
        .with("two", &steps("two2"));
    run.offer(&scripts);
    run.until("moved", |snapshot| {
        users(snapshot, "one") == [(2, 5)] && users(snapshot, "two") == [(2, 5)]
    });
    run.offer(&scripts.with("one", &steps("one3")));
    let snapshot = run.until("moved", |snapshot| users(snapshot, "one") == [(3, 5)]);
    assert_eq!(snapshot.reload_status.previous[&TypeId(0)], [1, 2, 3]);
    assert_eq!(snapshot.reload_status.previous[&TypeId(1)], [1, 2]);

    let done = run
        .tell(|answer| Command::Rollback(Some("two".to_owned()), answer))
        .unwrap();
    assert_eq!(done, "two 2 -> 1, by command");
    run.until("back", |snapshot| {
        users(snapshot, "two") == [(1, 5)] && users(snapshot, "one") == [(3, 5)]
    });
    let done = run.tell(|answer| Command::Rollback(None, answer)).unwrap();
    assert_eq!(done, "from release 3 to release 2, by command");
    run.until("back", |snapshot| users(snapshot, "one") == [(2, 5)]);
    let unknown = run
        .tell(|answer| Command::Rollback(Some("three".to_owned()), answer))
        .unwrap_err();
    let Refused::Invalid(faults) = unknown else {
        panic!("{unknown}")
    };
    assert_eq!(
        faults[0].to_string(),
        "type three: does not exist; name one of: one, two"
    );
    let (ended, _) = run.stop();
    assert_eq!(ended.snapshot.reloads["rolled_back"], 2);
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
}

#[test]
fn no_more_than_ten_versions_are_kept_and_told_apart() {
    let target = Target::fine();
    let mut scripts = Folder::of("one", &steps("0"));
    let run = run(&target, &scripts);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    for number in 1..25 {
        scripts = scripts.with("one", &steps(&number.to_string()));
        run.offer(&scripts);
    }
    let snapshot = run.until("moved", |snapshot| users(snapshot, "one") == [(25, 10)]);
    let kept: Vec<u32> = (16..=25).collect();
    assert_eq!(snapshot.reload_status.previous[&TypeId(0)], kept);
    let back = run
        .tell(|answer| Command::Rollback(Some("one".to_owned()), answer))
        .unwrap();
    assert_eq!(back, "one 25 -> 24, by command");
    let (ended, _) = run.stop();
    let totals = &ended.snapshot.totals.types[&TypeId(0)];
    let apart = totals.versions.keys().filter(|one| **one > 0).count();
    assert!(apart <= 10, "{apart}");
    let sum: u64 = totals
        .versions
        .values()
        .map(|one| one.outcomes.total())
        .sum();
    assert_eq!(sum, target.count() as u64);
    assert!(
        ended.snapshot.health.vms <= 2 * 2,
        "{:?}",
        ended.snapshot.health
    );
}

#[test]
fn what_comes_while_the_run_is_stopping_is_refused() {
    let target = Target::new(|request| match request.path.as_str() {
        "/bye" => super::Answer::Never,
        _ => super::Answer::ok(),
    });
    let leaving =
        "return { requests = 1000000, think = 0.1, step = function() http.get '/step' end,
        on_stop = function() http.get '/bye' end }";
    let scripts = Folder::of("one", leaving);
    let run = Run::start_brisk(&target, &scripts, |plan| plan.length = Length::Continuous);
    target.wait_for(10);
    run.commands.send(Command::Stop(Initiator::Signal)).unwrap();
    run.offer(&scripts.with("one", &steps("new")));
    let change = change(&[("users", "3")]);
    let refused = run.tell(|answer| Command::Set(change, answer)).unwrap_err();
    assert_eq!(refused.to_string(), "the run is ending");
    let ended = run.end();
    assert!(
        ended.snapshot.reloads.is_empty(),
        "{:?}",
        ended.snapshot.reloads
    );
    assert_eq!(ended.snapshot.reload_status.release, 1);
}

#[test]
fn scripts_that_were_taken_back_stay_away_until_one_of_them_changes() {
    let target = Target::fine();
    let scripts = Folder::of("one", &steps("one")).with("two", &steps("two"));
    let run = run(&target, &scripts);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    let scripts = scripts.with("one", &steps("bad"));
    run.offer(&scripts);
    run.until("moved", |snapshot| users(snapshot, "one") == [(2, 5)]);
    run.tell(|answer| Command::Rollback(None, answer)).unwrap();
    run.until("back", |snapshot| users(snapshot, "one") == [(1, 5)]);

    // The settings change in throng.toml; the scripts beside it are those that were rolled back.
    let dials = change(&[("think_factor", "0.5")]);
    run.offer_with(&scripts, dials.clone());
    let snapshot = run.until("set", |snapshot| {
        snapshot.settings.numbers["think_factor"] == 0.5
    });
    assert_eq!(users(&snapshot, "one"), [(1, 5)]);
    assert!(snapshot.reload_status.rolled_back);

    // Another script changes: what is in the folder is meant, all of it.
    run.offer_with(&scripts.with("two", &steps("new")), dials);
    let snapshot = run.until("moved", |snapshot| {
        users(snapshot, "one") == [(3, 5)] && users(snapshot, "two") == [(3, 5)]
    });
    assert!(!snapshot.reload_status.rolled_back);
    run.stop();
}
