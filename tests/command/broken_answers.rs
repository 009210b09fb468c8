//! Answers that are no HTTP, too long, cut short, or that lie about their length: an outcome each, and an end.

use serde_json::Value;

use super::program::run;
use super::{Answer, Folder, Target};

/// What the summary says of a run of one user and one request to a target that answers so.
fn outcome(bytes: Vec<u8>, words: &[&str]) -> Value {
    let target = Target::new(move |_| Answer::Bytes(bytes.clone()));
    let script = "return { requests = 1, steps = { { 1, function() http.get('/x', { timeout = 1.5 }) end } } }";
    let scripts = Folder::of("ask", script);
    let words: Vec<&str> = ["--sessions", "1", "--users", "1"]
        .iter()
        .chain(words)
        .copied()
        .collect();
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .end();
    assert!(!ended.stderr.contains("panic"), "{}", ended.stderr);
    assert_eq!(target.count(), 1, "what was answered is not sent again");
    let mut summary = ended.summary();
    summary["code"] = ended.code.into();
    summary
}

fn kind(answer: impl Into<Vec<u8>>, words: &[&str]) -> (String, i64) {
    let summary = outcome(answer.into(), words);
    assert_eq!(summary["requests"]["error"], 1, "{summary:#}");
    assert_eq!(summary["requests"]["total"], 1);
    let kind = summary["errors"][0]["kind"].as_str().unwrap().to_owned();
    (kind, summary["code"].as_i64().unwrap())
}

#[test]
fn each_broken_answer_is_an_error_of_its_kind() {
    let head = "HTTP/1.1 200 OK\r\n";
    let long_field = format!("{head}X: {}\r\n\r\n", "a".repeat(2 << 20));
    let cases: &[(&str, String, &str)] = &[
        (
            "no HTTP",
            "SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned(),
            "protocol",
        ),
        ("nothing", String::new(), "reset"),
        ("half a head", format!("{head}Content-Le"), "truncated"),
        (
            "a short body",
            format!("{head}Content-Length: 10\r\n\r\nabc"),
            "truncated",
        ),
        (
            "two lengths",
            format!("{head}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc"),
            "protocol",
        ),
        (
            "a length that is none",
            format!("{head}Content-Length: many\r\n\r\nabc"),
            "protocol",
        ),
        ("no end of the head", long_field, "protocol"),
        (
            "a chunk without end",
            format!("{head}Transfer-Encoding: chunked\r\n\r\nff\r\nabc"),
            "truncated",
        ),
        (
            "a chunk of no size",
            format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
            "protocol",
        ),
        (
            "no gzip",
            format!("{head}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
            "decode",
        ),
    ];
    std::thread::scope(|scope| {
        for (what, answer, wanted) in cases {
            scope.spawn(move || {
                let (kind, _) = kind(answer.clone(), &[]);
                assert_eq!(kind, *wanted, "{what}");
            });
        }
    });
}

#[test]
fn a_body_beyond_the_limit_is_too_large() {
    let body = "a".repeat(100_000);
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let (kind, _) = kind(answer.clone(), &["--body-limit", "50kB"]);
    assert_eq!(kind, "too_large");
    let summary = outcome(answer.into_bytes(), &["--body-limit", "200kB"]);
    assert_eq!(
        (&summary["requests"]["ok"], &summary["code"]),
        (&1.into(), &0.into())
    );
}

#[test]
fn a_length_that_promises_more_than_ever_comes_ends_by_the_timeout() {
    let target = Target::new(|_| Answer::Never);
    let script = "return { requests = 2, think = 0, steps = { { 1, function()
        local res = http.get('/x', { timeout = 0.3 })
        assert(res.error == 'timeout', res.error)
    end } } }";
    let scripts = Folder::of("wait", script);
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--sessions", "1", "--users", "1"],
    )
    .with_summary()
    .end()
    .with_code(1);
    ended.said("never answered");
    let summary = ended.summary();
    assert_eq!(summary["errors"][0]["kind"], "timeout");
    assert_eq!(summary["errors"][0]["count"], 2);
}
