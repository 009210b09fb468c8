//! Users who follow a level over the run's time: stages, spikes, a curve.

use std::collections::BTreeSet;
use std::time::Duration;

use throng::engine::{Command, Refused};
use throng::metrics::ExitKind;
use throng::metrics::Snapshot;
use throng::pace::Profile;
use throng::plan::shape::{
    CurveClock, CurvePlan, CurveSource, parse_arrivals, parse_spikes, parse_stages,
};
use throng::plan::{Length, Plan, Shape};

use super::{Folder, Run, Target, change};

const STEPS: &str = "return { requests = 1000000, think = 0.5,
    on_start = function(user) http.get('/hello', { query = { user = user.id } }) end,
    step = function(user) http.get('/step', { query = { user = user.id } }) end,
    on_stop = function(user) http.get('/bye', { query = { user = user.id } }) end }";

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A run of these stages, as the command line makes it.
fn stages(plan: &mut Plan, text: &str) {
    let stages = parse_stages(text).unwrap();
    let most = stages.iter().map(|stage| stage.target).fold(0.0, f64::max);
    plan.shape = Shape {
        stages,
        ..Shape::default()
    };
    plan.users = most as u32;
    plan.length = Length::Duration(plan.shape.end().unwrap());
}

/// The users that there were at the end of each second, and those that the plan had.
fn seconds(run: &Run) -> Vec<(Duration, i64, Option<f64>)> {
    let mut snapshots = run.snapshots.clone();
    let mut seen = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        while snapshots.changed().await.is_ok() {
            let snapshot = snapshots.borrow_and_update().clone();
            if snapshot.phase == throng::metrics::Phase::Running {
                seen.push((
                    snapshot.elapsed,
                    snapshot.users_alive(),
                    snapshot.planned_users,
                ));
            }
        }
    });
    seen
}

/// Each second has about the users of the plan: timers of a fast clock are late by a tenth of a second of it or two.
fn follows(seen: &[(Duration, i64, Option<f64>)], level: &Profile, slack: Duration) {
    assert!(seen.len() > 10, "{seen:?}");
    for (at, alive, planned) in seen {
        let planned = planned.expect("the plan has users at every moment");
        assert!(
            (planned - level.level(*at)).abs() < 3.0,
            "{at:?}: {planned}"
        );
        let around =
            [*at, at.saturating_sub(slack), at.saturating_sub(slack / 2)].map(|at| level.level(at));
        let least = around.iter().copied().fold(f64::INFINITY, f64::min) - 1.5;
        let most = around.iter().copied().fold(0.0, f64::max) + 1.5;
        assert!(
            (least..=most).contains(&(*alive as f64)),
            "{at:?}: {alive} users and not {least} to {most}: {seen:?}"
        );
    }
}

#[test]
fn users_follow_stages_leave_after_on_stop_and_the_run_ends_with_them() {
    for shards in [1, 2] {
        let target = Target::fine();
        let scripts = Folder::of("one", STEPS);
        let mut plan = Plan::default();
        stages(&mut plan, "10s:30,10s:30,0s:10,5s:10,10s:0");
        let level = plan.users_over_time().unwrap().shared;
        let run = Run::start(&target, &scripts, |plan| {
            stages(plan, "10s:30,10s:30,0s:10,5s:10,10s:0");
            plan.shards = shards;
        });
        let seen = seconds(&run);
        let ended = run.end();
        follows(&seen, &level, s(5));
        assert!(
            ended.snapshot.elapsed >= s(34) && ended.snapshot.elapsed < s(60),
            "{:?}",
            ended.snapshot.elapsed
        );
        assert_eq!(ended.snapshot.users_alive(), 0);
        let log = target.requests();
        assert_eq!(ended.snapshot.requests().total(), log.len() as u64);
        // By the target's own log: everybody who said hello said good-bye, and nobody did anything between.
        let mut there = BTreeSet::new();
        let mut most = 0;
        for request in &log {
            let (what, user) = request.path.split_once("?user=").unwrap();
            match what {
                "/hello" => assert!(there.insert(user.to_owned()), "{user} came twice"),
                "/bye" => assert!(there.remove(user), "{user} was not there"),
                _ => assert!(there.contains(user), "{user} is not there"),
            }
            most = most.max(there.len());
        }
        assert!(there.is_empty(), "{there:?}");
        assert_eq!(most, 30);
        assert_eq!(
            ended.snapshot.sessions().total(),
            ended.snapshot.sessions().interrupted
        );
    }
}

#[test]
fn a_spike_brings_more_users_for_its_time_and_a_change_of_the_users_holds_from_now_on() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Continuous;
        plan.shape.spikes = parse_spikes("4s+6s:300%,100s+100s:50%").unwrap();
    });
    let at = |second: u64, users: i64| {
        move |snapshot: &Snapshot| snapshot.elapsed >= s(second) && snapshot.users_alive() == users
    };
    run.until("ten", at(1, 10));
    let spike = run.until("thirty", at(4, 30));
    assert!(spike.elapsed < s(9), "{:?}", spike.elapsed);
    assert_eq!(spike.planned_users, Some(30.0));
    run.until("ten again", at(10, 10));
    let said = run.tell(|answer| Command::Set(change(&[("users", "17")]), answer));
    assert_eq!(said.unwrap(), "users 10 -> 17");
    run.until("seventeen", at(10, 17));
    let too_many = run.tell(|answer| Command::Set(change(&[("users", "1000000")]), answer));
    assert!(matches!(too_many, Err(Refused::Invalid(_))), "{too_many:?}");
    run.stop();
}

#[test]
fn users_of_stages_are_not_set_by_number() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let run = Run::start(&target, &scripts, |plan| stages(plan, "0s:3,1h:3"));
    run.until("three", |snapshot| snapshot.users_alive() == 3);
    let said = run.tell(|answer| Command::Set(change(&[("users", "17")]), answer));
    assert!(matches!(said, Err(Refused::Invalid(_))), "{said:?}");
    run.stop();
}

#[test]
fn stages_and_a_curve_hold_from_now_on() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Continuous;
    });
    let set =
        |key: &str, value: &str| run.tell(|answer| Command::Set(change(&[(key, value)]), answer));
    run.until("ten", |snapshot| snapshot.users_alive() == 10);
    assert!(matches!(set("arrivals", "5/s"), Err(Refused::Invalid(_))));
    assert_eq!(
        set("stages", "0s:10,10s:30,60s:30").unwrap(),
        "stages 0s:10,10s:30,60s:30 from now on; the run ends in 1m10s"
    );
    let began = run.snapshot().elapsed;
    let thirty = run.until("thirty", |snapshot| snapshot.users_alive() == 30);
    let took = thirty.elapsed - began;
    assert!(took >= s(8) && took <= s(14), "{took:?}");
    assert!(
        matches!(set("users", "5"), Err(Refused::Invalid(_))),
        "the stages say it"
    );
    set("stages", "4s:10,2s:10").unwrap();
    let ended = run.end();
    let after = ended.snapshot.elapsed - thirty.elapsed;
    assert!(after >= s(5) && after <= s(12), "{after:?}");
    // A curve takes the place of none, and goes again.
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 40;
        plan.length = Length::Continuous;
    });
    let set =
        |key: &str, value: &str| run.tell(|answer| Command::Set(change(&[(key, value)]), answer));
    run.until("forty", |snapshot| snapshot.users_alive() == 40);
    assert_eq!(set("curve", "office").unwrap(), "curve office from now on");
    let planned = run.until("a curve", |snapshot| snapshot.planned_users.is_some());
    assert_ne!(planned.planned_users, Some(40.0));
    let day = s(24 * 3_600);
    assert!(planned.time_of_day.is_some_and(|time| time < day));
    set("curve", "none").unwrap();
    run.until("forty again", |snapshot| snapshot.users_alive() == 40);
    run.stop();
}

#[test]
fn arrivals_change_from_now_on_and_their_stages_end_the_run() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        "return { requests = 1, think = 0, step = function() http.get '/x' end }",
    );
    // An arrival is dropped where it is a second late by the clock of the machine.
    let run = Run::start_at(4.0, &target, &scripts, |plan| {
        let mut arrivals = parse_arrivals("5/s").unwrap();
        arrivals.even = true;
        plan.shape.arrivals = Some(arrivals);
        plan.length = Length::Continuous;
    });
    let set =
        |key: &str, value: &str| run.tell(|answer| Command::Set(change(&[(key, value)]), answer));
    let begun = |snapshot: &Snapshot| snapshot.sessions().total() as f64;
    let before = run.until("some", |snapshot| snapshot.elapsed >= s(10));
    assert!((begun(&before) - 50.0).abs() < 4.0, "{}", begun(&before));
    assert!(matches!(set("users", "5"), Err(Refused::Invalid(_))));
    assert!(matches!(set("stages", "1m:5"), Err(Refused::Invalid(_))));
    assert_eq!(
        set("arrivals", "20/s").unwrap(),
        "arrivals 20/s from now on"
    );
    let from = run.until("more", |snapshot| snapshot.elapsed >= before.elapsed + s(2));
    let until = run.until("many", |snapshot| snapshot.elapsed >= from.elapsed + s(40));
    let rate = (begun(&until) - begun(&from)) / (until.elapsed - from.elapsed).as_secs_f64();
    assert!((rate - 20.0).abs() < 3.0, "{rate}");
    set("arrivals", "0s:20/s,4s:0/s").unwrap();
    let ended = run.end();
    let last = ended.snapshot.elapsed - until.elapsed;
    assert!(last >= s(3), "{last:?}");
    // At 20 a second until the command came, then a line from 20 a second to none in 4 s.
    let came = begun(&ended.snapshot) - begun(&until);
    let expected = 20.0 * (last.as_secs_f64() - 4.0) + 40.0;
    assert!((came - expected).abs() < 40.0, "{came} and not {expected}");
    assert_eq!(ended.snapshot.requests().total(), target.count() as u64);
}

#[test]
fn nobody_at_night_is_no_end() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let mut curve = CurvePlan::new(
        CurveSource::File("night.csv".to_owned()),
        CurveClock::Compressed { day: s(24) },
    );
    curve
        .read_file("00:00,1\n02:00,0\n08:00,0\n09:00,2\n23:00,2\n")
        .unwrap();
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 5;
        plan.ramp = Some(Duration::ZERO);
        plan.length = Length::Continuous;
        plan.shape.curve = Some(curve);
    });
    run.until("some", |snapshot| snapshot.users_alive() > 2);
    run.until("nobody", |snapshot| {
        snapshot.elapsed > s(3) && snapshot.users_alive() == 0
    });
    let day = run.until("all", |snapshot| snapshot.users_alive() == 10);
    assert!(
        day.elapsed >= s(8) && day.elapsed < s(24),
        "{:?}",
        day.elapsed
    );
    let (ended, took) = run.stop();
    assert!(took < s(2), "{took:?}");
    assert_eq!(ended.snapshot.users_alive(), 0);
    // A night is no reason to wait for anybody at the end, either.
    let mut curve = CurvePlan::new(
        CurveSource::File("night.csv".to_owned()),
        CurveClock::Compressed { day: s(24) },
    );
    curve.read_file("00:00,0\n22:00,0\n23:00,1\n").unwrap();
    let run = Run::start(&target, &scripts, |plan| {
        plan.length = Length::Continuous;
        plan.shape.curve = Some(curve);
    });
    run.until("running", |snapshot| snapshot.elapsed > s(3));
    let (ended, took) = run.stop();
    assert!(took < s(2), "{took:?}");
    assert_eq!(ended.snapshot.requests().total(), 0);
}

#[test]
fn a_warm_up_is_counted_apart_and_no_rule_judges_it() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        "return { requests = 1000000, think = 0.1, step = function() http.get '/x' end }",
    );
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Duration(s(12));
        plan.shape.warm_up = s(4);
        // Met in each second in which it is judged.
        plan.valve = vec!["rate < 1000000 for 3s".parse().unwrap()];
    });
    let ended = run.end();
    let snapshot = &ended.snapshot;
    let stop = snapshot
        .stopped_by
        .as_ref()
        .expect("the rule is met after the warm-up");
    assert!(stop.at >= s(6) && stop.at <= s(9), "{stop:?}");
    let measured = snapshot.after_warm_up().expect("it has a warm-up");
    let (all, after) = (snapshot.requests().total(), measured.requests().total());
    assert_eq!(all, target.count() as u64);
    assert!(after > 0 && after < all, "{after} of {all}");
    assert!(measured.elapsed <= snapshot.elapsed - s(4));
    let view = throng::view::RunView::measured(snapshot);
    assert_eq!(view.parts.total.requests.total, all);
    assert_eq!(
        view.parts.warm_up.requests.total + view.parts.measured.requests.total,
        all
    );
    assert_eq!(view.load.requests.outcomes.total, after);
    assert_eq!(view.load.latency_seconds.count, after);
    let whole = throng::view::RunView::of(snapshot);
    assert_eq!(
        whole.load.requests.outcomes.total, all,
        "what watches the run counts all"
    );
}

#[test]
fn a_run_that_ends_within_its_warm_up_is_judged_as_a_whole() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        "return { requests = 1, think = 0, step = function() http.get '/x'; error 'no' end }",
    );
    let run = Run::start(&target, &scripts, |plan| {
        plan.length = Length::Sessions(5);
        plan.shape.warm_up = s(6_000);
    });
    let ended = run.end();
    let exit = ended.snapshot.exit.as_ref().unwrap();
    assert!(exit.has(ExitKind::SessionsFailed), "{exit:?}");
    let view = throng::view::RunView::measured(&ended.snapshot);
    assert_eq!(view.load.sessions.failed, 5);
    assert_eq!(view.parts.warm_up.sessions.total, 0, "nothing is left out");
    assert_eq!(view.parts.measured, view.parts.total);
}

#[test]
fn a_pace_counts_from_the_start_of_a_step_and_catches_up_with_nothing() {
    use crate::support::target::Answer;
    let target = Target::new(|request| {
        if request.path == "/slow" {
            // Three seconds of the run.
            std::thread::sleep(Duration::from_millis(300));
        }
        Answer::ok()
    });
    let scripts = Folder::of(
        "one",
        "local n = 0
         return { requests = 1000000, pace = 2,
           step = function()
             n = n + 1
             think(0.5)
             http.get(n == 5 and '/slow' or '/x')
           end }",
    );
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 1;
        plan.length = Length::Duration(Duration::from_millis(20_500));
    });
    let ended = run.end();
    // At 0, 2, 4, 6; at 8 the slow one, which takes 3.5 s; at 11.5 at once, then 13.5, 15.5, 17.5, 19.5.
    assert_eq!(ended.snapshot.requests().total(), 10);
    assert_eq!(target.count(), 10);
}
