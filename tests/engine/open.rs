//! Open crowds: sessions arrive by a rate, live and leave.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::engine::Command;
use throng::metrics::{Snapshot, TypeId};
use throng::pace::ArrivalSpacing;
use throng::plan::shape::{Arrivals, Rate};
use throng::plan::{Incident, Length, Overlay, Plan, Starts};

use super::{FAST, Folder, Run, Settings, Target};

/// One request a session, by the user's number.
const SHORT: &str = "return { requests = 1, think = 0,
    step = function(user) http.get('/' .. user.type, { query = { user = user.id } }) end }";

fn open(plan: &mut Plan, rate: f64, spacing: ArrivalSpacing) {
    plan.shape.arrivals = Some(Arrivals {
        rate: Rate::Constant(rate),
        even: spacing == ArrivalSpacing::Even,
        max_users: 10_000,
    });
}

/// Arrivals that began no session.
fn dropped(snapshot: &Snapshot) -> u64 {
    snapshot.arrivals().dropped()
}

/// How often each path was asked for.
fn paths(target: &Target) -> BTreeMap<String, usize> {
    let mut paths = BTreeMap::new();
    for request in target.requests() {
        *paths.entry(request.path).or_default() += 1;
    }
    paths
}

#[test]
fn sessions_come_by_the_rate_and_leave() {
    let target = Target::fine();
    let scripts = Folder::of("one", SHORT);
    // An arrival is dropped where it is a second late by the clock of the machine.
    let run = Run::start_at(4.0, &target, &scripts, |plan| {
        open(plan, 10.0, ArrivalSpacing::Even);
        plan.length = Length::Duration(Duration::from_secs(20));
    });
    let begun = run.until("began", |snapshot| snapshot.planned_arrivals.is_some());
    assert_eq!(begun.planned_arrivals, Some(10.0));
    assert_eq!((begun.planned_users, begun.time_of_day), (None, None));
    let ended = run.end();
    let snapshot = &ended.snapshot;
    let arrivals = snapshot.arrivals().total;
    assert_eq!(arrivals, 200);
    // A machine that is busy with other tests may be late with those that are due when the run ends.
    let late = snapshot.arrivals().dropped_late;
    assert_eq!(dropped(snapshot), late);
    assert!(late <= 4, "{late}");
    assert_eq!(snapshot.sessions().total(), arrivals - dropped(snapshot));
    assert_eq!(target.count() as u64, snapshot.requests().total());
    // Every arrival is somebody else.
    assert!(paths(&target).values().all(|count| *count == 1));
    assert_eq!(snapshot.users_alive(), 0);
}

#[test]
fn the_same_seed_brings_the_same_people_on_any_number_of_threads() {
    let came = |shards, seed| {
        let target = Target::fine();
        let scripts = Folder::of("one", SHORT).with("two", SHORT);
        let settings = Settings::default();
        let run = Run::start_with(FAST, &target.url(), &settings, seed, &scripts, |plan| {
            open(plan, 15.0, ArrivalSpacing::Poisson);
            plan.length = Length::Sessions(300);
            plan.shards = shards;
        });
        let ended = run.end();
        assert_eq!(ended.snapshot.arrivals().total, 300);
        paths(&target)
    };
    let one = came(1, 1);
    assert_eq!(one.len(), 300);
    assert_eq!(came(2, 1), one);
    assert_eq!(came(3, 1), one);
    assert_ne!(came(2, 2), one, "another seed, other types");
    let twos = one.keys().filter(|path| path.starts_with("/two")).count();
    // Three standard deviations of a fair coin.
    assert!(twos.abs_diff(150) <= 26, "{twos}");
}

#[test]
fn arrivals_without_a_place_are_dropped_and_counted() {
    let target = Target::fine();
    let long = "return { requests = 1, think = 100, step = function() http.get '/' end }";
    let scripts = Folder::of("one", long);
    let run = Run::start(&target, &scripts, |plan| {
        open(plan, 20.0, ArrivalSpacing::Even);
        plan.shape.arrivals.as_mut().unwrap().max_users = 8;
        plan.length = Length::Duration(Duration::from_secs(5));
        plan.shards = 2;
    });
    let snapshot = run.until("full", |snapshot| dropped(snapshot) > 0);
    assert_eq!(snapshot.users_alive(), 8);
    let ended = run.end();
    let snapshot = &ended.snapshot;
    assert_eq!(snapshot.arrivals().total - dropped(snapshot), 8);
    assert_eq!(snapshot.arrivals().dropped_max_users, dropped(snapshot));
    assert_eq!(snapshot.sessions().interrupted, 8);
    assert_eq!(snapshot.peak_users, 8);
}

#[test]
fn arrivals_beyond_what_the_machine_can_begin_are_dropped_as_late_and_said() {
    let target = Target::fine();
    let scripts = Folder::of("one", SHORT);
    // A stop does not wait until the many that were overdue are counted.
    let run = Run::start_brisk(&target, &scripts, |plan| {
        // Ten millions a second of the machine's.
        open(plan, 1_000_000.0, ArrivalSpacing::Even);
        plan.shape.arrivals.as_mut().unwrap().max_users = 4;
        plan.length = Length::Continuous;
    });
    let late = |snapshot: &Snapshot| snapshot.arrivals().dropped_late;
    run.until("late", |snapshot| late(snapshot) > 0);
    let said = run.until("said", |snapshot| {
        let mut events = snapshot.reload_status.events.iter();
        events.any(|event| event.what == "dropped" && event.text.contains("too busy"))
    });
    assert!(said.users_alive() <= 4);
    // The run is steered as ever.
    let (ended, _) = run.stop();
    let arrivals = ended.snapshot.arrivals();
    let sessions = ended.snapshot.sessions().total();
    assert_eq!(arrivals.total - arrivals.dropped(), sessions);
}

#[test]
fn a_new_version_is_for_those_who_come_and_for_those_who_are_there() {
    let target = Target::fine();
    let short = |path: &str| {
        format!("return {{ requests = 1, think = 0, step = function() http.get '/{path}' end }}")
    };
    let scripts = Folder::of("one", &short("old"));
    let run = Run::start(&target, &scripts, |plan| {
        open(plan, 10.0, ArrivalSpacing::Poisson);
        plan.length = Length::Continuous;
    });
    target.wait_for(20);
    // The script stays loaded between two arrivals.
    run.until("at rest", |snapshot| snapshot.health.vms == 1);
    let scripts = scripts.with("one", &short("new"));
    run.offer(&scripts);
    let has_new = || paths(&target).contains_key("/new");
    run.until("changed", |_| has_new());
    let snapshot = run.until("settled", |snapshot| snapshot.health.vms == 1);
    assert_eq!(snapshot.versions[&TypeId(0)], 2);
    let old = paths(&target)["/old"];
    target.wait_for(target.count() + 20);
    assert_eq!(paths(&target)["/old"], old, "somebody has the old version");
    std::fs::remove_file(scripts.path().join("one.lua")).unwrap();
    run.offer(&scripts.with("two", &short("other")));
    run.until("other", |_| paths(&target).contains_key("/other"));
    let (ended, _) = run.stop();
    // A busy machine may be late for one.
    assert_eq!(ended.snapshot.arrivals().dropped_script, 0);
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
}

#[test]
fn a_pause_brings_nobody_and_loses_nobody() {
    let target = Target::fine();
    let scripts = Folder::of("one", SHORT);
    let run = Run::start(&target, &scripts, |plan| {
        open(plan, 10.0, ArrivalSpacing::Even);
        plan.length = Length::Sessions(50);
    });
    target.wait_for(20);
    run.tell(Command::Pause).unwrap();
    let paused = run.until("at rest", |snapshot| {
        snapshot.phase == throng::metrics::Phase::Paused
            && snapshot.requests().total() == target.count() as u64
    });
    let before = target.count();
    run.let_pass(Duration::from_secs(10));
    assert_eq!(target.count(), before);
    assert_eq!(run.snapshot().elapsed, paused.elapsed);
    run.tell(Command::Resume).unwrap();
    let ended = run.end();
    assert_eq!(target.count(), 50);
    assert_eq!(ended.snapshot.arrivals().total, 50);
    // Five seconds at this rate, however long the pause was.
    let ran = ended.snapshot.elapsed;
    assert!(ran < Duration::from_secs(10), "{ran:?}");
}

#[test]
fn an_incident_multiplies_arrivals_and_a_number_of_users_is_refused() {
    let target = Target::fine();
    let scripts = Folder::of("one", SHORT);
    let at = |seconds| Starts::At(Duration::from_secs(seconds));
    let run = Run::start(&target, &scripts, |plan| {
        open(plan, 4.0, ArrivalSpacing::Even);
        plan.users = 10_000;
        plan.length = Length::Duration(Duration::from_secs(30));
        plan.incidents = vec![Incident {
            name: "rush".to_owned(),
            starts: at(10),
            lasts: Duration::from_secs(10),
            overlay: Overlay {
                users_per_cent: Some(300.0),
                ..Overlay::default()
            },
        }];
    });
    let users = super::change(&[("users", "5")]);
    let refused = run
        .tell(|answer| Command::Set(users, answer))
        .unwrap_err()
        .to_string();
    assert!(refused.contains("sessions arrive in this run"), "{refused}");
    let ended = run.end();
    // Ten seconds at 4, ten at 12, ten at 4 again; incidents begin and end with a second of the run.
    let came = ended.snapshot.arrivals().total;
    assert!(came.abs_diff(200) <= 30, "{came}");
    assert_eq!(dropped(&ended.snapshot), 0);
}

#[test]
fn a_pause_of_on_start_is_no_time_of_a_response() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        "return { requests = 1, think = 0, on_start = function() think(30) end,
           step = function() http.get '/' end }",
    );
    let run = Run::start(&target, &scripts, |plan| {
        open(plan, 10.0, ArrivalSpacing::Even);
        plan.length = Length::Sessions(20);
    });
    let ended = run.end();
    assert_eq!(ended.snapshot.requests().total(), 20);
    // Three seconds by the machine's clock, by which responses are measured in microseconds.
    let response = ended.snapshot.response().quantile(0.9);
    assert!(response < 1_000_000, "{response}");
}
