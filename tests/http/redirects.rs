//! Where answers send requests next.

use throng::http::redirect;
use throng::http::{ErrorKind, Method, Request};

use super::{plain, request};
use crate::support::{on_one_thread, serve_bytes_once};

/// The next hop after `method` on `/a/b?c=d` is answered with `status` and `location`.
fn hop(method: Method, status: u16, location: &str) -> Option<Result<Request, ErrorKind>> {
    on_one_thread(async move {
        let answer =
            format!("HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        let address = serve_bytes_once(answer).await;
        let mut first = request(method, &format!("http://{address}/a/b?c=d"));
        first
            .headers
            .push("Authorization", "Bearer secret")
            .unwrap();
        first.headers.push("X-Own", "1").unwrap();
        for (name, value) in [
            ("Accept", "text/html"),
            ("user-agent", "mine"),
            ("Accept-Language", "de"),
            ("Cookie", "a=b; c=d"),
            ("Referer", "http://127.0.0.1/"),
            ("Range", "bytes=0-1"),
            ("X-Api-Key", "secret"),
            ("Proxy-Authorization", "Basic c2VjcmV0"),
        ] {
            first.headers.push(name, value).unwrap();
        }
        first.headers.push("content-type", "text/plain").unwrap();
        first.body = "body".into();
        let response = plain().send(&first).await.unwrap();
        let next = redirect::next(&first, &response)?;
        Some(next.map_err(|failure| {
            assert_eq!(failure.status, Some(status));
            failure.kind
        }))
    })
}

#[test]
fn methods_and_bodies_change_as_rfc_9110_has_it() {
    use Method as M;
    for (status, before, after, body) in [
        (301, M::GET, M::GET, true),
        (301, M::POST, M::GET, false),
        (301, M::PUT, M::PUT, true),
        (302, M::POST, M::GET, false),
        (302, M::HEAD, M::HEAD, true),
        (302, M::DELETE, M::DELETE, true),
        (303, M::POST, M::GET, false),
        (303, M::PUT, M::GET, false),
        (303, M::GET, M::GET, false),
        (303, M::HEAD, M::HEAD, false),
        (307, M::POST, M::POST, true),
        (308, M::POST, M::POST, true),
        (308, M::PATCH, M::PATCH, true),
    ] {
        let next = hop(before.clone(), status, "/next").unwrap().unwrap();
        assert_eq!(next.method, after, "{status} {before}");
        assert_eq!(!next.body.is_empty(), body, "{status} {before}");
        assert_eq!(
            next.headers.contains("Content-Type"),
            body,
            "{status} {before}"
        );
        assert_eq!(next.target, "/next");
        assert_eq!(next.headers.get_str("authorization"), Some("Bearer secret"));
        assert_eq!(next.headers.get_str("x-own"), Some("1"));
    }
}

#[test]
fn locations_are_relative_to_the_request() {
    for (location, target) in [
        ("/", "/"),
        ("x", "/a/x"),
        ("../x?y=z", "/x?y=z"),
        ("?q", "/a/b?q"),
        ("#only", "/a/b?c=d"),
        ("/x#fragment", "/x"),
        ("/with space", "/with%20space"),
    ] {
        assert_eq!(
            hop(Method::GET, 302, location).unwrap().unwrap().target,
            target,
            "{location}"
        );
    }
}

#[test]
fn secrets_stay_with_their_origin() {
    for location in [
        "http://other.test/x",
        "https://127.0.0.1/x",
        "//other.test/x",
        "http://127.0.0.1:1/x",
    ] {
        let next = hop(Method::GET, 307, location).unwrap().unwrap();
        assert_eq!(next.target, "/x");
        let left: Vec<_> = next.headers.iter().map(|(name, _)| name).collect();
        assert_eq!(
            left,
            ["Accept", "user-agent", "Accept-Language", "content-type"],
            "{location}"
        );
    }
}

#[test]
fn what_is_no_redirect_is_none() {
    for status in [200, 201, 300, 304, 305, 400] {
        assert!(hop(Method::GET, status, "/x").is_none(), "{status}");
    }
    on_one_thread(async {
        let address = serve_bytes_once("HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n").await;
        let first = super::get(address);
        let response = plain().send(&first).await.unwrap();
        assert!(redirect::next(&first, &response).is_none());
    });
}

#[test]
fn a_way_to_nowhere_is_a_failure() {
    for location in ["ftp://x/", "http://", "http://[bad/", "mailto:a@b.test"] {
        assert_eq!(
            hop(Method::GET, 302, location).unwrap().unwrap_err(),
            ErrorKind::Redirects,
            "{location}"
        );
    }
}

#[test]
fn a_place_in_latin_1_is_gone_to_as_browsers_do() {
    for (location, target) in [
        (&b"/caf\xe9?q=\xfc"[..], "/caf%E9?q=%FC"),
        ("/café?q=ü".as_bytes(), "/caf%C3%A9?q=%C3%BC"),
        (b"/\xc3\xa9\xe9", "/%C3%A9%E9"),
        (b"/\xe2\x82", "/%E2%82"),
    ] {
        let mut headers = throng::http::Headers::new();
        headers.push("Location", location).unwrap();
        let next = after(&headers, &request(Method::GET, "http://throng.test/"));
        assert_eq!(next.unwrap().target, target);
    }
    let mut headers = throng::http::Headers::new();
    headers.push("Location", b"http://caf\xe9.test/").unwrap();
    let next = after(&headers, &request(Method::GET, "http://throng.test/"));
    assert_eq!(next.unwrap_err().kind, ErrorKind::Redirects);
}

#[test]
fn what_an_answer_sets_is_newer_than_the_callers_cookie() {
    for (own, set, left) in [
        (
            "sid=old; lang=en",
            &["sid=new; Path=/"][..],
            Some("lang=en"),
        ),
        ("sid=old", &["sid=new"], None),
        ("sid=old; lang=en", &[], Some("sid=old; lang=en")),
        ("a=1; b=2; c=3", &["c=; Max-Age=0", "a=9"], Some("b=2")),
        ("a=1", &["A=2"], Some("a=1")),
    ] {
        let mut headers = throng::http::Headers::new();
        headers.push("Location", "/next").unwrap();
        for line in set {
            headers.push("Set-Cookie", line).unwrap();
        }
        let mut first = request(Method::GET, "http://throng.test/");
        first.headers.push("Cookie", own).unwrap();
        let next = after(&headers, &first).unwrap();
        assert_eq!(next.headers.get_str("cookie"), left, "{own} {set:?}");
    }
}

/// The next hop after an answer of 302 with these fields.
fn after(
    headers: &throng::http::Headers,
    first: &Request,
) -> Result<Request, Box<throng::http::Failure>> {
    let response = throng::http::Response {
        status: 302,
        version: throng::http::Version::HTTP_11,
        headers: headers.clone(),
        body: "".into(),
        timings: throng::http::Timings::default(),
        bytes_sent: 0,
        bytes_received: 0,
        reused: false,
    };
    redirect::next(first, &response).unwrap()
}
