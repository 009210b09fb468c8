//! Every exit code by the real program, and that the JSON lists all reasons, the first of which is the code.

use serde_json::Value;

use super::program::{Ended, run, throng};
use super::{Answer, Folder, Target};

const BUSY: &str =
    "return { requests = 1000, think = 0.05, step = function() http.get '/page' end }";

const FOR_TWO_SECONDS: [&str; 6] = ["--users", "2", "--ramp", "0", "--duration", "2"];

/// The exit of a summary: its code, and code and kind of each reason.
fn exit(ended: &Ended) -> (u64, Vec<(u64, String)>) {
    let summary = ended.summary();
    let exit = &summary["exit"];
    let reasons = exit["reasons"].as_array().unwrap().iter();
    let reason = |one: &Value| {
        assert!(!one["text"].as_str().unwrap().is_empty());
        let kind = one["kind"].as_str().unwrap().to_owned();
        (one["code"].as_u64().unwrap(), kind)
    };
    (
        exit["code"].as_u64().unwrap(),
        reasons.map(reason).collect(),
    )
}

fn expect(ended: Ended, code: i32, reasons: &[(u64, &str)]) -> Ended {
    let ended = ended.with_code(code);
    let expected = reasons
        .iter()
        .map(|(code, kind)| (*code, (*kind).to_owned()));
    assert_eq!(
        exit(&ended),
        (code.unsigned_abs().into(), expected.collect()),
        "{}",
        ended.stderr
    );
    ended
}

fn failing() -> Target {
    Target::new(|_| Answer::Status(500, "{}".to_owned()))
}

/// A port on which nobody listens: it was free just now.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_run_without_a_reason_is_a_0() {
    let (target, scripts) = (Target::fine(), Folder::of("busy", BUSY));
    let ended = run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .args(&["--fail-if", "failed > 1%"])
        .fast()
        .with_summary()
        .end();
    expect(ended, 0, &[]);
}

#[test]
fn a_failed_run_is_a_1_and_its_thresholds_are_listed() {
    let scripts = Folder::of("busy", BUSY);
    let ended = run(&nobody(), &scripts.path(), &FOR_TWO_SECONDS)
        .args(&["--fail-if", "errors > 1%"])
        .fast()
        .with_summary()
        .end();
    // A user leaves where nothing listens.
    let reasons = [(1, "no_response"), (1, "sessions_failed"), (5, "threshold")];
    let ended = expect(ended, 1, &reasons);
    ended.said("never answered; is it running, and is --base-url right?");
    ended.said("threshold errors > 1%: 100 % (");
}

#[test]
fn a_document_that_cannot_be_written_is_a_1_and_not_in_itself() {
    let (target, scripts) = (failing(), Folder::of("busy", BUSY));
    let full = run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .args(&["--fail-if", "failed > 1%", "--summary-json", "/dev/full"])
        .fast()
        .end()
        .with_code(1);
    full.said("the summary cannot be written to /dev/full, so it is here: ");
    full.said("threshold failed > 1%: 100 % (");
    let document = &full.stderr[full.stderr.find("{\n").unwrap()..];
    let mut documents = serde_json::Deserializer::from_str(document).into_iter::<Value>();
    let exit = documents.next().unwrap().unwrap()["exit"].take();
    assert_eq!(exit["code"], 5, "what was known when it was written");
}

#[test]
fn a_wrong_command_line_is_a_2() {
    let ended = throng(["run", "--users", "many"]).with_summary().end();
    ended.with_code(2).said("--users");
}

#[test]
fn scripts_that_are_rejected_are_a_3() {
    let (target, scripts) = (Target::fine(), Folder::of("bad", "return {"));
    let ended = run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS);
    ended.with_summary().end().with_code(3).said("bad.lua:1");
    assert_eq!(target.count(), 0);
}

#[test]
fn a_threshold_is_a_5_and_each_is_listed() {
    let (target, scripts) = (failing(), Folder::of("busy", BUSY));
    let ended = run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .args(&["--fail-if", "failed{name=\"/nowhere\"} > 1%"])
        .args(&["--fail-if", "failed > 1%", "--fail-if", "p95 > 30s"])
        .fast()
        .with_summary()
        .end();
    expect(ended, 5, &[(5, "threshold"), (5, "unknown_name")]);
}

#[test]
fn a_run_that_its_valve_ends_is_a_6_before_its_thresholds() {
    let (target, scripts) = (failing(), Folder::of("busy", BUSY));
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--ramp", "0", "--continuous"],
    )
    .args(&["--stop-if", "failed > 90% for 1s"])
    .args(&["--fail-if", "failed > 1%"])
    .fast()
    .with_summary()
    .end();
    expect(ended, 6, &[(6, "stop_rule"), (5, "threshold")]);
}

#[test]
fn a_run_that_its_valve_ends_at_a_dead_target_is_a_1() {
    let scripts = Folder::of("busy", BUSY);
    let ended = run(
        &nobody(),
        &scripts.path(),
        &["--users", "2", "--ramp", "0", "--continuous"],
    )
    .args(&["--stop-if", "errors > 50% for 2s"])
    .fast()
    .with_summary()
    .end();
    let reasons = [(1, "no_response"), (1, "sessions_failed"), (6, "stop_rule")];
    expect(ended, 1, &reasons);
}

#[test]
fn a_run_that_is_stopped_twice_is_a_130_before_everything() {
    // The second request of each user is in flight until the second signal.
    let scripts = Folder::of(
        "busy",
        "return { requests = 1000, step = function() http.get '/page' http.get '/never' end }",
    );
    let target = Target::new(|request| match request.path.as_str() {
        "/page" => Answer::Status(500, "{}".to_owned()),
        _ => Answer::Never,
    });
    let run = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--ramp", "0", "--continuous"],
    )
    .args(&["--fail-if", "failed > 1%"])
    .with_summary()
    .start();
    target.wait_for(4);
    run.signal_twice();
    expect(run.end(), 130, &[(130, "interrupted"), (5, "threshold")]);
}

#[test]
fn a_run_whose_figures_are_not_valid_is_a_7_with_strict() {
    // No place for most of those who come.
    let (target, scripts) = (
        Target::fine(),
        Folder::of(
            "stays",
            "return { requests = 2, think = 60, on_start = function() http.get '/page' end,
                step = function() http.get '/page' end }",
        ),
    );
    let words = ["--arrivals", "20/s", "--max-users", "5", "--threads", "1"];
    let start = |strict: &[&str]| {
        run(&target.url(), &scripts.path(), &words)
            .args(&["--duration", "7", "--fail-if", "rate > 0/s"])
            .args(strict)
            .fast()
            .with_summary()
            .end()
    };
    let ended = expect(start(&[]), 5, &[(5, "threshold")]);
    assert_eq!(ended.summary()["generator"]["verdict"], "invalid");
    let strict = ["--strict"];
    let ended = expect(start(&strict), 7, &[(7, "generator"), (5, "threshold")]);
    ended.said("--strict: the verdict on the generator is invalid: ");
    ended.said("arrivals were dropped at --max-users");
}

#[test]
fn a_run_too_short_for_a_verdict_is_a_7_with_strict() {
    let (target, scripts) = (Target::fine(), Folder::of("busy", BUSY));
    let ended = run(&target.url(), &scripts.path(), &FOR_TWO_SECONDS)
        .variable("THRONG_STRICT", "yes")
        .with_summary()
        .end();
    let ended = expect(ended, 7, &[(7, "generator")]);
    ended.said("are too short for a verdict, which takes 5 s");
    assert_eq!(ended.summary()["generator"]["verdict"], Value::Null);
}
