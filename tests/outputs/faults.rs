//! Receivers that misbehave: the users of the run and its end wait for none of them, and what is missing is said.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::otlp_receiver::Receiver;
use super::servers::free_address;
use super::{Folder, throng};
use crate::support::program::Ended;
use crate::support::target::{Answer, Target};

/// What a run of two seconds with 4 users takes at most beside its outputs, on a machine that is busy.
const RUN: Duration = Duration::from_secs(12);
/// How long its end waits for receivers.
const FLUSH: Duration = Duration::from_secs(5);

/// A run of 200 requests with this output, which must be as if there were none.
fn unharmed(words: &[&str]) -> (Ended, Value) {
    let target = Target::fine();
    let scripts = Folder::of(
        "browse",
        "return { requests = 50, think = 0.02, step = function() http.get '/' end }",
    );
    let ended = throng(["run", "--no-listen", "--users", "4", "--ramp", "0"])
        .args(&["--base-url", &target.url(), "--push-interval", "1"])
        .arg("--script-dir")
        .arg(scripts.path())
        .args(words)
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(target.count(), 200);
    let summary = ended.summary();
    assert_eq!(summary["requests"]["total"], 200);
    assert_eq!(summary["requests"]["ok"], 200);
    let sent = target.requests();
    let took = sent[sent.len() - 1].at - sent[0].at;
    assert!(took < RUN, "the users were held up: {took:?}");
    assert!(
        ended.took < RUN + FLUSH,
        "the end was held up: {:?}",
        ended.took
    );
    let output = summary["outputs"][0].clone();
    (ended, output)
}

fn dropped_everything(output: &Value) {
    assert_eq!(output["sent"], 0, "{output}");
    assert!(output["dropped"].as_u64().unwrap() > 100, "{output}");
}

#[test]
fn a_receiver_that_refuses_connections_costs_its_items_only() {
    let address = free_address();
    for (option, path) in [("--remote-write", "/api/v1/write"), ("--otlp", "")] {
        let (ended, output) = unharmed(&[option, &format!("http://{address}{path}")]);
        dropped_everything(&output);
        let error = output["error"].as_str().unwrap();
        assert!(error.contains("refused"), "{error}");
        ended.said("fails and is tried again: ");
        ended.said("were dropped: ");
        assert!(ended.stdout.contains(" dropped: "), "{}", ended.stdout);
        assert!(output["failed_attempts"].as_u64().unwrap() > 2, "{output}");
    }
}

#[test]
fn a_receiver_that_hangs_costs_its_items_only() {
    for option in ["--remote-write", "--otlp"] {
        let receiver = Target::new(|_| Answer::Never);
        let (_, output) = unharmed(&[option, &receiver.url()]);
        dropped_everything(&output);
        assert!(receiver.count() >= 1);
    }
}

#[test]
fn a_receiver_that_answers_500_is_asked_again() {
    let receiver = Target::new(|_| Answer::Status(500, "out of memory\nmore".to_owned()));
    let (ended, output) = unharmed(&["--remote-write", &receiver.url()]);
    dropped_everything(&output);
    assert_eq!(output["error"], "status 500: out of memory");
    ended.said("fails and is tried again: status 500: out of memory");
    let times: Vec<Instant> = receiver.requests().iter().map(|one| one.at).collect();
    assert!(times.len() >= 5, "{}", times.len());
    // 30 ms, then doubling, to 5 s.
    let waits: Vec<Duration> = times.windows(2).map(|two| two[1] - two[0]).collect();
    for (wait, least) in waits.iter().zip([30, 60, 120, 240]) {
        assert!(*wait >= Duration::from_millis(least - 1), "{waits:?}");
    }
}

#[test]
fn what_is_refused_is_dropped_and_not_sent_again() {
    let receiver = Target::new(|_| Answer::Status(400, "out of order sample".to_owned()));
    let (ended, output) = unharmed(&["--remote-write", &receiver.url()]);
    dropped_everything(&output);
    assert_eq!(output["failed_attempts"], 0, "{output}");
    assert_eq!(output["error"], "status 400: out of order sample");
    ended.said("are refused and dropped: status 400: out of order sample");
    // OTLP sends only what may succeed again: 500 is none of these.
    let receiver = Receiver::start(|_| (500, Vec::new()));
    let (_, output) = unharmed(&["--otlp", &receiver.url()]);
    dropped_everything(&output);
    assert_eq!(output["failed_attempts"], 0, "{output}");
}

#[test]
fn a_receiver_that_asks_for_time_gets_it() {
    let raw = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for option in ["--remote-write", "--otlp"] {
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let receiver =
            Target::new(
                move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                    0 => Answer::Bytes(raw.as_bytes().to_vec()),
                    _ => Answer::ok(),
                },
            );
        let (_, output) = unharmed(&[option, &receiver.url()]);
        let requests = receiver.requests();
        assert!(requests[1].at - requests[0].at >= Duration::from_millis(990));
        assert_eq!(output["dropped"], 0, "{output}");
        assert_eq!(output["failed_attempts"], 1, "{output}");
        assert_eq!(output["error"], Value::Null, "it works again: {output}");
    }
}

#[test]
fn a_redirect_is_not_followed_with_the_credentials() {
    let raw =
        "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/x?key=1\r\nContent-Length: 0\r\n\r\n";
    let receiver = Target::new(move |_| Answer::Bytes(raw.as_bytes().to_vec()));
    let (_, output) = unharmed(&["--remote-write", &receiver.url()]);
    let error = output["error"].as_str().unwrap();
    assert_eq!(
        error,
        "status 307, a redirect to http://127.0.0.1:1/x, which is not followed; give that URL"
    );
}

#[test]
fn outputs_that_cannot_work_are_faults_of_the_line() {
    for (words, said) in [
        (
            &["--remote-write", "localhost:9090"][..],
            "--remote-write localhost:9090: is not a valid HTTP URL",
        ),
        (
            &["--otlp", "ftp://user:secret-word@x/?k=secret-word"],
            "--otlp x/: is not a valid HTTP URL",
        ),
        (
            &["--remote-write-header", "a: b"],
            "has no effect without --remote-write",
        ),
        (
            &["--otlp", "http://x", "--otlp-header", "secret-word"],
            "--otlp-header ...: has no colon after its name",
        ),
        (
            &["--otlp", "http://x", "--otlp-header", "@nowhere"],
            "--otlp-header @nowhere: No such file",
        ),
        (
            &["--otlp", "http://x", "--push-interval", "10ms"],
            "--push-interval 10ms: is not a valid time",
        ),
        (
            &["--push-label", "a=b"],
            "has no effect without --remote-write or --otlp",
        ),
        (
            &["--otlp", "http://x", "--push-label", "run=x"],
            "--push-label run=x: is a label that throng gives itself",
        ),
        (
            &["--otlp", "http://x", "--push-label", "9=x"],
            "--push-label 9=x: has a name that no label can have",
        ),
        (&["--samples", "x.csv"], "--samples x.csv: has no extension"),
        (
            &["--samples-rate", "10%"],
            "has no effect without --samples",
        ),
        (
            &["--samples", "nowhere/x.jsonl"],
            "--samples nowhere/x.jsonl: No such file",
        ),
    ] {
        let scripts = Folder::of("one", "return { step = function() end }");
        let ended = throng(["run", "--no-listen", "--base-url", "http://127.0.0.1:1"])
            .arg("--script-dir")
            .arg(scripts.path())
            .args(words)
            .end()
            .with_code(2);
        ended.said(said);
        assert!(!ended.stderr.contains("secret-word"), "{}", ended.stderr);
    }
}

#[test]
fn a_plan_shows_where_outputs_go_and_none_of_their_secrets() {
    let scripts = Folder::of("one", "return { step = function() end }");
    let ended = throng(["plan", "--base-url", "http://127.0.0.1:1"])
        .arg("--script-dir")
        .arg(scripts.path())
        .args(&[
            "--remote-write",
            "https://someone:secret-word@example.com/push?key=secret-key",
        ])
        .args(&[
            "--remote-write-header",
            "Authorization: Bearer secret@token",
        ])
        .args(&["--otlp", "http://127.0.0.1:4318"])
        .end()
        .with_code(0);
    for shown in ["***@example.com/push?***", "http://127.0.0.1:4318"] {
        assert!(ended.stdout.contains(shown), "{shown}: {}", ended.stdout);
    }
    for secret in ["secret-word", "secret-key", "token"] {
        let all = format!("{}{}", ended.stdout, ended.stderr);
        let lines: Vec<&str> = all.lines().filter(|line| line.contains(secret)).collect();
        assert!(lines.is_empty(), "{secret}: {lines:?}");
    }
}
