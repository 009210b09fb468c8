//! A new version that some users try first.

use std::time::Duration;

use throng::engine::Command;
use throng::metrics::{Snapshot, TypeId};
use throng::plan::shape::parse_spikes;
use throng::plan::{CanaryRules, Length};

use super::{Answer, Folder, Run, Target, change};

const ONE: TypeId = TypeId(0);

fn steps(path: &str) -> String {
    format!(
        "return {{ requests = 1000000, think = 0.1, step = function() http.get '/{path}' end }}"
    )
}

/// Twenty users; a fifth of them tries what is new for so long.
fn run(target: &Target, scripts: &Folder, time: Duration) -> Run {
    let run = Run::start(target, scripts, |plan| {
        plan.users = 20;
        plan.length = Length::Continuous;
        plan.reload.canary = Some(CanaryRules { share: 0.2, time });
    });
    run.until("out", |snapshot| snapshot.users_alive() == 20);
    run
}

fn target() -> Target {
    Target::new(|request| match request.path.as_str() {
        "/bad" => Answer::Status(500, "{}".to_owned()),
        _ => Answer::ok(),
    })
}

fn versions(snapshot: &Snapshot) -> Vec<(u32, i64)> {
    let users = snapshot.users.get(&ONE).into_iter().flatten();
    users.map(|(version, count)| (*version, *count)).collect()
}

#[test]
fn a_good_version_is_tried_by_a_share_and_then_is_for_all() {
    let target = target();
    let scripts = Folder::of("one", &steps("old"));
    let run = run(&target, &scripts, Duration::from_secs(2));
    run.offer(&scripts.with("one", &steps("new")));
    let snapshot = run.until("tried", |snapshot| versions(snapshot) == [(1, 16), (2, 4)]);
    let canary = snapshot.reload_status.canary.clone().unwrap();
    assert_eq!(
        (canary.release, canary.users, canary.steps_needed),
        (2, 4, 200)
    );
    assert_eq!(
        snapshot.versions[&ONE], 1,
        "the old one is still what plays"
    );
    let snapshot = run.until("promoted", |snapshot| versions(snapshot) == [(2, 20)]);
    assert_eq!(snapshot.reloads["promoted"], 1);
    assert!(snapshot.reload_status.canary.is_none());
    assert!(snapshot.totals.types[&ONE].versions[&2].steps >= 200);
    run.stop();
}

#[test]
fn who_tries_the_next_change_can_be_said_while_the_run_goes_on() {
    let target = target();
    let scripts = Folder::of("one", &steps("old"));
    let run = run(&target, &scripts, Duration::from_secs(600));
    let set = |share| change(&[("canary", share)]);
    let said = run.tell(|answer| Command::Set(set("0"), answer)).unwrap();
    assert_eq!(said, "canary 20 -> 0");
    let scripts = scripts.with("one", &steps("new"));
    run.offer(&scripts);
    run.until("for all at once", |snapshot| {
        versions(snapshot) == [(2, 20)]
    });
    let said = run.tell(|answer| Command::Set(set("50"), answer)).unwrap();
    assert_eq!(said, "canary 0 -> 50");
    run.offer(&scripts.with("one", &steps("newer")));
    let snapshot = run.until("tried by half of them", |snapshot| {
        versions(snapshot) == [(2, 10), (3, 10)]
    });
    let left = snapshot.reload_status.canary.clone().unwrap().left;
    assert!(left > Duration::from_secs(500), "{left:?}");
    run.stop();
}

#[test]
fn a_version_that_fails_is_taken_back_at_once_and_says_why() {
    let target = target();
    let scripts = Folder::of("one", &steps("old"));
    let run = run(&target, &scripts, Duration::from_secs(600));
    run.offer(&scripts.with("one", &steps("bad")));
    run.until("back", |snapshot| {
        snapshot.reloads.contains_key("rolled_back") && versions(snapshot) == [(1, 20)]
    });
    let (ended, _) = run.stop();
    let event = ended
        .snapshot
        .reload_status
        .events
        .iter()
        .find(|event| event.what == "rollback")
        .unwrap();
    assert!(
        event
            .text
            .starts_with("release 2 is rolled back to release 1: one: 100 % ("),
        "{}",
        event.text
    );
    assert!(
        event.text.contains("of its requests fail, 0 % (0 of "),
        "{}",
        event.text
    );
    assert!(
        event.text.ends_with("points, and 2 are tolerated"),
        "{}",
        event.text
    );
    // A fifth of the crowd for about a second.
    let versions = &ended.snapshot.totals.types[&ONE].versions;
    assert!(versions[&2].outcomes.total() < versions[&1].outcomes.total() / 2);
    assert_eq!(
        ended.snapshot.requests().failed(),
        versions[&2].outcomes.total()
    );
}

#[test]
fn a_version_whose_script_errs_is_taken_back() {
    for broken in [
        "return { requests = 1000000, think = 0.1, step = function() error 'oh' end }",
        "return { requests = 1000000, think = 0.1, on_start = function() error 'oh' end,
            migrate = function() error 'no' end, step = function() http.get '/new' end }",
    ] {
        let target = target();
        let scripts = Folder::of("one", &steps("old"));
        let run = run(&target, &scripts, Duration::from_secs(600));
        run.offer(&scripts.with("one", broken));
        run.until("back", |snapshot| {
            snapshot.reloads.contains_key("rolled_back") && versions(snapshot) == [(1, 20)]
        });
        let (ended, _) = run.stop();
        let events = &ended.snapshot.reload_status.events;
        let why = &events
            .iter()
            .find(|event| event.what == "rollback")
            .unwrap()
            .text;
        assert!(why.contains("of its steps raise errors"), "{why}");
    }
}

#[test]
fn a_canary_ends_by_command_either_way() {
    let target = target();
    let scripts = Folder::of("one", &steps("old"));
    let run = run(&target, &scripts, Duration::from_secs(600));
    let nothing = run.tell(Command::Promote).unwrap_err();
    assert_eq!(nothing.to_string(), "no canary is under way");
    let scripts = scripts.with("one", &steps("new"));
    run.offer(&scripts);
    run.until("tried", |snapshot| versions(snapshot) == [(1, 16), (2, 4)]);
    run.tell(|answer| Command::Rollback(None, answer)).unwrap();
    run.until("back", |snapshot| versions(snapshot) == [(1, 20)]);
    // Another save is another try.
    let scripts = scripts.with("one", &steps("newer"));
    run.offer(&scripts);
    run.until("tried", |snapshot| versions(snapshot) == [(1, 16), (3, 4)]);
    // And one more while that goes on takes its place.
    run.offer(&scripts.with("one", &steps("newest")));
    run.until("tried", |snapshot| versions(snapshot) == [(1, 16), (4, 4)]);
    run.tell(Command::Promote).unwrap();
    run.until("for all", |snapshot| versions(snapshot) == [(4, 20)]);
    let (ended, _) = run.stop();
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
}

#[test]
fn a_pause_stops_the_window_of_a_canary() {
    let target = target();
    let scripts = Folder::of("one", &steps("old"));
    let run = run(&target, &scripts, Duration::from_secs(2));
    run.offer(&scripts.with("one", &steps("new")));
    run.until("tried", |snapshot| versions(snapshot) == [(1, 16), (2, 4)]);
    run.tell(Command::Pause).unwrap();
    run.let_pass(Duration::from_millis(2_300));
    let snapshot = run.snapshot();
    assert!(
        snapshot.reload_status.canary.is_some(),
        "the canary went on in the pause"
    );
    assert_eq!(versions(&snapshot), [(1, 16), (2, 4)]);
    run.tell(Command::Resume).unwrap();
    run.until("for all", |snapshot| versions(snapshot) == [(2, 20)]);
    run.stop();
}

#[test]
fn a_canary_is_a_share_of_those_who_are_there_where_users_come_and_go() {
    let target = target();
    let scripts = Folder::of("one", &steps("old")).with("two", &steps("old"));
    let run = Run::start(&target, &scripts, |plan| {
        // A hundred for a moment, and ten before and after it.
        plan.users = 10;
        plan.length = Length::Continuous;
        plan.shape.spikes = parse_spikes("1000s+1s:1000%").unwrap();
        plan.reload.canary = Some(CanaryRules {
            share: 0.2,
            time: Duration::from_secs(600),
        });
    });
    run.until("out", |snapshot| snapshot.users_alive() == 10);
    let scripts = scripts.with("one", &steps("new"));
    run.offer(&scripts.with("two", &steps("new")));
    let tried = run.until("tried", |snapshot| versions(snapshot).len() == 2);
    // A fifth of each type's five.
    assert_eq!(versions(&tried), [(1, 4), (2, 1)]);
    let events = &tried.reload_status.events;
    let said = events.iter().find(|event| event.what == "canary").unwrap();
    assert!(
        said.text.contains("a canary for 20 % of the users"),
        "{}",
        said.text
    );
    let weights = change(&[("weights.one", "3"), ("weights.two", "7")]);
    run.tell(|answer| Command::Set(weights, answer)).unwrap();
    let (ended, _) = run.stop();
    let mut events = ended.snapshot.reload_status.events.iter();
    let said = events.find(|event| event.what == "mix");
    let moved = said.map_or(0, |said| {
        let number = said.text.split(' ').next().unwrap();
        number.parse::<u32>().unwrap()
    });
    assert!(moved <= 10, "no more are there: {said:?}");
}
