//! Scripts that name other hosts, and targets that lead there: nothing goes out, everything is counted and said.

use serde_json::{Value, json};

use super::program::run;
use super::{Answer, Folder, Target};

/// A target at another address of this machine than that of the others.
fn elsewhere() -> Target {
    Target::at("127.0.0.2:0".parse().unwrap(), |_| Answer::ok())
}

fn asking(url: &str) -> Folder {
    let script = format!(
        "return {{ requests = 4, think = 0, steps = {{ {{ 1, function()
            local there = http.get '{url}/there'
            metrics.check(there.error or 'reached', not there.ok and there.status == nil)
            metrics.check(there.message or 'no message', true)
            http.get '/here'
        end }} }} }}"
    );
    Folder::of("ask", &script)
}

fn checks(summary: &Value) -> Vec<&str> {
    let checks = summary["checks"].as_array().unwrap().iter();
    checks
        .map(|check| check["name"].as_str().unwrap())
        .collect()
}

#[test]
fn a_script_that_names_another_host_gets_refused_and_that_host_sees_nothing() {
    let (target, other) = (Target::fine(), elsewhere());
    let scripts = asking(&other.url());
    let ended = run(&target.url(), &scripts.path(), &["--users", "3"])
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!((target.count(), other.count()), (6, 0));
    let summary = ended.summary();
    assert_eq!(summary["requests"]["error"], 6);
    assert_eq!(summary["requests"]["ok"], 6);
    assert_eq!(summary["sessions"]["completed"], 3);
    assert_eq!(summary["errors"][0]["kind"], "not_allowed");
    assert_eq!(summary["errors"][0]["count"], 6);
    let checks = checks(&summary);
    assert!(checks.contains(&"not_allowed"), "{checks:?}");
    let remedy = "to allow 127.0.0.2 too, start it with --allow-host 127.0.0.2";
    assert!(
        checks.iter().any(|said| said.contains(remedy)),
        "{checks:?}"
    );
    let lines = ended.stderr.lines();
    assert_eq!(lines.filter(|line| line.contains(remedy)).count(), 1);
    assert!(
        !ended.stderr.contains("does not respond"),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_is_allowed_is_reached() {
    let (target, other) = (Target::fine(), elsewhere());
    let scripts = asking(&other.url());
    let words = ["--users", "1", "--allow-host", "127.0.0.2"];
    run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    assert_eq!((target.count(), other.count()), (2, 2));
}

#[test]
fn a_target_cannot_lead_its_users_elsewhere() {
    let other = elsewhere();
    let there = other.url();
    let target = Target::new(move |_| {
        Answer::Bytes(
            format!("HTTP/1.1 307 Go\r\nLocation: {there}/\r\nContent-Length: 0\r\n\r\n").into(),
        )
    });
    let script = "return { requests = 2, think = 0, steps = { { 1, function()
        metrics.check(http.post('/x', { body = 'b' }).error, true)
    end } } }";
    let scripts = Folder::of("post", script);
    let ended = run(&target.url(), &scripts.path(), &["--users", "1"])
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!((target.count(), other.count()), (1, 0));
    let summary = ended.summary();
    assert_eq!(summary["requests"]["total"], 2);
    assert_eq!(checks(&summary), ["not_allowed"]);
    assert_eq!(summary["errors"][0]["kind"], "not_allowed");
}

#[test]
fn a_run_whose_every_request_was_refused_failed() {
    let (target, other) = (Target::fine(), elsewhere());
    let script = format!(
        "return {{ requests = 2, think = 0, steps = {{ {{ 1, function() http.get('{}/x', {{ retry = 3 }}) end }} }} }}",
        other.url()
    );
    let scripts = Folder::of("lost", &script);
    let ended = run(&target.url(), &scripts.path(), &["--users", "2"])
        .with_summary()
        .end()
        .with_code(1);
    ended.said("every request was to a host that is not allowed; allow it with --allow-host");
    assert_eq!((target.count(), other.count()), (0, 0));
    assert_eq!(ended.summary()["requests"]["total"], json!(4));
}

#[test]
fn every_request_says_which_run_it_is_of_unless_told_not_to() {
    let script =
        "return { requests = 2, think = 0, steps = { { 1, function() http.get '/a' end } } }";
    let scripts = Folder::of("ask", script);
    let marks = |words: &[&str]| {
        let target = Target::fine();
        let words: Vec<&str> = ["--users", "2"].iter().chain(words).copied().collect();
        let ended = run(&target.url(), &scripts.path(), &words)
            .with_summary()
            .end()
            .with_code(0);
        let run = ended.summary()["run"]["id"].as_str().unwrap().to_owned();
        let requests = target.requests();
        assert_eq!(requests.len(), 4);
        let agent = format!(
            "User-Agent: throng/{} (run {run})",
            env!("CARGO_PKG_VERSION")
        );
        assert!(requests.iter().all(|request| request.head.contains(&agent)));
        let marked = format!("X-Throng-Run: {run}");
        let marks = requests.iter().flat_map(|request| &request.head);
        let marks = marks.filter(|line| line.starts_with("X-Throng-Run"));
        marks.filter(|line| **line == marked).count()
    };
    assert_eq!(marks(&[]), 4);
    assert_eq!(marks(&["--no-run-header"]), 0);
}
