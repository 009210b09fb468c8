//! When users who are to be of another type change it.

use std::time::Duration;

use throng::engine::Command;
use throng::metrics::{Snapshot, TypeId};
use throng::plan::{Length, MixAt};

use super::{Folder, Run, Target, change};

/// Sessions without an end.
const LONG: &str = "return { requests = 1000000, think = 0.1,
    step = function(user) http.get('/' .. user.type) end,
    on_stop = function() http.get '/bye' end }";

fn run(target: &Target, scripts: &Folder, mix_at: MixAt) -> Run {
    Run::start(target, scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Continuous;
        plan.reload.mix_at = mix_at;
    })
}

/// What the run says of users that change type.
fn said(snapshot: &Snapshot) -> Vec<&str> {
    let events = snapshot.reload_status.events.iter();
    events
        .filter(|event| event.what == "mix")
        .map(|event| &*event.text)
        .collect()
}

fn goodbyes(target: &Target) -> usize {
    let seen = target.requests();
    seen.iter().filter(|request| request.path == "/bye").count()
}

#[test]
fn users_change_type_before_their_next_step_where_the_plan_says_so() {
    let target = Target::fine();
    let scripts = Folder::of("one", LONG);
    let run = run(&target, &scripts, MixAt::Step);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    let scripts = scripts.with("two", LONG);
    run.offer(&scripts);
    let snapshot = run.until("joined", |snapshot| {
        snapshot.users_of(TypeId(0)) == 5 && snapshot.users_of(TypeId(2)) == 5
    });
    assert_eq!(
        said(&snapshot),
        ["5 users change type (one -5, two +5) before the next step"]
    );
    assert_eq!(goodbyes(&target), 5, "each said goodbye as what it was");
    assert_eq!(snapshot.sessions().interrupted, 5);
    let weights = change(&[("weights.one", "9")]);
    run.tell(|answer| Command::Set(weights, answer)).unwrap();
    let snapshot = run.until("moved", |snapshot| snapshot.users_of(TypeId(0)) == 9);
    assert_eq!(
        said(&snapshot)[1],
        "4 users change type (one +4, two -4) before the next step"
    );
    std::fs::remove_file(scripts.path().join("two.lua")).unwrap();
    run.offer(&scripts);
    let snapshot = run.until("gone", |snapshot| snapshot.users_of(TypeId(0)) == 10);
    assert_eq!(
        said(&snapshot)[2],
        "1 user changes type (one +1, two -1) before the next step"
    );
    let (ended, _) = run.stop();
    assert_eq!(goodbyes(&target), 20, "ten who changed and ten at the end");
    assert_eq!(ended.snapshot.requests().cancelled, 0);
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
}

#[test]
fn a_type_that_waits_for_sessions_to_end_is_announced() {
    let target = Target::fine();
    let scripts = Folder::of("one", LONG);
    let run = run(&target, &scripts, MixAt::Session);
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    run.offer(&scripts.with("two", LONG));
    let snapshot = run.until("announced", |snapshot| !said(snapshot).is_empty());
    assert_eq!(
        said(&snapshot),
        [
            "5 users change type (one -5, two +5) when their sessions end; --mix-at step makes it \
             before the next step"
        ]
    );
    run.let_pass(Duration::from_secs(2));
    assert_eq!(run.snapshot().users_of(TypeId(0)), 10);
    // A crowd that grows has no user that changes its type.
    let users = change(&[("users", "20")]);
    run.tell(|answer| Command::Set(users, answer)).unwrap();
    let snapshot = run.until("grown", |snapshot| snapshot.users_alive() == 20);
    assert_eq!(said(&snapshot).len(), 1);
    run.stop();
}
