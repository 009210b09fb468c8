//! Who may read, and who may steer.

use reqwest::RequestBuilder;
use serde_json::json;
use throng::engine::Done;

use super::site::{Said, Site, TOKEN, read_only, said, steered};

/// Everything that changes something.
const COMMANDS: [(&str, &str); 7] = [
    ("PATCH", "/api/v1/run"),
    ("POST", "/api/v1/pause"),
    ("POST", "/api/v1/resume"),
    ("POST", "/api/v1/stop"),
    ("POST", "/api/v1/reload"),
    ("POST", "/api/v1/rollback"),
    ("POST", "/api/v1/promote"),
];

fn is_locked(said: &Said) -> bool {
    said.status == 401
        && said.headers["www-authenticate"] == "Bearer realm=\"throng\""
        && said.error().contains("--token")
        && !said.error().contains(TOKEN)
}

#[tokio::test]
async fn whoever_has_not_the_whole_token_changes_nothing() {
    let mut site = steered();
    let half = &TOKEN[..TOKEN.len() / 2];
    let shown = [
        None,
        Some("Bearer another-token".to_owned()),
        Some(format!("Bearer {half}")),
        Some(format!("Bearer {TOKEN}{half}")),
        Some("Bearer ".to_owned()),
        Some(format!("Basic {TOKEN}")),
        Some(TOKEN.to_owned()),
    ];
    for (method, path) in COMMANDS {
        for value in &shown {
            let mut request = site.bare(method, path);
            if let Some(value) = value {
                request = request.header("authorization", value);
            }
            let refused = said(request).await;
            assert!(
                is_locked(&refused),
                "{method} {path} {value:?}: {refused:?}"
            );
        }
    }
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn without_the_token_not_even_the_body_is_judged() {
    let mut site = steered();
    for body in ["{\"users\": 0}", "{", "\u{0}", "{\"colour\": 1}"] {
        let request = site.bare("PATCH", "/api/v1/run").body(body);
        assert!(is_locked(&said(request).await), "{body:?}");
    }
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn the_word_bearer_may_be_written_in_any_way() {
    let mut site = steered();
    let request = site.bare("POST", "/api/v1/pause");
    let request = request.header("authorization", format!("bearer {TOKEN}"));
    let (said, given) = site.answered(request, Ok(Done("so".to_owned()))).await;
    assert_eq!((said.status, given.as_str()), (200, "pause"));
}

#[tokio::test]
async fn a_run_that_cannot_be_steered_says_so() {
    let site = read_only();
    for (method, path) in COMMANDS {
        let refused = said(site.request(method, path)).await;
        let whole = json!({ "error": "this run cannot be steered from here", "faults": [] });
        assert_eq!(refused.of_status(), (403, &whole), "{method} {path}");
    }
}

fn named(site: &Site, method: &str, path: &str, host: &str) -> RequestBuilder {
    site.request(method, path).header("host", host)
}

#[tokio::test]
async fn reading_needs_no_token_but_the_right_host() {
    let site = steered();
    let port = site.address().port();
    let ours = [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("LOCALHOST:{port}"),
        format!("[::1]:{port}"),
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "[::1]".to_owned(),
    ];
    for path in ["/api/v1/run", "/api/v1/generations"] {
        for host in &ours {
            let request = site.bare("GET", path).header("host", host);
            assert_eq!(said(request).await.status, 200, "{host}");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_name_that_points_here_gets_nothing() {
    let mut site = steered();
    let port = site.address().port();
    for host in [
        format!("evil.example:{port}"),
        "evil.example".to_owned(),
        "localhost.evil.example".to_owned(),
        "127.0.0.1.evil.example".to_owned(),
        "192.168.1.7".to_owned(),
        "[2001:db8::1]:80".to_owned(),
    ] {
        let read = said(named(&site, "GET", "/api/v1/run", &host)).await;
        assert_eq!(read.status, 403, "{host}");
        assert!(
            read.error().contains(&format!("the host {host:?}")),
            "{read:?}"
        );
        assert!(read.error().contains(&format!("http://localhost:{port}")));
        let steered = said(named(&site, "POST", "/api/v1/stop", &host)).await;
        assert_eq!(steered.status, 403, "{host}, even with the token");
    }
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn beyond_loopback_reading_needs_the_token_too() {
    let mut site = Site::begin("0.0.0.0:0", Some);
    for path in ["/api/v1/run", "/api/v1/generations"] {
        assert!(is_locked(&site.get(path).await));
        let host = "throng.example";
        assert_eq!(said(named(&site, "GET", path, host)).await.status, 200);
    }
    let request = named(&site, "POST", "/api/v1/pause", "throng.example");
    let (said, given) = site.answered(request, Ok(Done("so".to_owned()))).await;
    assert_eq!((said.status, given.as_str()), (200, "pause"));
}

#[tokio::test]
async fn what_is_not_there_is_told_as_json() {
    let site = steered();
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/users",
        "/api/v2/run",
        "/api/v1/run/",
    ] {
        let missing = site.get(path).await;
        assert_eq!(missing.status, 404, "{path}");
        assert_eq!(
            missing.error(),
            format!("there is nothing at {path}; see /api/v1/run and /api/v1/generations")
        );
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let mut site = steered();
    for (method, path, allowed) in [
        ("POST", "/api/v1/run", ["GET", "HEAD", "PATCH"].as_slice()),
        ("DELETE", "/api/v1/generations", &["GET", "HEAD"]),
        ("GET", "/api/v1/stop", &["POST"]),
        ("PATCH", "/api/v1/pause", &["POST"]),
    ] {
        let refused = said(site.request(method, path)).await;
        assert_eq!(refused.status, 405, "{method} {path}");
        assert_eq!(
            refused.error(),
            format!("{method} cannot be done to {path}")
        );
        let mut named: Vec<&str> = refused.headers["allow"]
            .to_str()
            .unwrap()
            .split(',')
            .collect();
        named.sort_unstable();
        assert_eq!(named, allowed);
    }
    assert!(site.is_unmoved());
}
