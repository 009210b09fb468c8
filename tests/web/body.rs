//! Bodies that say something wrong: each fault is told, and nothing reaches the run.

use serde_json::{Value, json};

use super::site::{Site, said, steered};

/// The place and cause of each fault.
fn faults(body: &Value) -> Vec<(&str, &str)> {
    let faults = body["faults"].as_array().unwrap();
    assert!(faults.iter().all(|fault| fault["remedy"].is_string()));
    faults
        .iter()
        .map(|fault| {
            (
                fault["place"].as_str().unwrap(),
                fault["cause"].as_str().unwrap(),
            )
        })
        .collect()
}

/// The only fault of a change.
async fn fault_of(site: &Site, change: Value) -> (String, String) {
    let refused = said(site.request("PATCH", "/api/v1/run").json(&change)).await;
    assert_eq!(refused.status, 422, "{change}");
    assert_eq!(
        refused.error(),
        "one thing is wrong, and nothing has changed"
    );
    let found = faults(&refused.body);
    assert_eq!(found.len(), 1, "{change}: {found:?}");
    (found[0].0.to_owned(), found[0].1.to_owned())
}

#[tokio::test]
async fn a_value_that_cannot_be_is_told_by_name() {
    let mut site = steered();
    for (change, place, cause) in [
        (json!({}), "the body", "changes nothing"),
        (json!({ "user": 3 }), "user", "is not a valid setting"),
        (
            json!({ "users": 0 }),
            "users 0",
            "must be a whole number from 1 to 1,000,000",
        ),
        (
            json!({ "users": 1_000_001 }),
            "users 1000001",
            "must be a whole number from 1 to 1,000,000",
        ),
        (
            json!({ "users": -1 }),
            "users -1",
            "must be a whole number from 1 to 1,000,000",
        ),
        (
            json!({ "users": 1.5 }),
            "users 1.5",
            "must be a whole number from 1 to 1,000,000",
        ),
        (
            json!({ "users": 4_294_967_296_u64 }),
            "users 4294967296",
            "must be a whole number from 1 to 1,000,000",
        ),
        (
            json!({ "users": "300" }),
            "users \"300\"",
            "must be a whole number from 1 to 1,000,000",
        ),
        (
            json!({ "users": null }),
            "users null",
            "must be a whole number from 1 to 1,000,000",
        ),
        (
            json!({ "error_rate": "5" }),
            "error_rate \"5\"",
            "must be a percentage from 0 to 100",
        ),
        (
            json!({ "error_rate": 100.5 }),
            "error_rate 100.5",
            "must be a percentage from 0 to 100",
        ),
        (
            json!({ "think_factor": true }),
            "think_factor true",
            "must be a number from 0 to 1,000,000",
        ),
        (
            json!({ "think_factor": -1 }),
            "think_factor -1",
            "must be a number from 0 to 1,000,000",
        ),
        (
            json!({ "weights": [1, 2] }),
            "weights [1,2]",
            "must be a share for each type",
        ),
        (
            json!({ "weights": { "a": "b" } }),
            "weights.a \"b\"",
            "must be a number from 0",
        ),
        (
            json!({ "weights": { "a": -1 } }),
            "weights.a -1",
            "must be a number from 0",
        ),
    ] {
        let (found, why) = fault_of(&site, change).await;
        assert_eq!((found.as_str(), why.as_str()), (place, cause));
    }
    let nothing = said(site.request("PATCH", "/api/v1/run")).await;
    assert_eq!(faults(&nothing.body), [("the body", "changes nothing")]);
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn every_fault_of_a_change_is_told_at_once() {
    let mut site = steered();
    let change =
        json!({ "users": "many", "colour": 1, "error_rate": 101, "weights": { "a": -1, "b": [] } });
    let refused = said(site.request("PATCH", "/api/v1/run").json(&change)).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.error(),
        "5 things are wrong, and nothing has changed"
    );
    let mut places: Vec<&str> = faults(&refused.body).iter().map(|fault| fault.0).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "colour",
            "error_rate 101",
            "users \"many\"",
            "weights.a -1",
            "weights.b []"
        ]
    );
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn a_command_takes_no_more_words_than_it_has() {
    let mut site = steered();
    for (path, body, fault) in [
        (
            "pause",
            json!({ "for": 3 }),
            ("for", "this request has no body"),
        ),
        (
            "stop",
            json!({ "now": true }),
            ("now", "this request has no body"),
        ),
        (
            "incident",
            json!({ "name": "slow", "for": 0.5 }),
            ("for 0.5", "is not a valid duration from 1s"),
        ),
        (
            "incident",
            json!({ "name": "slow", "for": 1e12 }),
            ("for 1000000000000.0", "is not a valid duration from 1s"),
        ),
        (
            "rollback",
            json!({ "kind": "a" }),
            ("kind", "is not a valid key"),
        ),
        (
            "rollback",
            json!({ "type": 3 }),
            ("type 3", "is not a valid type name"),
        ),
        (
            "rollback",
            json!({ "type": "" }),
            ("type \"\"", "is not a valid type name"),
        ),
    ] {
        let refused = said(site.request("POST", &format!("/api/v1/{path}")).json(&body)).await;
        assert_eq!(refused.status, 422, "{path} {body}");
        assert_eq!(faults(&refused.body), [fault]);
    }
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let mut site = steered();
    let json = |text: &'static str| {
        let request = site.request("PATCH", "/api/v1/run").body(text);
        said(request.header("content-type", "application/json; charset=utf-8"))
    };
    let broken = json("{\"users\": 3").await;
    assert_eq!(broken.status, 400);
    assert!(
        broken.error().starts_with("the body is not JSON: "),
        "{broken:?}"
    );
    assert!(broken.error().contains("line 1 column 11"), "{broken:?}");
    for other in ["[]", "3", "null", "\"users\""] {
        let refused = json(other).await;
        let said = "the body is not a JSON object such as {\"users\": 300}";
        assert_eq!((refused.status, refused.error()), (400, said));
    }
    let unnamed = said(site.request("PATCH", "/api/v1/run").body("{\"users\": 3}")).await;
    assert_eq!(unnamed.status, 415);
    assert!(unnamed.error().contains("Content-Type: application/json"));
    assert!(site.is_unmoved());
}
