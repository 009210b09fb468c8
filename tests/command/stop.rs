//! Ctrl-C, SIGTERM and a terminal that is gone: once ends the run in order, twice at once.

use std::time::{Duration, Instant};

use super::program::{Run, program, run};
use super::{Answer, Folder, Target};
use crate::support::patience::until;

const SLOW: &str = "return { requests = 50, think = 0,
    step = function() http.get '/slow' end,
    on_stop = function() http.get '/bye' end }";

fn slow_target(pause: Duration) -> Target {
    Target::new(move |request| match request.path.as_str() {
        "/slow" => Answer::Late(pause, 200),
        _ => Answer::ok(),
    })
}

fn stops_in_order(signal: &str) {
    let (target, scripts) = (
        slow_target(Duration::from_millis(1_500)),
        Folder::of("slow", SLOW),
    );
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "3", "--ramp", "0", "--duration", "1h"],
    )
    .with_summary()
    .start();
    target.wait_for(3);
    run.signal(signal);
    let asked = Instant::now();
    let ended = run.end().with_code(0);
    assert!(
        asked.elapsed() > Duration::from_secs(1),
        "requests in flight were let finish"
    );
    let paths: Vec<String> = target
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/slow", "/slow", "/slow", "/bye", "/bye", "/bye"]);
    let summary = ended.summary();
    assert_eq!(summary["requests"]["ok"], 6);
    assert_eq!(summary["requests"]["cancelled"], 0);
    assert_eq!(summary["sessions"]["interrupted"], 3);
    assert!(ended.stdout.contains("3 interrupted"), "{}", ended.stdout);
}

#[test]
fn an_interrupt_lets_requests_in_flight_finish_and_users_leave() {
    stops_in_order("INT");
}

#[test]
fn a_termination_is_the_same_as_an_interrupt() {
    stops_in_order("TERM");
}

#[test]
fn a_hang_up_is_the_same_as_an_interrupt() {
    stops_in_order("HUP");
}

/// Makes a thing in each session, and is slow to end.
const MAKER: &str = "return { requests = 1000000, think = 0.02, step = function()
    http.post('/things', { json = {}, creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' } } })
end }";

fn numbering() -> Target {
    let next = std::sync::atomic::AtomicU64::new(0);
    Target::new(move |request| {
        let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match request.method.as_str() {
            "POST" => Answer::Status(201, format!("{{\"id\":\"n{id}\"}}")),
            _ => Answer::ok(),
        }
    })
}

fn count(target: &Target, method: &str) -> usize {
    let requests = target.requests();
    requests
        .iter()
        .filter(|request| request.method == method)
        .count()
}

#[test]
fn a_terminal_that_is_closed_leaves_nothing_behind() {
    let (target, scripts) = (numbering(), Folder::of("maker", MAKER));
    let root = scripts.root().display().to_string();
    // The program alone on a terminal of its own, whose other end goes away without a word.
    let line = format!(
        "exec {} run --no-listen --continuous --cleanup --users 4 --ramp 0 --base-url {} --script-dir {} --state-dir {root}/state --summary-json {root}/out.json",
        env!("CARGO_BIN_EXE_throng"),
        target.url(),
        scripts.path().display(),
    );
    let terminal = program("script", ["-qfc", &line, "/dev/null"])
        .variable("PATH", &std::env::var("PATH").unwrap())
        .variable("TERM", "xterm")
        .variable("SHELL", "/bin/sh")
        .start();
    target.wait_for(20);
    terminal.signal("KILL");
    let file = scripts.root().join("out.json");
    until("its end", || file.exists());
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(summary["left_behind"], serde_json::json!({}));
    assert_eq!(summary["sessions"]["interrupted"], 4);
    let made = count(&target, "POST");
    assert!(made >= 20);
    assert_eq!(count(&target, "DELETE"), made);
}

#[test]
fn a_run_that_was_told_not_to_mind_outlives_its_terminal() {
    let (target, scripts) = (
        Target::fine(),
        Folder::of(
            "t",
            "return { requests = 1000000, think = 0.02, step = function() http.get '/step' end }",
        ),
    );
    let throng = env!("CARGO_BIN_EXE_throng");
    let mut run: Run = program(
        "/bin/sh",
        ["-c", "trap '' HUP; exec \"$@\"", "sh", throng, "run"],
    )
    .args(&["--no-listen", "--continuous", "--users", "2", "--ramp", "0"])
    .args(&["--base-url", &target.url(), "--script-dir"])
    .arg(scripts.path())
    .with_summary()
    .start();
    target.wait_for(2);
    run.signal("HUP");
    target.wait_for(target.count() + 40);
    assert!(run.is_running());
    run.signal("TERM");
    assert_eq!(
        run.end().with_code(0).summary()["sessions"]["interrupted"],
        2
    );
}

#[test]
fn hang_ups_are_never_a_second_signal_and_an_interrupt_after_one_is() {
    let (target, scripts) = (Target::new(|_| Answer::Never), Folder::of("slow", SLOW));
    let words = ["--users", "3", "--ramp", "0"];
    let mut run = run(&target.url(), &scripts.path(), &words).start();
    target.wait_for(3);
    // A shell and the system may both send it. It ends by none of them, as time shows.
    for _ in 0..3 {
        run.signal("HUP");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(run.is_running(), "requests in flight are let finish");
    run.signal("INT");
    let ended = run.end().with_code(130);
    assert!(ended.took < Duration::from_secs(9), "{:?}", ended.took);
}

#[test]
fn a_second_signal_ends_setup_teardown_and_cleaning_too() {
    let slow = "return { setup = function() http.get '/setup' end, teardown = function() http.get '/teardown' end }";
    let maker = MAKER.replace("requests = 1000000", "requests = 2");
    for (held, words) in [
        ("/setup", &[][..]),
        ("/teardown", &[]),
        ("DELETE", &["--cleanup"]),
    ] {
        let next = std::sync::atomic::AtomicU64::new(0);
        let target = Target::new(move |request| {
            let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match held == request.path || held == request.method {
                true => Answer::Never,
                false => Answer::Status(201, format!("{{\"id\":\"n{id}\"}}")),
            }
        });
        let scripts = Folder::of("maker", &maker).with("_crowd", slow);
        let words = [&["--users", "1"], words].concat();
        let run = run(&target.url(), &scripts.path(), &words).start();
        let is_held = || {
            target
                .requests()
                .iter()
                .any(|request| request.path == held || request.method == held)
        };
        until(held, is_held);
        run.signal_twice();
        let asked = Instant::now();
        let ended = run.end();
        assert!(
            asked.elapsed() < Duration::from_secs(8),
            "{held}: {ended:?}"
        );
        if held != "/setup" {
            assert_eq!(ended.code, Some(130), "{held}: {ended:?}");
        }
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (target, scripts) = (Target::new(|_| Answer::Never), Folder::of("slow", SLOW));
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "3", "--ramp", "0"],
    )
    .with_summary()
    .start();
    target.wait_for(3);
    let asked = Instant::now();
    run.signal_twice();
    let ended = run.end().with_code(130);
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
    let summary = ended.summary();
    assert_eq!(
        summary["requests"]["cancelled"], 3,
        "what was in flight is counted"
    );
    assert_eq!(summary["requests"]["total"], 3);
    assert!(
        ended.stdout.contains("requests"),
        "the summary is printed: {}",
        ended.stdout
    );
}

#[test]
fn users_that_think_leave_at_once_and_those_of_the_ramp_never_come() {
    let script = "return { requests = 50, think = 60,
        step = function() http.get '/step' end, on_stop = function() http.get '/bye' end }";
    let script = script.replace(
        "requests",
        "on_start = function() http.get '/hello' end, requests",
    );
    let (target, scripts) = (Target::fine(), Folder::of("t", &script));
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "10", "--ramp", "1h"],
    )
    .with_summary()
    .start();
    target.wait_for(1);
    run.signal("INT");
    let asked = Instant::now();
    let ended = run.end().with_code(0);
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
    let paths: Vec<String> = target
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/hello", "/bye"]);
    assert_eq!(ended.summary()["sessions"]["total"], 1);
}

#[test]
fn requests_in_flight_finish_beside_a_branch_that_the_stop_holds_up() {
    let script = "return { requests = 9, think = 0, step = function()
        parallel {
          function() http.get '/slow' end,
          function() think(0.3) http.get '/never' end,
        }
    end }";
    let target = slow_target(Duration::from_millis(1_000));
    let scripts = Folder::of("both", script);
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--ramp", "0"],
    )
    .with_summary()
    .start();
    target.wait_for(2);
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    assert_eq!(summary["requests"]["ok"], 2);
    assert_eq!(summary["requests"]["total"], 2);
    assert_eq!(target.count(), 2);
}
