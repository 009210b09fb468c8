//! What a stop gives time to, and what it takes away.

use std::ops::Range;
use std::time::Duration;

use throng::engine::ShutdownDeadlines;
use throng::metrics::Phase;
use throng::plan::{Cleanup, Length};

use super::{Answer, BRISK, Folder, Run, Target};
use crate::support::patience::until;

const LEAVING: &str = "return { requests = 9, think = 0,
    step = function() http.get '/step' end,
    on_stop = function() http.get '/bye' end }";

/// A target that never answers requests for these paths.
fn silent_about(paths: &'static [&'static str]) -> Target {
    Target::new(move |request| {
        if paths.iter().any(|path| request.path.starts_with(path)) {
            Answer::Never
        } else {
            Answer::Status(201, r#"{"id":"7"}"#.to_owned())
        }
    })
}

fn within(took: Duration, range: Range<Duration>) {
    assert!(range.contains(&took), "{took:?} is not in {range:?}");
}

/// What a machine under load may be late by: much less than a request that nobody cuts takes until its timeout.
const LATE: Duration = Duration::from_secs(4);

#[test]
fn the_stop_of_a_run_ends_within_thirty_seconds() {
    let ShutdownDeadlines {
        cut,
        end,
        leave_behind,
        clean,
    } = ShutdownDeadlines::ASKED;
    assert_eq!(cut, Duration::from_secs(10));
    assert_eq!(end, Duration::from_secs(20));
    assert!(end < leave_behind && leave_behind < clean);
    // After the clean-up come the listener's last second and the summary.
    assert!(clean + Duration::from_secs(1) < Duration::from_secs(30));
}

#[test]
fn the_end_of_a_run_by_itself_waits_for_a_request_as_long_as_it_may_take() {
    let timeout = Duration::from_secs(30);
    let patient = ShutdownDeadlines::ASKED.of_itself(timeout);
    assert_eq!(patient.cut, Duration::from_secs(31));
    assert_eq!(patient.end - patient.cut, Duration::from_secs(10));
    assert!(patient.end < patient.leave_behind && patient.leave_behind < patient.clean);
    assert_eq!(
        ShutdownDeadlines::ASKED.of_itself(Duration::from_secs(2)),
        ShutdownDeadlines::ASKED
    );
}

#[test]
fn requests_that_are_never_answered_are_cut_and_then_users_leave() {
    let (target, scripts) = (silent_about(&["/step"]), Folder::of("t", LEAVING));
    let run = Run::start_brisk(&target, &scripts, |_| {});
    target.wait_for(2);
    let (ended, took) = run.stop();
    within(took, BRISK.cut..BRISK.cut + LATE);
    let requests = ended.snapshot.requests();
    assert_eq!(
        (requests.cancelled, requests.ok),
        (2, 2),
        "each user's step, and its on_stop"
    );
    assert_eq!(ended.snapshot.sessions().interrupted, 2);
    assert_eq!(
        target
            .requests()
            .iter()
            .filter(|request| request.path == "/bye")
            .count(),
        2
    );
    assert_eq!(ended.snapshot.exit.as_ref().unwrap().reasons, []);
}

#[test]
fn an_on_stop_that_is_never_answered_is_dropped_at_its_time() {
    let (target, scripts) = (silent_about(&["/step", "/bye"]), Folder::of("t", LEAVING));
    let run = Run::start_brisk(&target, &scripts, |_| {});
    target.wait_for(2);
    let (ended, took) = run.stop();
    within(took, BRISK.end..BRISK.end + LATE);
    assert_eq!(ended.snapshot.requests().cancelled, 4);
    assert_eq!(ended.snapshot.requests().total(), 4);
    assert_eq!(ended.snapshot.sessions().interrupted, 2);
}

#[test]
fn a_teardown_that_hangs_is_cut_at_its_time() {
    let crowd = "return { teardown = function() http.get '/down' end }";
    let script = "return { requests = 9, think = 60, on_start = function() http.get '/hello' end, step = function() end }";
    let scripts = Folder::of("t", script).with("_crowd", crowd);
    let target = silent_about(&["/down"]);
    let run = Run::start_brisk(&target, &scripts, |_| {});
    target.wait_for(2);
    let (ended, took) = run.stop();
    within(took, BRISK.leave_behind..BRISK.leave_behind + LATE);
    assert_eq!(ended.snapshot.requests().cancelled, 1);
}

#[test]
fn what_a_clean_up_does_not_reach_in_time_is_listed() {
    let make = "http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' } } })";
    let script = format!("return {{ requests = 1, step = function() {make} think(60) end }}");
    let (target, scripts) = (silent_about(&["/things/"]), Folder::of("t", &script));
    let run = Run::start_brisk(&target, &scripts, |plan| {
        plan.cleanup = Some(Cleanup { interval: None })
    });
    target.wait_for(2);
    let (ended, took) = run.stop();
    within(took, BRISK.clean..BRISK.clean + LATE);
    let leftovers: Vec<String> = ended.leftovers.iter().map(ToString::to_string).collect();
    assert_eq!(
        leftovers,
        ["left behind: thing 7: the time for clean-up was over"; 2]
    );
    assert_eq!(
        ended.snapshot.requests().cancelled,
        2,
        "the deletions under way"
    );
}

#[test]
fn a_clean_up_under_way_when_the_stop_comes_is_bounded_too() {
    let script = "return { requests = 2, think = 0.5,
        on_start = function()
          http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' } } })
        end,
        step = function() http.get '/more' end }";
    let (target, scripts) = (silent_about(&["/things/"]), Folder::of("t", script));
    let run = Run::start_brisk(&target, &scripts, |plan| {
        plan.length = Length::Continuous;
        plan.cleanup = Some(Cleanup {
            interval: Some(Duration::from_secs(1)),
        });
    });
    until("a deletion", || {
        let mut requests = target.requests().into_iter();
        requests.any(|request| request.method == "DELETE")
    });
    let (ended, took) = run.stop();
    within(took, BRISK.clean..BRISK.clean + LATE);
    let made = target
        .requests()
        .iter()
        .filter(|request| request.method == "POST")
        .count();
    assert_eq!(ended.leftovers.len(), made);
}

#[test]
fn a_run_that_ends_by_itself_cuts_no_request() {
    let target = Target::new(|request| match request.path.as_str() {
        "/step" => Answer::Late(BRISK.cut + Duration::from_millis(500), 200),
        _ => Answer::ok(),
    });
    let scripts = Folder::of("t", LEAVING);
    let run = Run::start_brisk(&target, &scripts, |plan| {
        plan.length = Length::Duration(Duration::from_secs(2))
    });
    let ended = run.end();
    let requests = ended.snapshot.requests();
    assert_eq!((requests.cancelled, requests.ok), (0, 4));
}

#[test]
fn a_signal_while_a_run_ends_by_itself_brings_the_timetable_of_a_stop() {
    let (target, scripts) = (silent_about(&["/step"]), Folder::of("t", LEAVING));
    let run = Run::start_brisk(&target, &scripts, |plan| {
        plan.length = Length::Duration(Duration::from_secs(1))
    });
    run.until("at its end", |snapshot| snapshot.phase == Phase::Stopping);
    let (ended, took) = run.stop();
    within(took, BRISK.cut..BRISK.cut + LATE);
    assert_eq!(ended.snapshot.requests().cancelled, 2);
}
