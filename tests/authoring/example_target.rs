//! What the examples of the reference talk to: an API, a shop of pages, and what else they need.

use std::collections::BTreeSet;
use std::sync::Mutex;

use axum::body::Body;
use axum::response::Response;

use crate::support::local_target::{Seen, Target, json, text};

const SHOP: &str = r#"<!doctype html>
<html><head><title>Shop</title><link rel="stylesheet" href="/app.css"></head><body>
<h1>Books &amp; more</h1>
<img src="/logo.png"><script src="/app.js"></script>
<img src="https://ads.example.net/banner.png">
<div id="products"><a href="/products/1">Emma</a> <a href="/products/2">Ulysses</a></div>
<a href="https://elsewhere.example.net/">Elsewhere</a>
<form id="search" action="/search"><input name="q"><button>Search</button></form>
<form id="cart" method="post" action="/cart">
<input type="hidden" name="csrf" value="x7"><input name="item" value="1"><button>Add</button>
</form></body></html>"#;

const ACCOUNT: &str = r#"<form id="login" method="post" action="/session">
<input type="hidden" name="csrf" value="x7"><input name="email">
<input type="password" name="password"><button>Log in</button></form>"#;

const FEED: &str = r#"<?xml version="1.0"?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<item><title>Emma</title><dc:creator>Jane Austen</dc:creator></item>
<item><title>Ulysses</title><dc:creator>James Joyce</dc:creator></item>
</channel></rss>"#;

/// What examples read of a response of the API.
fn answer() -> serde_json::Value {
    serde_json::json!({
        "id": 7,
        "name": "Ada",
        "state": "sold out",
        "at": "2026-11-23T10:15:00Z",
        "amount": 20,
        "items": [{ "id": 1, "name": "Ada" }],
        "access_token": "t",
        "refresh_token": "r",
        "expires_in": 3600,
    })
}

fn with(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body.to_owned())).unwrap()
}

fn page(body: &str) -> Response {
    with(200, &[("content-type", "text/html; charset=utf-8")], body)
}

/// The server. `/private` asks for digest authentication, `/flaky` fails once.
pub async fn start() -> Target {
    let failed = Mutex::new(BTreeSet::new());
    Target::start(move |request, _| Some(respond(request, &failed))).await
}

fn respond(request: &Seen, failed: &Mutex<BTreeSet<String>>) -> Response {
    let path = request.target.split('?').next().unwrap_or_default();
    let has = |name: &str| !request.header(name).is_empty();
    match (request.method.as_str(), path) {
        (_, "/shop") => page(SHOP),
        (_, "/account") => page(ACCOUNT),
        ("POST", "/session") => match request.text().contains("csrf=x7") {
            true => page("<p class=account>Ada</p>"),
            false => text(403, "no token"),
        },
        (_, "/logo.png" | "/app.js") => with(200, &[("cache-control", "max-age=3600")], "an asset"),
        (_, "/app.css") if has("if-none-match") => text(304, ""),
        (_, "/app.css") => {
            let headers = [("cache-control", "no-cache"), ("etag", "\"1\"")];
            with(200, &headers, "body {}")
        }
        (_, "/feed.xml") => with(200, &[("content-type", "application/xml")], FEED),
        (_, "/export.csv") => with(200, &[("content-type", "text/csv")], "id\n7\n"),
        (_, "/version") => text(200, "Version 1.4"),
        (_, "/old") => with(302, &[("location", "/users")], ""),
        (_, "/private") if !has("authorization") => {
            let challenge = "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256";
            with(401, &[("www-authenticate", challenge)], "")
        }
        ("PROPFIND", _) => text(207, "<multistatus/>"),
        (_, "/flaky") if failed.lock().unwrap().insert(path.to_owned()) => text(503, ""),
        _ => json(200, &answer()),
    }
}
