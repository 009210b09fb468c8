//! The bytes of a request: one request line and the fields that were given, whatever is put into them.

use std::rc::Rc;

use bytes::Bytes;
use throng::http::fuzz_api::written;
use throng::http::{Headers, Method, Origin, Request};

use super::pieces::Input;

const METHODS: [Method; 6] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::HEAD,
    Method::OPTIONS,
];

/// A method, a target, names and values of fields, and a body.
pub fn check(input: &[u8]) {
    let mut input = Input(input);
    let flags = input.byte();
    let method = METHODS[usize::from(flags & 7) % METHODS.len()].clone();
    let (origin, _) = Origin::parse("http://throng.test:8080/").unwrap();
    let mut request = Request::new(method, Rc::new(origin), input.text());
    let mut fields = Headers::new();
    for _ in 0..input.byte() % 8 {
        let (name, value) = (input.text(), input.word());
        // What is refused is the author's mistake; what is taken must be harmless.
        let _refused = fields.push(&name, value);
    }
    request.headers = fields;
    request.body = Bytes::copy_from_slice(input.0);
    let Ok(bytes) = written(&request, (flags & 64 != 0).then_some(b"a=b".as_slice())) else {
        return;
    };
    is_one_request(&request, &bytes);
}

/// Reads it back with another parser, and counts.
pub fn is_one_request(request: &Request, bytes: &[u8]) {
    let mut space = [httparse::EMPTY_HEADER; 64];
    let mut read = httparse::Request::new(&mut space);
    let httparse::Status::Complete(head) = read.parse(bytes).unwrap() else {
        panic!("the head has no end");
    };
    assert_eq!(read.method, Some(request.method.as_str()));
    assert_eq!(read.path, Some(&*request.target));
    let count = |name: &str| {
        read.headers
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .count()
    };
    // Each field of the caller in its order, but for those that tell the length of the body, and for cookies that the
    // jar has joined.
    let framing = ["content-length", "transfer-encoding"];
    let cookies = request.headers.get_all("cookie").count();
    let joined = cookies > 0
        && count("cookie") == 1
        && bytes.windows(13).any(|line| line == b"\nCookie: a=b\r");
    let mut left = read.headers.iter();
    for (name, value) in &request.headers {
        if framing.iter().any(|own| name.eq_ignore_ascii_case(own))
            || (joined && name.eq_ignore_ascii_case("cookie"))
        {
            continue;
        }
        let same = |field: &httparse::Header<'_>| field.name == name && field.value == value;
        assert!(left.any(same), "{name} is lost");
    }
    let taken = if joined { cookies } else { 0 };
    let added = read.headers.len() + taken - request.headers.len();
    assert!(added <= 6, "{added} fields more than were given");
    for name in ["host", "user-agent", "accept-encoding"] {
        let own = request.headers.get_all(name).count();
        assert_eq!(count(name), own.max(1), "{name}");
    }
    let body = &bytes[head..];
    let lengths: Vec<&[u8]> = read
        .headers
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("content-length"))
        .map(|field| field.value)
        .collect();
    match (count("transfer-encoding"), &lengths[..]) {
        (0, []) => assert!(body.is_empty()),
        (0, [length]) => {
            assert_eq!(*length, body.len().to_string().as_bytes());
            assert_eq!(body, request.body);
        }
        (1, []) => {
            let (data, _, done) = throng::http::fuzz_api::chunked([body], usize::MAX).unwrap();
            assert!(done && data == request.body);
        }
        framings => panic!("the body has {framings:?}"),
    }
}
