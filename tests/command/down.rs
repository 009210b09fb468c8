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
    ended.said(&format!("{url}/ does not answer ("));
    ended.said("users come back after 1-30 s");
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
    let run = run(&url, &scripts.path(), &["--users", "3", "--ramp", "0"])
        .with_summary()
        .start();
    run.wait_for("does not answer");
    let target = Target::at(address, |_| Answer::ok());
    let ended = run.end().with_code(0);
    assert_eq!(
        target.count(),
        6,
        "three users, a session of two requests each"
    );
    let summary = ended.summary();
    assert_eq!(summary["sessions"]["completed"], 3);
    assert_eq!(summary["requests"]["ok"], 6);
    assert!(summary["sessions"]["failed"].as_u64().unwrap() >= 3);
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
