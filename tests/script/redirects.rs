//! Where answers send a call: what each hop is counted as, what a script sees of it, and what stays behind.

use axum::http::Response;
use serde_json::json;

use super::support::{Seen, Target, act, json as answer};
use crate::support::on_one_thread;

/// Sends `/hop/N/...` on to `/...` with status N, `/far` to another origin, and answers the rest with 200.
async fn target(elsewhere: Option<std::net::SocketAddr>) -> Target {
    Target::start(move |seen, _| {
        let path = seen.target.as_str();
        let (status, place) = match path.strip_prefix("/hop/") {
            Some(rest) => {
                let (status, place) = rest.split_once('/').unwrap();
                (status.parse().unwrap(), format!("/{place}"))
            }
            None if path.starts_with("/far") => {
                (307, format!("http://{}{}", elsewhere.unwrap(), &path[4..]))
            }
            None => return Some(answer(200, &json!({}))),
        };
        let response = Response::builder()
            .status(status)
            .header("Location", place)
            .header("X-Hop", status.to_string())
            .header("Set-Cookie", format!("c{status}=1; Path=/"));
        Some(response.body(axum::body::Body::empty()).unwrap())
    })
    .await
}

#[test]
fn each_hop_is_counted_under_its_own_method_and_path() {
    on_one_thread(async {
        for (call, expected) in [
            (
                "http.post('/hop/302/orders/17', { form = { a = 1 } })",
                &[
                    "GET /orders/{} 200 ok x1",
                    "POST /hop/{}/orders/{} 302 ok x1",
                ][..],
            ),
            (
                "http.post('/hop/303/hop/301/home?x=1')",
                &[
                    "GET /home 200 ok x1",
                    "GET /hop/{}/home 301 ok x1",
                    "POST /hop/{}/hop/{}/home 303 ok x1",
                ],
            ),
            (
                "http.put('/hop/308/home', { body = 'x' })",
                &["PUT /home 200 ok x1", "PUT /hop/{}/home 308 ok x1"],
            ),
            (
                "http.post('/hop/302/hop/302/home', { name = 'log in' })",
                &[
                    "GET log in (redirect) 200 ok x1",
                    "GET log in (redirect) 302 ok x1",
                    "POST log in 302 ok x1",
                ],
            ),
            (
                "http.get('/hop/302/users/{id}', { params = { id = 5 } })",
                &[
                    "GET /hop/{}/users/{id} 302 ok x1",
                    "GET /users/{} 200 ok x1",
                ],
            ),
        ] {
            let target = target(None).await;
            let act = act(call, target.address).await;
            let mut counted = act.requests();
            counted.sort();
            assert_eq!(counted, expected, "{call}");
            act.fine();
        }
    });
}

#[test]
fn an_answer_that_the_call_names_is_held() {
    on_one_thread(async {
        for (expect, status, requests) in [
            ("302", 302, 1),
            ("{ 200, 302 }", 302, 1),
            ("'3xx'", 302, 1),
            ("{ 404, '3xx' }", 302, 1),
            ("200", 200, 2),
            ("'2xx'", 200, 2),
            ("{ 200, 301 }", 200, 2),
        ] {
            let target = target(None).await;
            let body = format!(
                "local res = http.post('/hop/302/home', {{ expect = {expect} }}) say({{ res.ok, res.status, #res.redirects }})"
            );
            let act = act(&body, target.address).await;
            let outcome = format!("{status} ok x1");
            assert!(act.requests().iter().any(|line| line.ends_with(&outcome)));
            assert_eq!(
                act.fine(),
                [json!([true, status, requests - 1])],
                "{expect}"
            );
            assert_eq!(target.seen().len(), requests, "{expect}");
        }
        // The first one that is named, wherever it comes.
        let target = target(None).await;
        let body = "say(http.get('/hop/301/hop/302/home', { expect = 302 }).status)";
        assert_eq!(act(body, target.address).await.fine(), [302]);
        assert_eq!(target.seen().len(), 2);
    });
}

#[test]
fn a_script_sees_where_it_came_out_and_by_which_way() {
    on_one_thread(async {
        let target = target(None).await;
        let body = "local res = http.post('/hop/302/hop/307/home?x=1')
            say(res.url)
            local ways = {}
            for _, hop in ipairs(res.redirects) do ways[#ways + 1] = { hop.status, hop.url, hop.headers['x-hop'], hop.headers['set-cookie'] } end
            say(ways)
            say(res.redirects == res.redirects)
            say({ http.cookies.get('c302'), http.cookies.get('c307') })
            local plain = http.get('/plain', { query = { q = 'a b' } })
            say({ plain.url, #plain.redirects })";
        let at = format!("http://{}", target.address);
        assert_eq!(
            act(body, target.address).await.fine(),
            [
                json!(format!("{at}/home?x=1")),
                json!([
                    [
                        302,
                        format!("{at}/hop/302/hop/307/home?x=1"),
                        "302",
                        ["c302=1; Path=/"]
                    ],
                    [
                        307,
                        format!("{at}/hop/307/home?x=1"),
                        "307",
                        ["c307=1; Path=/"]
                    ],
                ]),
                json!(true),
                json!(["1", "1"]),
                json!([format!("{at}/plain?q=a%20b"), 0]),
            ]
        );
        assert_eq!(target.seen()[2].header("cookie"), ["c302=1; c307=1"]);
        // Without an answer there is neither.
        let body = "local res = http.get('http://127.0.0.1:1/x') say({ res.url == nil, res.redirects == nil, res.error ~= nil })";
        let act = act(body, target.address).await;
        assert_eq!(act.fine(), [json!([true, true, true])]);
    });
}

#[test]
fn what_the_script_and_auth_set_stays_with_its_origin() {
    on_one_thread(async {
        let other = Target::echo().await;
        let target = target(Some(other.address)).await;
        let body = "auth.header('X-Api-Key', 'key-of-the-first')
            auth.header('X-Tenant', 'tenant-of-the-first')
            auth.bearer('token-of-the-first')
            http.post('/far/x', { json = { a = 1 }, headers = { Accept = 'text/html', ['Accept-Language'] = 'de', ['User-Agent'] = 'mine',
              ['X-Csrf'] = 'secret', Cookie = 'own=1', Referer = '/private', ['Idempotency-Key'] = 'k' } })
            http.get('/near')";
        act(body, target.address).await.fine();
        let near: Vec<_> = ["x-api-key", "x-tenant", "authorization"]
            .map(|name| target.seen()[1].header(name).join(""))
            .into();
        assert_eq!(
            near,
            [
                "key-of-the-first",
                "tenant-of-the-first",
                "Bearer token-of-the-first"
            ]
        );
        let far = other.only();
        assert_eq!(
            (far.method.as_str(), far.text().as_str()),
            ("POST", r#"{"a":1}"#)
        );
        let mut names: Vec<&str> = far.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.retain(|name| *name != "x-throng-run");
        assert_eq!(
            names,
            [
                "accept",
                "accept-encoding",
                "accept-language",
                "content-length",
                "content-type",
                // The jar's own: cookies know hosts, no ports (RFC 6265bis, 8.5).
                "cookie",
                "host",
                "user-agent",
            ]
        );
        assert_eq!(far.header("cookie"), ["c307=1"]);
        assert_eq!(far.header("user-agent"), ["mine"]);
    });
}

#[test]
fn what_stayed_behind_does_not_come_back() {
    on_one_thread(async {
        let known = std::sync::Arc::new(std::sync::OnceLock::<std::net::SocketAddr>::new());
        let back = std::sync::Arc::clone(&known);
        let other = Target::start(move |seen: &Seen, _| {
            let place = format!("http://{}{}", back.get().unwrap(), seen.target);
            let response = Response::builder().status(302).header("Location", place);
            Some(response.body(axum::body::Body::empty()).unwrap())
        })
        .await;
        let target = target(Some(other.address)).await;
        known.set(target.address).unwrap();
        act(
            "auth.header('X-Api-Key', 'key-of-the-first') http.get('/far/home')",
            target.address,
        )
        .await
        .fine();
        let seen = target.seen();
        assert_eq!(seen[0].header("x-api-key"), ["key-of-the-first"]);
        assert_eq!(seen[1].target, "/home");
        assert!(seen[1].header("x-api-key").is_empty());
    });
}
