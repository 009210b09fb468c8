//! Targets that do not answer, or not yet.

use std::net::TcpListener;
use std::time::Duration;

use super::program::run;
use super::{Answer, Folder, Target, browsing};

/// An address at which nobody listens just now.
fn nobody() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

#[test]
fn a_target_that_is_down_is_retried_with_patience_counted_and_said() {
    let (scripts, url) = (
        Folder::of("browse", &browsing(4)),
        format!("http://{}", nobody()),
    );
    let ended = run(
        &url,
        &scripts.path(),
        &["--users", "4", "--ramp", "0", "--duration", "3"],
    )
    .with_summary()
    .end()
    .with_code(1);
    ended.said(&format!(
        "{url}/ never answered; is it running, and is --base-url right?"
    ));
    ended.said(&format!("{url}/ does not respond ("));
    ended.said("users retry after 1-30 s");
    let summary = ended.summary();
    let failed = summary["sessions"]["failed"].as_u64().unwrap();
    // In 3 s with pauses of 1 to 2 s, then 1 to 4 s: at least twice each, and never a hammering.
    assert!((5..=12).contains(&failed), "{failed} sessions failed");
    assert_eq!(
        summary["requests"]["error"], failed,
        "one request tells a session that nobody is there"
    );
    assert_eq!(summary["requests"]["total"], failed);
    assert_eq!(summary["errors"][0]["kind"], "connect");
    assert_eq!(summary["sessions"]["completed"], 0);
    assert_eq!(summary["endpoints"][0]["status"]["none"], failed);
}

#[test]
fn a_target_that_comes_up_later_is_used() {
    let (scripts, address) = (Folder::of("browse", &browsing(2)), nobody());
    let url = format!("http://{address}");
    let words = ["--users", "3", "--ramp", "0", "--sessions", "100"];
    let run = run(&url, &scripts.path(), &words).with_summary().start();
    run.wait_for("does not respond");
    let target = Target::at(address, |_| Answer::ok());
    let ended = run.end().with_code(0);
    let summary = ended.summary();
    let sessions = |how: &str| summary["sessions"][how].as_u64().unwrap() as usize;
    assert!(sessions("failed") >= 3);
    assert_eq!(sessions("completed") + sessions("failed"), 100);
    assert_eq!(target.count(), 2 * sessions("completed"));
    assert_eq!(summary["requests"]["ok"], target.count());
    assert!(ended.took < Duration::from_secs(20), "{:?}", ended.took);
}

#[test]
fn sessions_that_all_fail_fail_the_run() {
    let script = "return { requests = 3, think = 0, steps = { { 1, function() http.get '/' error 'lost' end } } }";
    let (scripts, target) = (Folder::of("lost", script), Target::fine());
    let ended = run(&target.url(), &scripts.path(), &["--users", "2"])
        .with_summary()
        .end()
        .with_code(1);
    ended.said("every session failed");
    ended.said("scripts/lost.lua:1: lost");
    let summary = ended.summary();
    assert_eq!(summary["sessions"]["failed"], 2);
    assert_eq!(summary["script_errors"][0]["count"], 2);
    assert_eq!(target.count(), 2);
}

#[test]
fn a_run_fails_when_more_sessions_fail_than_are_completed() {
    // The sessions of one thread, one after the other.
    let script = |lost: &str| {
        format!("local n = 0
        return {{ requests = 1, think = 0, step = function() n = n + 1 local n = n http.get '/' if {lost} then error 'lost' end end }}")
    };
    for (lost, failed, code) in [
        ("n % 3 > 0", 6, 1),
        ("n % 3 == 0", 3, 0),
        ("n % 2 == 0", 4, 0),
        ("n > 1", 8, 1),
    ] {
        let (scripts, target) = (Folder::of("lost", &script(lost)), Target::fine());
        let words = ["--users", "9", "--threads", "1", "--ramp", "0"];
        let ended = run(&target.url(), &scripts.path(), &words)
            .with_summary()
            .end()
            .with_code(code);
        let summary = ended.summary();
        assert_eq!(summary["sessions"]["failed"], failed, "{lost}");
        assert_eq!(summary["sessions"]["completed"], 9 - failed, "{lost}");
        if code == 1 {
            ended.said(&format!(
                "more sessions failed ({failed}) than were completed ({}); ",
                9 - failed
            ));
        }
    }
}

#[test]
fn sessions_that_the_end_interrupts_count_only_where_none_was_completed() {
    // Each thread has one user that goes on to the end; of the others some fail at once, and rest for a second or more.
    let script = |fails: &str| {
        format!("local n = 0
        return {{ requests = 1000000, think = 0.05, on_start = function(user) n = n + 1 user.state.n = n end,
          step = function(user) http.get '/' if user.state.n {fails} then error 'lost' end end }}")
    };
    for (fails, code) in [("<= 3", 0), ("<= 8", 1)] {
        let (scripts, target) = (Folder::of("lost", &script(fails)), Target::fine());
        let words = ["--users", "10", "--threads", "1", "--ramp", "0"];
        let run = run(&target.url(), &scripts.path(), &words)
            .with_summary()
            .start();
        target.wait_for(60);
        run.signal("INT");
        let summary = run.end().with_code(code).summary();
        assert_eq!(summary["sessions"]["completed"], 0, "{fails}");
        let failed = summary["sessions"]["failed"].as_u64().unwrap();
        let stopped = summary["sessions"]["interrupted"].as_u64().unwrap();
        assert_eq!(
            failed > stopped,
            code == 1,
            "{fails}: {failed} failed, {stopped} stopped"
        );
    }
}
