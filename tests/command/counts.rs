//! What the program counted, what it shows while it runs and what its target counted are the same numbers.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::program::run;
use super::service::{ask, samples};
use super::{Folder, Service, Target, throng};
use crate::support::patience::until;

/// Requests by endpoint and status, from a summary.
fn by_endpoint(summary: &Value) -> BTreeMap<(String, String), u64> {
    let endpoints = summary["endpoints"].as_array().unwrap();
    endpoints
        .iter()
        .flat_map(|endpoint| {
            let name = format!("{} {}", text(&endpoint["method"]), text(&endpoint["name"]));
            let status = endpoint["status"].as_object().unwrap();
            status.iter().map(move |(status, count)| {
                ((name.clone(), status.clone()), count.as_u64().unwrap())
            })
        })
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn totals(counts: &BTreeMap<(String, String), u64>) -> BTreeMap<&str, u64> {
    let mut totals = BTreeMap::new();
    for ((endpoint, _), count) in counts {
        *totals.entry(endpoint.as_str()).or_default() += count;
    }
    totals
}

#[test]
fn the_stock_crowd_counts_what_the_service_counts_by_endpoint_and_status() {
    let service = Service::start();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let words = [
        "--users",
        "10",
        "--ramp",
        "0.2",
        "--think-factor",
        "0.02",
        "--max-requests",
        "30",
    ];
    let ended = run(&service.url(), &scripts, &words)
        .with_summary()
        .end()
        .with_code(0);
    let (ours, theirs) = (by_endpoint(&ended.summary()), service.counted());

    assert_eq!(totals(&ours), totals(&theirs));
    let abandoned: Vec<&str> = ours
        .keys()
        .filter(|(_, status)| status == "none")
        .map(|(endpoint, _)| endpoint.as_str())
        .collect();
    assert!(
        !abandoned.is_empty(),
        "some requests are given up on purpose"
    );
    for ((endpoint, status), count) in ours.iter().filter(|((_, status), _)| status != "none") {
        let key = (endpoint.clone(), status.clone());
        let counted = theirs.get(&key).copied().unwrap_or(0);
        if abandoned.contains(&endpoint.as_str()) {
            assert!(
                counted >= *count,
                "{endpoint} {status}: {count} here, {counted} there"
            );
        } else {
            assert_eq!(counted, *count, "{endpoint} {status}");
        }
    }
}

#[test]
fn answers_of_every_kind_are_counted_by_status_and_outcome_as_the_service_counts_them() {
    let service = Service::start();
    let script = "
        local function me(expect) http.get('/api/v1/auth/me', { expect = expect }) end
        return { requests = 5, think = 0, step = function()
          http.get('/health')
          me(401)
          me()
          http.post('/api/v1/auth/login', { json = { email = 'x' }, expect = '4xx' })
          http.get('/api/v1/users/{id}', { params = { id = 1 }, expect = { 401, 404 } })
        end }";
    let scripts = Folder::of("ask", script);
    let ended = run(
        &service.url(),
        &scripts.path(),
        &["--users", "3", "--ramp", "0"],
    )
    .with_summary()
    .end()
    .with_code(0);
    let summary = ended.summary();
    assert_eq!(by_endpoint(&summary), service.counted());
    let requests = &summary["requests"];
    let outcomes = [
        "total",
        "ok",
        "expected",
        "unexpected",
        "error",
        "cancelled",
    ]
    .map(|name| requests[name].as_u64());
    assert_eq!(outcomes, [15, 3, 9, 3, 0, 0].map(Some));
    assert_eq!(summary["types"][0]["requests"]["total"], 15);
    assert_eq!(summary["errors"][0]["count"], 3);
}

#[test]
fn requests_that_a_user_gives_up_are_counted_by_endpoint() {
    let service = Service::start();
    let script = "return { requests = 4, think = 0, step = function()
        http.get('/health', { give_up_after = 0 })
        http.get('/health')
    end }";
    let scripts = Folder::of("hasty", script);
    let ended = run(
        &service.url(),
        &scripts.path(),
        &["--users", "5", "--ramp", "0"],
    )
    .with_summary()
    .end()
    .with_code(0);
    let ours = by_endpoint(&ended.summary());
    assert_eq!(ours[&("GET /health".to_owned(), "none".to_owned())], 10);
    assert_eq!(totals(&ours), totals(&service.counted()));
    assert_eq!(ended.summary()["requests"]["expected"], 10);
    assert_eq!(ended.summary()["requests"]["ok"], 10);
}

#[test]
fn what_is_shown_while_running_grows_to_what_the_summary_says() {
    let target = Target::fine();
    // Each user makes 20 requests over a second or so and then waits for the end.
    let script = "return { requests = 1000, think = 0, step = function(user)
        for _ = 1, 20 do http.get('/page') think(0.2) end
        think(1000)
    end }";
    let (scripts, url) = (Folder::of("slow", script), target.url());
    let line = [
        "run",
        "--listen",
        "127.0.0.1:0",
        "--continuous",
        "--users",
        "6",
        "--base-url",
        &url,
        "--script-dir",
    ];
    let run = throng(line).arg(scripts.path());
    let run = run.fast().with_summary().start();
    let address = run.metrics_address();
    let mut seen = vec![0.0];
    until("all that were made", || {
        let (status, text) = ask(address, "GET", "/metrics", None, None);
        assert_eq!(status, 200);
        let counts = samples(&text, "throng_requests_total");
        for (labels, _) in &counts {
            assert_eq!(
                (labels["type"].as_str(), labels["name"].as_str()),
                ("slow", "/page")
            );
            assert_eq!(
                (labels["status"].as_str(), labels["outcome"].as_str()),
                ("200", "ok")
            );
        }
        let shown: f64 = counts.iter().map(|(_, value)| value).sum();
        assert!(
            *seen.last().unwrap() <= shown && shown <= target.count() as f64,
            "{seen:?} {shown}"
        );
        seen.push(shown);
        shown == 120.0
    });
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    assert_eq!(target.count(), 120);
    assert_eq!(summary["requests"]["ok"], 120);
    assert_eq!(summary["requests"]["total"], 120);
    assert_eq!(summary["sessions"]["interrupted"], 6);
}
