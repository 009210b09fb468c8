//! The crowd's size, its shares, its dials and its pauses, while it is out.

use std::time::Duration;

use throng::engine::{Command, Refused};
use throng::metrics::{Phase, TypeId};
use throng::plan::{Change, Length};

use super::{Folder, Run, Target, change};

const STEPS: &str = "return { requests = 1000000, think = 0.1,
    step = function(user) http.get('/' .. user.type, { query = { user = user.id } }) end,
    on_stop = function() http.get '/bye' end }";

fn run(target: &Target, scripts: &Folder) -> Run {
    Run::start(target, scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Continuous;
    })
}

fn set(run: &Run, change: Change) -> Result<String, Refused> {
    run.tell(|answer| Command::Set(change, answer))
}

fn users(users: u32) -> Change {
    change(&[("users", &users.to_string())])
}

fn weights(weights: &[(&str, &str)]) -> Change {
    let weight = |(name, weight): &(&str, &str)| (format!("weights.{name}"), (*weight).to_owned());
    let weights: Vec<(String, String)> = weights.iter().map(weight).collect();
    let weights = weights.iter().map(|(key, weight)| (&**key, &**weight));
    Change::of(weights).unwrap()
}

#[test]
fn the_crowd_shrinks_and_grows() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let run = run(&target, &scripts);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    assert_eq!(set(&run, users(3)).unwrap(), "users 10 -> 3");
    let snapshot = run.until("fewer", |snapshot| snapshot.users_alive() == 3);
    assert_eq!(snapshot.settings.users, 3);
    assert_eq!(
        snapshot.sessions().interrupted,
        7,
        "those who left ended in order"
    );
    let seen = target.requests();
    assert_eq!(
        seen.iter().filter(|request| request.path == "/bye").count(),
        7
    );
    set(&run, users(25)).unwrap();
    run.until("more", |snapshot| snapshot.users_alive() == 25);
    let before = target.count();
    target.wait_for(before + 200);
    let recent = &target.requests()[before..];
    for user in 0..25 {
        let path = format!("/one?user={user}");
        assert!(
            recent.iter().any(|request| request.path == path),
            "{user} is not there"
        );
    }
    let (ended, _) = run.stop();
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
    assert_eq!(ended.snapshot.users_alive(), 0);
}

#[test]
fn shares_change_as_sessions_end() {
    let target = Target::fine();
    let short = "return { requests = 3, think = 0.1, step = function() http.get '/' end }";
    let scripts = Folder::of("one", short).with("two", short);
    let run = run(&target, &scripts);
    let of = |kind| move |snapshot: &throng::metrics::Snapshot| snapshot.users_of(TypeId(kind));
    run.until("out", |snapshot| {
        of(0)(snapshot) == 5 && of(1)(snapshot) == 5
    });
    assert_eq!(
        set(&run, weights(&[("two", "4")])).unwrap(),
        "weights.two 1 -> 4"
    );
    run.until("moved", |snapshot| {
        of(0)(snapshot) == 2 && of(1)(snapshot) == 8
    });
    set(&run, weights(&[("one", "0")])).unwrap();
    run.until("moved", |snapshot| {
        of(0)(snapshot) == 0 && of(1)(snapshot) == 10
    });
    let nobody = set(&run, weights(&[("two", "0")])).unwrap_err();
    assert!(
        nobody
            .to_string()
            .contains("every type that is there would have the weight 0"),
        "{nobody}"
    );
    let unknown = set(&run, weights(&[("tow", "1")])).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "weights.tow: the type does not exist; name one of: one, two"
    );
    let (ended, _) = run.stop();
    assert_eq!(ended.snapshot.settings.weights["two"], 4.0);
}

#[test]
fn what_cannot_be_is_refused_whole() {
    let target = Target::fine();
    let run = run(&target, &Folder::of("one", STEPS));
    // Each value can be; only the run knows that there is no such type.
    let change = change(&[("users", "5"), ("weights.two", "1")]);
    let Err(Refused::Invalid(faults)) = set(&run, change) else {
        panic!("taken")
    };
    assert_eq!(faults.len(), 1);
    let (ended, _) = run.stop();
    assert_eq!(ended.snapshot.settings.users, 10);
}

#[test]
fn the_think_factor_turns_for_those_who_are_out() {
    let target = Target::fine();
    let slow = "return { requests = 1000000, think = 2, step = function() http.get '/' end }";
    let run = run(&target, &Folder::of("one", slow));
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    let change = change(&[("think_factor", "0")]);
    set(&run, change).unwrap();
    // At 50 requests a second of the machine's this would take 40 s.
    target.wait_for(2_000);
    run.stop();
}

#[test]
fn a_pause_begins_no_step_and_stops_the_clock() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Duration(Duration::from_secs(8));
    });
    target.wait_for(10);
    run.tell(Command::Pause).unwrap();
    let paused = run.until("at rest", |snapshot| {
        snapshot.phase == Phase::Paused && snapshot.requests().total() == target.count() as u64
    });
    let (before, first) = (target.count(), paused.elapsed);
    // Longer than the run: it would end meanwhile if its clock went on.
    run.let_pass(Duration::from_secs(10));
    assert_eq!(target.count(), before, "steps began in the pause");
    let later = run.snapshot();
    assert_eq!(later.phase, Phase::Paused);
    assert_eq!(later.elapsed, first, "the clock went on");
    run.tell(Command::Resume).unwrap();
    target.wait_for(before + 10);
    let ended = run.end();
    let ran = ended.snapshot.elapsed;
    assert!(
        ran >= Duration::from_secs(8) && ran < Duration::from_secs(16),
        "{ran:?}"
    );
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
}

#[test]
fn a_think_inside_a_step_stands_still_in_a_pause() {
    let target = Target::fine();
    let step = "return { requests = 1000000, think = 0, step = function()
        http.get '/before' think(4) http.get '/after' end }";
    let run = run(&target, &Folder::of("one", step));
    let after = || {
        let requests = target.requests();
        requests
            .iter()
            .filter(|request| request.path == "/after")
            .count()
    };
    target.wait_for(10);
    run.tell(Command::Pause).unwrap();
    run.until("at rest", |snapshot| {
        snapshot.phase == Phase::Paused && snapshot.requests().total() == target.count() as u64
    });
    let before = after();
    run.let_pass(Duration::from_secs(6));
    assert_eq!(after(), before, "users went on in the pause");
    run.tell(Command::Resume).unwrap();
    target.wait_for(target.count() + 10);
    run.stop();
}

#[test]
fn a_run_can_be_stopped_in_a_pause() {
    let target = Target::fine();
    let run = run(&target, &Folder::of("one", STEPS));
    target.wait_for(20);
    run.tell(Command::Pause).unwrap();
    let (ended, took) = run.stop();
    assert!(took < Duration::from_secs(2), "{took:?}");
    let byes = target
        .requests()
        .iter()
        .filter(|request| request.path == "/bye")
        .count();
    assert_eq!(byes, 10);
    assert_eq!(ended.snapshot.requests().cancelled, 0);
}

#[test]
fn the_settings_file_sets_what_changed_in_it() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let run = run(&target, &scripts);
    run.offer_with(&scripts, users(4));
    run.until("fewer", |snapshot| snapshot.users_alive() == 4);
    set(&run, users(6)).unwrap();
    run.until("more", |snapshot| snapshot.users_alive() == 6);
    // A script is saved; the file says 4 as before.
    run.offer_with(&scripts.with("two", STEPS), users(4));
    let snapshot = run.until("joined", |snapshot| {
        snapshot.reloads.contains_key("accepted")
    });
    assert_eq!(snapshot.settings.users, 6);
    // The line is taken out of the file.
    let scripts = Folder::of("one", STEPS).with("two", STEPS);
    run.offer_with(&scripts, Change::default());
    let snapshot = run.until("as planned", |snapshot| snapshot.settings.users == 10);
    assert_eq!(snapshot.reloads["unchanged"], 2);
    run.stop();
}
