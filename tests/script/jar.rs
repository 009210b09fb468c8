//! The user's cookies and its script: `http.cookies`, and a `Cookie` header of its own.

use axum::http::Response;
use serde_json::json;

use super::support::{Seen, Target, act, json as answer};
use crate::support::on_one_thread;

/// A target that sets cookies where it is asked for `/set`, one of them on the way to somewhere else.
async fn target() -> Target {
    Target::start(|seen, _| {
        let cookies: &[&str] = match seen.target.as_str() {
            "/app/set" => &[
                "sid=top; Path=/",
                "sid=app; Path=/app",
                "x=1; Path=/; Max-Age=60; HttpOnly",
            ],
            "/login" => &["sid=new; Path=/", "hop=1; Path=/"],
            _ => return Some(answer(200, &json!({}))),
        };
        let mut response = Response::builder();
        for cookie in cookies {
            response = response.header("Set-Cookie", *cookie);
        }
        if seen.target == "/login" {
            response = response.status(302).header("Location", "/home");
        }
        Some(response.body(axum::body::Body::empty()).unwrap())
    })
    .await
}

/// What each request carried: `/path cookies`.
fn carried(target: &Target) -> Vec<String> {
    let line = |seen: Seen| format!("{} {}", seen.target, seen.header("cookie").join("|"));
    target.seen().into_iter().map(line).collect()
}

#[test]
fn a_cookie_header_of_a_call_joins_the_jar_and_what_is_set_on_the_way_is_newer() {
    on_one_thread(async {
        let target = target().await;
        let body = "http.post('/login', { headers = { Cookie = 'lang=en; sid=old' } })
            http.get('/other', { headers = { Cookie = 'lang=en; hop=2' } })
            http.get('/plain')";
        act(body, target.address).await.fine();
        assert_eq!(
            carried(&target),
            [
                "/login lang=en; sid=old",
                "/home lang=en; sid=new; hop=1",
                "/other lang=en; hop=2; sid=new",
                "/plain sid=new; hop=1",
            ]
        );
    });
}

#[test]
fn a_script_reads_its_cookies() {
    on_one_thread(async {
        let target = target().await;
        let body = "local jar = http.cookies
            say(jar.get('sid') == nil)
            http.get('/app/set')
            say({ jar.get('sid'), jar.get('sid', '/'), jar.get('sid', '/app/x'), jar.get('sid', '/apple'), jar.get('x', '/') })
            say(jar.get('sid', 'http://other.test/') == nil)
            local names = {}
            for _, one in ipairs(jar.all()) do names[#names + 1] = one.name .. '=' .. one.value .. ' ' .. one.path end
            say(names)
            say(#jar.all('/') .. ' ' .. #jar.all('/app'))
            local x = jar.all('/')[2]
            say({ x.name, x.domain, x.host_only, x.secure, x.http_only, x.expires > time.now() + 50 and x.expires < time.now() + 70 })
            say(jar.all('/')[1].expires == nil)";
        assert_eq!(
            json!(act(body, target.address).await.fine()),
            json!([
                true,
                ["app", "top", "app", "top", "1"],
                true,
                ["sid=app /app", "sid=top /", "x=1 /"],
                "2 3",
                ["x", "127.0.0.1", true, false, true, true],
                true
            ])
        );
    });
}

#[test]
fn a_script_sets_and_forgets_cookies() {
    on_one_thread(async {
        let target = target().await;
        let body = "local set, clear = http.cookies.set, http.cookies.clear
            set('a', '1') set('b', 2) set('c', 'deep', { path = '/deep' })
            http.get('/x') http.get('/deep/x')
            set('a', 'new') set('b', '', { max_age = 0 }) set('d', '\"q\\xe4\"', { max_age = 60, http_only = true })
            http.get('/x')
            clear('a') http.get('/x')
            set('e', '1', { url = 'http://elsewhere.test/' }) http.get('/x')
            say(http.cookies.get('e'))
            clear() http.get('/deep/x')";
        assert_eq!(act(body, target.address).await.fine(), [json!("1")]);
        assert_eq!(
            carried(&target),
            [
                "/x a=1; b=2",
                "/deep/x c=deep; a=1; b=2",
                "/x a=new; d=\"q\u{fffd}\"",
                "/x d=\"q\u{fffd}\"",
                "/x d=\"q\u{fffd}\"",
                "/deep/x ",
            ]
        );
    });
}

#[test]
fn what_a_browser_would_refuse_is_an_error() {
    on_one_thread(async {
        let target = target().await;
        for (call, words) in [
            (
                "get()",
                "http.cookies.get: name is nil, a string was expected",
            ),
            (
                "get('a', 5)",
                "http.cookies.get: url is a number, a string was expected",
            ),
            (
                "get('a', 'x')",
                "http.cookies.get: the url \"x\" must begin with / or be a full URL",
            ),
            (
                "all('ftp://x/')",
                "http.cookies.all: \"ftp://x/\" has the scheme \"ftp\"; only http and https are supported",
            ),
            (
                "set('a')",
                "http.cookies.set: value is nil; write a string, a number or a boolean",
            ),
            (
                "set('a', 'b', { pth = '/' })",
                "http.cookies.set: opts has the unknown key 'pth'; there are: url, domain, path, max_age, secure, http_only",
            ),
            (
                "set('a', 'b', { secure = 1 })",
                "http.cookies.set: secure is a number, true or false was expected",
            ),
            (
                "set('a', 'b', { max_age = 0/0 })",
                "http.cookies.set: max_age is NaN, a finite number was expected",
            ),
            (
                "set('a;b', 'c')",
                "the cookie \"a;b\" is not accepted for 127.0.0.1: its name has",
            ),
            (
                "set('', 'c')",
                "is not accepted for 127.0.0.1: it has no name",
            ),
            (
                "set('a', 'b\\r\\nX: y')",
                "is not accepted for 127.0.0.1: its value has",
            ),
            (
                "set('a', 'b', { path = 'x' })",
                "is not accepted for 127.0.0.1: its path does not begin with /",
            ),
            (
                "set('a', 'b', { domain = 'other.test' })",
                "is not accepted for 127.0.0.1: its domain is neither the host nor a parent of it",
            ),
            (
                "set('a', 'b', { url = 'http://x.co.uk/', domain = 'co.uk' })",
                "is not accepted for x.co.uk: its domain is a public suffix",
            ),
            (
                "set('a', 'b', { url = 'http://x.test/', secure = true })",
                "is not accepted for x.test: it is secure",
            ),
            (
                "set('a', ('x'):rep(5000))",
                "is not accepted for 127.0.0.1: name and value have more than 4096 bytes",
            ),
            (
                "clear(5)",
                "http.cookies.clear: name is a number, a string was expected",
            ),
            (
                "grab()",
                "http.cookies has no 'grab'; there are: all, clear, get, set",
            ),
        ] {
            let fault = act(&format!("http.cookies.{call}"), target.address)
                .await
                .fault();
            assert!(fault.contains(words), "{call}: {fault}");
        }
        let fault = act("http.cookies.get = nil", target.address).await.fault();
        assert!(fault.contains("http.cookies is read-only"), "{fault}");
    });
}
