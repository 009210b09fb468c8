//! Bodies that say something wrong: each fault is told, and nothing reaches the run.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};
use throng::engine::Done;
use throng::web::api::BODY_LIMIT;

use super::site::{Site, TOKEN, said, steered};

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
        (json!({ "user": 3 }), "user", "there is no such key"),
        (
            json!({ "users": 0 }),
            "users 0",
            "a crowd has one user to a million",
        ),
        (
            json!({ "users": 1_000_001 }),
            "users 1000001",
            "a crowd has one user to a million",
        ),
        (
            json!({ "users": -1 }),
            "users -1",
            "is not a size of a crowd",
        ),
        (
            json!({ "users": 1.5 }),
            "users 1.5",
            "is not a size of a crowd",
        ),
        (
            json!({ "users": 4_294_967_296_u64 }),
            "users 4294967296",
            "is not a size of a crowd",
        ),
        (
            json!({ "users": "300" }),
            "users \"300\"",
            "is not a size of a crowd",
        ),
        (
            json!({ "users": null }),
            "users null",
            "is not a size of a crowd",
        ),
        (
            json!({ "error_rate": "5" }),
            "error_rate \"5\"",
            "is not a number",
        ),
        (
            json!({ "error_rate": 100.5 }),
            "error_rate 100.5",
            "a share of the requests lies between 0 and 100 per cent",
        ),
        (
            json!({ "think_factor": true }),
            "think_factor true",
            "is not a number",
        ),
        (
            json!({ "think_factor": -1 }),
            "think_factor -1",
            "a pause cannot be that long",
        ),
        (
            json!({ "weights": [1, 2] }),
            "weights [1,2]",
            "is not an object of types and their shares",
        ),
        (
            json!({ "weights": { "a": "b" } }),
            "weights.a \"b\"",
            "is not a number",
        ),
        (
            json!({ "weights": { "a": -1 } }),
            "weights.a -1",
            "a share of the crowd is a number from 0",
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
            ("for", "nothing can be said with this request"),
        ),
        (
            "stop",
            json!({ "now": true }),
            ("now", "nothing can be said with this request"),
        ),
        (
            "rollback",
            json!({ "kind": "a" }),
            ("kind", "there is no such key"),
        ),
        (
            "rollback",
            json!({ "type": 3 }),
            ("type 3", "is not the name of a type"),
        ),
        (
            "rollback",
            json!({ "type": "" }),
            ("type \"\"", "is not the name of a type"),
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

#[tokio::test]
async fn a_body_of_64_kib_is_read_to_its_end() {
    let mut site = steered();
    let change = "{\"users\": 300}";
    let body = change.to_owned() + &" ".repeat(BODY_LIMIT - change.len());
    let request = site.request("PATCH", "/api/v1/run").body(body);
    let request = request.header("content-type", "application/json");
    let (said, given) = site.answered(request, Ok(Done("300".to_owned()))).await;
    assert_eq!((said.status, given.as_str()), (200, "set {\"users\":300}"));
}

/// Sends this head and body as they are, and reads what comes.
fn raw(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut peer = TcpStream::connect(address).unwrap();
    peer.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = format!(
        "PATCH /api/v1/run HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nConnection: close\r\n{head}\r\n\r\n"
    );
    peer.write_all(head.as_bytes()).unwrap();
    peer.write_all(body).unwrap();
    let mut answer = Vec::new();
    // What was sent beyond the limit may end in a reset, after the answer.
    let _ = peer.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_longer_body_is_refused_announced_or_not() {
    let mut site = steered();
    let announced = format!("Content-Length: {}", BODY_LIMIT + 1);
    let refused = raw(site.address(), &announced, b"");
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    assert!(refused.ends_with("{\"error\":\"the body has more than 65536 bytes\",\"faults\":[]}"));
    let mut chunk = format!("{:x}\r\n", BODY_LIMIT + 1).into_bytes();
    chunk.resize(chunk.len() + BODY_LIMIT + 1, b' ');
    let refused = raw(site.address(), "Transfer-Encoding: chunked", &chunk);
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    assert!(site.is_unmoved());
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for_without_end() {
    let mut site = Site::begin("127.0.0.1:0", |control| {
        Some(control.with_patience(Duration::from_millis(50)))
    });
    let refused = raw(site.address(), "Content-Length: 10", b"{");
    assert!(refused.starts_with("HTTP/1.1 408 "), "{refused}");
    assert!(refused.contains("the body of the request did not come"));
    assert!(site.is_unmoved());
}
