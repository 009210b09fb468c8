//! `res:fail`: a response that its script judges, and what is recorded when it does not.

use throng::metrics::{Batch, StepTotals};

use super::support::{Act, Target, act, json, nowhere, status};
use crate::support::on_one_thread;

/// Failures by kind, with their counts.
fn failures(batch: &Batch) -> Vec<String> {
    let series = batch.totals.series.values();
    let failures = series.flat_map(|totals| &totals.failures);
    failures
        .map(|(kind, failure)| format!("{kind} x{}", failure.count))
        .collect()
}

fn step(batch: &Batch) -> &StepTotals {
    batch.totals.steps.values().next().unwrap()
}

/// One step against a target that answers everything with 200, except `/status/N`. The target saw what was counted.
fn play(body: &str) -> Act {
    on_one_thread(async {
        let target = Target::echo().await;
        let act = act(body, target.address).await;
        let counted: u64 = act
            .batch
            .totals
            .series
            .values()
            .map(|totals| totals.outcomes().total())
            .sum();
        assert_eq!(counted, target.asked().len() as u64, "{:?}", act.requests());
        act
    })
}

#[test]
fn a_response_that_is_judged_fails_for_the_reason_of_its_script() {
    let act = play(
        "local first = http.get('/items', { tags = { shop = 'a' } })
        first:fail('sold out')
        first:fail('again')
        assert(first.ok == false and first.status == 200 and first:json().path == '/items')
        http.get('/other')",
    );
    assert_eq!(
        act.requests(),
        ["GET /items 200 unexpected x1", "GET /other 200 ok x1"]
    );
    assert_eq!(failures(&act.batch), ["status 200: sold out x1"]);
    let note = &act.batch.failures[0];
    assert!(note.text.starts_with("GET /items -> 200: {"), "{note:?}");
    assert!(note.request.contains("GET http://127.0.0.1"), "{note:?}");
    assert!(note.response.starts_with("HTTP 200"), "{note:?}");
    let tagged = &act.batch.totals.custom["tagged_requests"].values;
    let labels: Vec<_> = tagged.keys().map(|labels| labels.join(" ")).collect();
    assert_eq!(labels, ["shop a unexpected"]);
    assert_eq!(step(&act.batch).results.failed, 1);
}

#[test]
fn each_branch_of_parallel_judges_its_own() {
    let act = play(
        "parallel {
          function() http.get('/a'):fail('no a') end,
          function() http.get('/b') http.get('/c'):fail('no c') end,
          function() http.get('/d') end,
        }",
    );
    assert_eq!(
        act.requests(),
        [
            "GET /a 200 unexpected x1",
            "GET /b 200 ok x1",
            "GET /c 200 unexpected x1",
            "GET /d 200 ok x1",
        ]
    );
}

#[test]
fn after_a_wait_it_is_too_late_and_the_response_is_counted_as_it_came() {
    for body in [
        "local res = http.get('/a') think(0) res:fail('late')",
        "local res = http.get('/a') http.get('/b') res:fail('late')",
        "local res = http.get('/a') parallel { function() end } think(0) res:fail('late')",
        "local res = parallel { function() return http.get('/a') end } res:fail('late')",
    ] {
        let act = play(body);
        let fault = act.fault();
        let words = "scripts/one.lua:2: res:fail: the response is counted already";
        assert!(fault.starts_with(words), "{fault}");
        assert_eq!(act.requests()[0], "GET /a 200 ok x1", "{body}");
        assert_eq!(step(&act.batch).results.error, 1);
    }
}

#[test]
fn what_ends_a_step_loses_no_sample_and_counts_none_twice() {
    for (body, counted) in [
        ("http.get('/a') error('no')", "GET /a 200 ok x1"),
        (
            "http.get('/a'):fail('x') error('no')",
            "GET /a 200 unexpected x1",
        ),
        ("http.get('/a') while true do end", "GET /a 200 ok x1"),
        (
            "pcall(parallel, { function() http.get('/a') error('no') end, function() think(3600) end })",
            "GET /a 200 ok x1",
        ),
        (
            "local n = 0 http.get('/a') for i = 1, 3e6 do n = n + i end",
            "GET /a 200 ok x1",
        ),
    ] {
        let act = play(body);
        assert_eq!(act.requests(), [counted], "{body}");
    }
}

#[test]
fn only_the_last_response_of_a_call_can_be_judged() {
    on_one_thread(async {
        let target = Target::start(|seen, number| {
            Some(match (seen.target.as_str(), number) {
                ("/from", _) => axum::response::Response::builder()
                    .status(302)
                    .header("location", "/to")
                    .body(axum::body::Body::empty())
                    .unwrap(),
                ("/flaky", 0) | ("/retried", 4) => status(503),
                _ => json(200, &serde_json::json!({})),
            })
        })
        .await;
        let declared = act(
            "http.get('/flaky', { retry = 1, expect = { 200, 503 } }):fail('x')",
            target.address,
        )
        .await;
        assert_eq!(declared.requests(), ["GET /flaky 503 unexpected x1"]);
        let again = act(
            "http.get('/flaky'):fail('x') http.get('/from'):fail('y')",
            target.address,
        )
        .await;
        assert_eq!(
            again.requests(),
            [
                "GET /flaky 200 unexpected x1",
                "GET /from 302 ok x1",
                "GET /to 200 unexpected x1",
            ]
        );
        assert_eq!(
            failures(&again.batch),
            ["status 200: x x1", "status 200: y x1"]
        );
        let retried = act(
            "http.get('/retried', { retry = { 1, pause = 0.01 } }):fail('z')",
            target.address,
        )
        .await;
        assert_eq!(
            retried.requests(),
            [
                "GET /retried 200 unexpected x1",
                "GET /retried 503 unexpected x1",
            ]
        );
        assert_eq!(
            failures(&retried.batch),
            ["status 503 x1", "status 200: z x1"]
        );
    });
}

#[test]
fn a_request_that_failed_already_keeps_its_own_reason() {
    let act = play(
        "http.get('/status/500'):fail('x') http.get('/status/404', { expect = 404 }):fail('y')",
    );
    assert_eq!(failures(&act.batch), ["status 500 x1", "status 404: y x1"]);
    let none = on_one_thread(act_nowhere("http.get('/a'):fail('x')"));
    assert_eq!(none.requests(), ["GET /a 0 error x1"]);
    assert_eq!(failures(&none.batch), ["connect x1"]);
}

async fn act_nowhere(body: &str) -> Act {
    act(body, nowhere()).await
}

#[test]
fn wrong_uses_are_said() {
    for (body, words) in [
        (
            "http.get('/a'):fail()",
            "res:fail: why is nil, a string was expected",
        ),
        (
            "http.get('/a'):fail('')",
            "res:fail: why is empty; say what is wrong",
        ),
        ("http.get('/a').fail('x')", "fail is called with a colon"),
        (
            "http.get('/a'):fail(string.rep('x', 201))",
            "res:fail: why has 201 bytes",
        ),
    ] {
        let fault = play(body).fault();
        assert!(fault.contains(words), "{body}: {fault}");
    }
}
