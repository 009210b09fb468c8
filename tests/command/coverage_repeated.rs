//! Requests that were sent again, after a new token or out of a log are covered as the target counted them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::program::{run, throng};
use super::{Answer, Folder, Target};

/// Requests by operation and status.
type Counted = BTreeMap<(String, u16), u64>;

fn document() -> String {
    let answered = |statuses: &[&str]| {
        let all = statuses
            .iter()
            .map(|one| ((*one).to_owned(), json!({ "description": "" })));
        json!({ "responses": Value::Object(all.collect()) })
    };
    json!({
        "openapi": "3.1.0", "info": { "title": "Items", "version": "1" }, "paths": {
            "/items": { "get": answered(&["200", "401", "503"]) },
            "/login": { "post": answered(&["200"]) },
            "/refresh": { "post": answered(&["200"]) },
        },
    })
    .to_string()
}

/// What a summary says was covered.
fn covered(summary: &Value) -> Counted {
    let mut all = Counted::new();
    for one in summary["coverage"]["by_operation"].as_array().unwrap() {
        for status in one["statuses"].as_array().unwrap() {
            let requests = status["requests"].as_u64().unwrap();
            if requests > 0 {
                let name = one["operation"].as_str().unwrap().to_owned();
                let status = status["status"].as_str().unwrap().parse().unwrap();
                all.insert((name, status), requests);
            }
        }
    }
    all
}

#[test]
fn retried_and_refreshed_requests_are_covered_as_often_as_they_were_sent() {
    let items = AtomicUsize::new(0);
    let target = Target::new(move |request| match request.path.as_str() {
        "/items" => match items.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Answer::Status(503, "{}".to_owned()),
            3 => Answer::Status(401, "{}".to_owned()),
            _ => Answer::ok(),
        },
        _ => Answer::Status(200, r#"{"access":"a","renewal":"r"}"#.to_owned()),
    });
    let script = "auth.setup {
      login = { path = '/login', fields = { 'email' }, token = '/access', refresh = '/renewal' },
      refresh = { path = '/refresh' },
    }
    return { requests = 8, think = 0,
      on_start = function() auth.login { email = 'a' } end,
      step = function() http.get('/items', { retry = 3 }) end }";
    let folder = Folder::of("owner", script).file("items.json", document());
    let ended = run(
        &target.url(),
        &folder.path(),
        &["--users", "1", "--ramp", "0"],
    )
    .arg("--openapi")
    .arg(folder.at("items.json"))
    .fast()
    .with_summary()
    .end()
    .with_code(0);
    let covered = covered(&ended.summary());
    let expected = |operation: &str, status| covered.get(&(operation.to_owned(), status)).copied();
    assert_eq!(expected("GET /items", 503), Some(2), "{covered:?}");
    assert_eq!(expected("GET /items", 401), Some(1), "{covered:?}");
    assert_eq!(expected("POST /refresh", 200), Some(1), "{covered:?}");
    let mut of_target = BTreeMap::<String, u64>::new();
    for request in target.requests() {
        *of_target
            .entry(format!("{} {}", request.method, request.path))
            .or_default() += 1;
    }
    let mut of_summary = BTreeMap::<String, u64>::new();
    for ((operation, _), requests) in covered {
        *of_summary.entry(operation).or_default() += requests;
    }
    assert_eq!(of_summary, of_target);
}

#[test]
fn replayed_requests_are_covered() {
    let target = Target::fine();
    let line = |second: usize| {
        format!(
            "10.0.0.1 - - [05/Jan/2026:09:00:{second:02} +0000] \"GET /items HTTP/1.1\" 200 2 \"-\" \"x\"\n"
        )
    };
    let log: String = (0..5).map(line).collect();
    let folder = Folder::of("owner", "return { step = function() end }")
        .file("items.json", document())
        .file("access.log", log);
    let url = target.url();
    let ended = throng(["replay"])
        .arg(folder.at("access.log"))
        .args(&["--base-url", &url, "--speed", "100", "--no-listen"])
        .arg("--openapi")
        .arg(folder.at("items.json"))
        .with_summary()
        .end()
        .with_code(0);
    let all = Counted::from([(("GET /items".to_owned(), 200), 5)]);
    assert_eq!(covered(&ended.summary()), all);
    assert_eq!(target.count(), 5);
}
