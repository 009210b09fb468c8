//! Who may read, and who may steer.

use reqwest::RequestBuilder;
use serde_json::json;
use throng::engine::Done;
use throng::web::Limits;

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
    let mut site = Site::within(Limits {
        login_attempts: u32::MAX,
        ..Limits::default()
    });
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
        let whole = json!({ "error": "this run takes no commands here", "faults": [] });
        assert_eq!(refused.of_status(), (403, &whole), "{method} {path}");
    }
}

fn named(site: &Site, method: &str, path: &str, host: &str) -> RequestBuilder {
    site.request(method, path).header("host", host)
}

/// Everything that can be read.
const PAGES: [&str; 5] = [
    "/",
    "/metrics",
    "/healthz",
    "/api/v1/run",
    "/api/v1/versions",
];

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
        "localhost.".to_owned(),
        format!("localhost.:{port}"),
        "127.0.0.1".to_owned(),
        "127.8.8.8".to_owned(),
        "[::1]".to_owned(),
        // As through a tunnel.
        "localhost:1".to_owned(),
    ];
    for path in PAGES {
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
        "127.0.0.1@evil.example".to_owned(),
        "evil.example@127.0.0.1".to_owned(),
        "localhost..".to_owned(),
        "localhost:evil.example".to_owned(),
        "127.0.0.1.".to_owned() + "evil",
        "2130706433".to_owned(),
        "0.0.0.0".to_owned(),
    ] {
        for path in PAGES {
            let read = said(named(&site, "GET", path, &host)).await;
            assert_eq!(read.status, 403, "{host} {path}");
            assert!(
                read.error().contains(&format!("the host {host:?}")),
                "{read:?}"
            );
            assert!(read.error().contains(&format!("http://localhost:{port}")));
        }
        let steered = said(named(&site, "POST", "/api/v1/stop", &host)).await;
        assert_eq!(steered.status, 403, "{host}, even with the token");
    }
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn beyond_loopback_reading_needs_the_token_too() {
    let mut site = Site::begin("0.0.0.0:0", Some);
    assert_eq!(site.get("/healthz").await.body, "ok\n", "it says no more");
    for path in ["/metrics", "/api/v1/run", "/api/v1/versions", "/nothing"] {
        assert!(is_locked(&site.get(path).await), "{path}");
    }
    for path in ["/", "/metrics", "/api/v1/run", "/api/v1/versions"] {
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
            format!("there is nothing at {path}; see /api/v1/openapi.json")
        );
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let mut site = steered();
    for (method, path, allowed) in [
        ("POST", "/api/v1/run", ["GET", "HEAD", "PATCH"].as_slice()),
        ("DELETE", "/api/v1/versions", &["GET", "HEAD"]),
        ("GET", "/api/v1/stop", &["POST"]),
        ("PATCH", "/api/v1/pause", &["POST"]),
    ] {
        let refused = said(site.request(method, path)).await;
        assert_eq!(refused.status, 405, "{method} {path}");
        assert_eq!(refused.error(), format!("{path} does not allow {method}"));
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

/// Sends these bytes and reads the status.
fn status(site: &Site, request: &str) -> u16 {
    use std::io::{Read, Write};
    let mut peer = std::net::TcpStream::connect(site.address()).unwrap();
    peer.set_read_timeout(Some(std::time::Duration::from_secs(20)))
        .unwrap();
    peer.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    peer.read_to_string(&mut answer).unwrap();
    answer[9..12].parse().unwrap()
}

#[test]
fn every_name_that_a_request_says_must_be_ours() {
    let site = steered();
    for (head, expected) in [
        ("GET /metrics HTTP/1.1\r\nHost: localhost", 200),
        (
            "GET http://localhost/metrics HTTP/1.1\r\nHost: localhost",
            200,
        ),
        (
            "GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost",
            403,
        ),
        (
            "GET http://localhost/metrics HTTP/1.1\r\nHost: evil.example",
            403,
        ),
        (
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost",
            400,
        ),
        (
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
            400,
        ),
        ("GET /metrics HTTP/1.1\r\nHost:", 403),
        ("GET /metrics HTTP/1.1", 403),
        ("GET /metrics HTTP/1.0", 403),
    ] {
        let request = format!("{head}\r\nConnection: close\r\n\r\n");
        assert_eq!(status(&site, &request), expected, "{head}");
    }
}

#[tokio::test]
async fn the_page_of_another_site_moves_nothing_even_with_the_token() {
    let mut site = steered();
    let port = site.address().port();
    let foreign = [
        ("origin", "http://evil.example".to_owned()),
        ("origin", "null".to_owned()),
        ("origin", format!("http://localhost:{port}")),
        ("origin", "http://127.0.0.1:3000".to_owned()),
        ("origin", format!("ftp://127.0.0.1:{port}")),
        ("origin", format!("127.0.0.1:{port}")),
        ("sec-fetch-site", "cross-site".to_owned()),
        ("sec-fetch-site", "same-site".to_owned()),
    ];
    for (name, value) in foreign {
        let ask = |method, path| site.request(method, path).header(name, &value);
        for (method, path) in COMMANDS {
            let refused = said(ask(method, path)).await;
            assert_eq!(refused.status, 403, "{method} {path} {name}: {value}");
            assert!(refused.error().contains("another site"), "{refused:?}");
        }
        for method in ["GET", "OPTIONS"] {
            let refused = said(ask(method, "/api/v1/run")).await;
            assert_eq!(refused.status, 403, "{method} {name}: {value}");
        }
    }
    assert!(site.is_unmoved());
    let link = site.bare("GET", "/metrics");
    let link = link.header("sec-fetch-site", "cross-site");
    let link = link.header("sec-fetch-mode", "navigate");
    assert_eq!(said(link).await.status, 200, "a link may be followed");
}

#[tokio::test]
async fn a_page_of_its_own_may_steer_it() {
    let mut site = steered();
    let origin = format!("http://{}", site.address());
    let request = site.request("POST", "/api/v1/pause");
    let request = request
        .header("origin", origin)
        .header("sec-fetch-site", "same-origin");
    let (said, given) = site.answered(request, Ok(Done("so".to_owned()))).await;
    assert_eq!((said.status, given.as_str()), (200, "pause"));
}
