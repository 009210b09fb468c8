//! Redirects: wherever `Location` says, the next request is one clean request, and takes along only what it may.

use std::rc::Rc;

use bytes::Bytes;
use throng::http::fuzz_api::written;
use throng::http::redirect;
use throng::http::{ErrorKind, Headers, Method, Origin, Request, Response, Timings, Version};

use super::pieces::Input;
use super::request::is_one_request;

const METHODS: [Method; 5] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
];
const STATUSES: [u16; 9] = [301, 302, 303, 307, 308, 300, 304, 305, 200];
const BASES: [&str; 4] = [
    "http://throng.test/a/b?c=d",
    "https://throng.test:8443/",
    "http://[::1]:81/x",
    "https://throng.test/a//../b",
];
const PRIVATE: [&str; 4] = ["authorization", "cookie", "host", "x-own"];

pub fn check(input: &[u8]) {
    let mut input = Input(input);
    let method = METHODS[usize::from(input.byte()) % METHODS.len()].clone();
    let (origin, target) = Origin::parse(input.one_of(&BASES)).unwrap();
    let mut request = Request::new(method, Rc::new(origin), target);
    for (name, value) in [
        ("Authorization", "Bearer secret"),
        ("Cookie", "a=b"),
        ("Host", "throng.test"),
        ("Content-Type", "text/plain"),
        ("X-Own", "1"),
    ] {
        request.headers.push(name, value).unwrap();
    }
    request.body = Bytes::from_static(b"body");
    // Hop by hop, as a user follows them.
    while !input.0.is_empty() {
        let status = input.one_of(&STATUSES);
        let Some(next) = hop(&request, status, input.word()) else {
            return;
        };
        request = next;
    }
}

fn hop(request: &Request, status: u16, location: &[u8]) -> Option<Request> {
    let mut headers = Headers::new();
    headers.push("Location", location).ok()?;
    let response = Response {
        status,
        version: Version::HTTP_11,
        headers,
        body: Bytes::new(),
        timings: Timings::default(),
        bytes_sent: 0,
        bytes_received: 0,
        reused: false,
    };
    let next = match redirect::next(request, &response)? {
        Ok(next) => next,
        Err(failure) => {
            assert_eq!(failure.kind, ErrorKind::Redirects);
            assert!(!failure.message.contains(['\r', '\n']));
            return None;
        }
    };
    let (from, to) = (&request.method, &next.method);
    // RFC 9110, 15.4: what each status makes of a method.
    let expected = match status {
        301 | 302 if *from == Method::POST => &Method::GET,
        303 if *from != Method::HEAD => &Method::GET,
        301 | 302 | 303 | 307 | 308 => from,
        other => panic!("{other} is no redirect"),
    };
    assert_eq!(to, expected);
    let keeps_body = status != 303 && to == from;
    assert_eq!(next.body.is_empty(), !keeps_body || request.body.is_empty());
    assert!(keeps_body || !next.headers.contains("content-type"));
    let stays = next.origin == request.origin;
    for name in PRIVATE {
        let goes = next.headers.contains(name);
        assert_eq!(goes, stays && request.headers.contains(name), "{name}");
    }
    assert!(matches!(next.origin.scheme().as_str(), "http" | "https"));
    assert!(!next.origin.host().is_empty());
    assert!(!next.origin.authority().contains('@'));
    // Where it goes is what its URL says, to another reader of URLs too.
    let (origin, target) = Origin::parse(&next.url()).unwrap();
    assert_eq!((&origin, &target), (&*next.origin, &next.target));
    let bytes = written(&next, None).unwrap();
    is_one_request(&next, &bytes);
    Some(next)
}
