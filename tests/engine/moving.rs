//! When users move to a new version, and what they take along.

use std::time::Duration;

use throng::metrics::{Outcome, Snapshot, TypeId};
use throng::plan::{Length, ReloadAt};

use super::{Answer, Folder, Run, Target};

const ONE: TypeId = TypeId(0);

/// Users whose steps ask for a path and count them in their state.
fn counting(path: &str, extra: &str) -> String {
    format!(
        "return {{ requests = 1000000, think = 0.1, {extra}
            on_start = function(user) user.state.made = 0; http.get '/start' end,
            step = function(user)
                user.state.made = user.state.made + 1
                http.get('/{path}', {{ query = {{ made = user.state.made }} }})
            end }}"
    )
}

/// A run without an end of these scripts.
fn run(target: &Target, scripts: &Folder, at: ReloadAt) -> Run {
    Run::start(target, scripts, |plan| {
        plan.length = Length::Continuous;
        plan.reload.at = at;
    })
}

fn paths(target: &Target, with: &str) -> Vec<String> {
    let requests = target.requests().into_iter();
    let paths = requests.map(|request| request.path);
    paths.filter(|path| path.starts_with(with)).collect()
}

#[test]
fn a_user_takes_its_state_along_before_its_next_step() {
    let target = Target::fine();
    let scripts = Folder::of("one", &counting("old", ""));
    let run = run(&target, &scripts, ReloadAt::Step);
    target.wait_for(20);
    run.offer(&scripts.with("one", &counting("new", "")));
    let snapshot = run.until("in version 2", |snapshot| {
        snapshot
            .users
            .get(&ONE)
            .is_some_and(|users| users.get(&2) == Some(&2))
    });
    assert_eq!(
        snapshot.users[&ONE].len(),
        1,
        "nobody is left in the old one"
    );
    assert_eq!(snapshot.versions[&ONE], 2);
    let before = target.count();
    target.wait_for(before + 10);
    let (ended, _) = run.stop();

    // Each user counts on where it was: no number is missing, none is there twice, and nobody started again.
    let mut made: Vec<u32> = [paths(&target, "/old"), paths(&target, "/new")]
        .concat()
        .iter()
        .map(|path| path.rsplit('=').next().unwrap().parse().unwrap())
        .collect();
    made.sort_unstable();
    let highest = *made.last().unwrap();
    assert!(made.len() as u32 > highest, "{made:?}");
    for number in 1..highest {
        let times = made.iter().filter(|one| **one == number).count();
        assert!((1..=2).contains(&times), "{number} is there {times} times");
    }
    assert_eq!(paths(&target, "/start").len(), 2);
    let totals = &ended.snapshot.totals.types[&ONE];
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
    assert_eq!(ended.snapshot.requests().cancelled, 0);
    let of = |version| totals.versions[&version].outcomes.total();
    assert_eq!(of(1), (paths(&target, "/old").len() + 2) as u64);
    assert_eq!(of(2), paths(&target, "/new").len() as u64);
    assert_eq!(ended.snapshot.reload_status.moved["copied"], 2);
}

#[test]
fn migrate_makes_the_old_state_into_a_new_one() {
    let target = Target::fine();
    let scripts = Folder::of("one", &counting("old", ""));
    let run = run(&target, &scripts, ReloadAt::Step);
    target.wait_for(10);
    let migrate = "migrate = function(state, from) return { made = 1000 * from } end,";
    run.offer(&scripts.with("one", &counting("new", migrate)));
    run.until("migrated", |snapshot| {
        snapshot.reload_status.moved.get("migrated") == Some(&2)
    });
    run.stop();
    let first = &paths(&target, "/new")[0];
    assert_eq!(first, "/new?made=1001");
}

#[test]
fn a_migrate_that_throws_or_returns_no_plain_data_starts_the_session_again() {
    for (migrate, message) in [
        ("error 'no way'", "no way"),
        ("return function() end", "migrate returned a function"),
        (
            "return { f = function() end }",
            "migrate: user.state.f is a function",
        ),
    ] {
        let target = Target::fine();
        let scripts = Folder::of("one", &counting("old", ""));
        let run = run(&target, &scripts, ReloadAt::Step);
        target.wait_for(10);
        let migrate = format!("migrate = function() {migrate} end,");
        run.offer(&scripts.with("one", &counting("new", &migrate)));
        run.until("restarted", |snapshot| {
            snapshot.reload_status.moved.get("restarted") == Some(&2)
        });
        let before = target.count();
        target.wait_for(before + 4);
        let (ended, _) = run.stop();
        assert_eq!(paths(&target, "/start").len(), 4, "{message}");
        assert!(paths(&target, "/new").contains(&"/new?made=1".to_owned()));
        let error = &ended.snapshot.totals.script_errors[0];
        assert!(error.message.starts_with(message), "{}", error.message);
        assert_eq!((error.count, error.version), (2, 2));
    }
}

#[test]
fn in_session_mode_a_session_ends_as_it_began() {
    let target = Target::fine();
    let session = |path: &str, requests: u32| {
        format!(
            "return {{ requests = {requests}, think = 0.1, step = function() http.get '/{path}' end }}"
        )
    };
    let scripts = Folder::of("one", &session("old", 40));
    let run = run(&target, &scripts, ReloadAt::Session);
    target.wait_for(10);
    run.offer(&scripts.with("one", &session("new", 5)));
    run.until("in version 2", |snapshot| {
        snapshot
            .users
            .get(&ONE)
            .is_some_and(|users| users.get(&2) == Some(&2))
    });
    run.stop();
    // Two users, whole sessions of 40: not one request fewer or more.
    assert_eq!(paths(&target, "/old").len() % 40, 0);
}

#[test]
fn in_now_mode_a_step_is_cut_where_it_waits() {
    let target = Target::new(|request| match request.path.as_str() {
        "/slow" => Answer::Never,
        _ => Answer::ok(),
    });
    let step = |path: &str| {
        format!(
            "return {{ requests = 1000000, think = 0.1, step = function() http.get '/{path}' end }}"
        )
    };
    let scripts = Folder::of("one", &step("slow"));
    let run = run(&target, &scripts, ReloadAt::Now);
    target.wait_for(2);
    run.offer(&scripts.with("one", &step("new")));
    run.until("cancelled", |snapshot| snapshot.requests().cancelled == 2);
    target.wait_for(6);
    let (ended, _) = run.stop();
    let old = &ended.snapshot.totals.types[&ONE].versions[&1].outcomes;
    assert_eq!(old.get(Outcome::Cancelled), 2);
    assert_eq!(old.total(), 2);
    assert!(!paths(&target, "/new").is_empty());
}

#[test]
fn in_now_mode_one_who_sleeps_moves_at_once_and_sleeps_on() {
    let target = Target::fine();
    let sleepy = |path: &str| {
        format!(
            "return {{ requests = 1000000, think = 1000,
                on_start = function() http.get '/{path}' end, step = function() end }}"
        )
    };
    let scripts = Folder::of("one", &sleepy("old"));
    let run = run(&target, &scripts, ReloadAt::Now);
    target.wait_for(2);
    run.offer(&scripts.with("one", &sleepy("new")));
    let took = |snapshot: &Snapshot| snapshot.reload_status.last.as_ref()?.took;
    let snapshot = run.until("moved", |snapshot| {
        took(snapshot).is_some() && snapshot.users[&ONE] == [(2, 2)].into()
    });
    assert!(
        took(&snapshot).unwrap() < Duration::from_secs(100),
        "of a sleep of 1,000 s"
    );
    run.stop();
    assert_eq!(target.count(), 2, "nobody was woken");
}
