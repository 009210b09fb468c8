//! Origins and headers: plain values that everything else stands on.

use throng::http::redirect;
use throng::http::{ErrorKind, Headers, InvalidHeader, Method, Origin, OriginError};

use super::{plain, request};
use crate::support::{on_one_thread, serve_bytes};

#[test]
fn urls_split_into_origin_and_target() {
    for (url, scheme, host, port, authority, address, target) in [
        (
            "http://a.test",
            "http",
            "a.test",
            80,
            "a.test",
            "a.test:80",
            "/",
        ),
        (
            "HTTPS://A.test:443/x?y#z",
            "https",
            "a.test",
            443,
            "a.test",
            "a.test:443",
            "/x?y",
        ),
        (
            "http://a.test:443/%20 b",
            "http",
            "a.test",
            443,
            "a.test:443",
            "a.test:443",
            "/%20%20b",
        ),
        (
            "http://[::1]:8080/",
            "http",
            "::1",
            8080,
            "[::1]:8080",
            "[::1]:8080",
            "/",
        ),
        (
            "https://m\u{fc}nchen.test/",
            "https",
            "xn--mnchen-3ya.test",
            443,
            "xn--mnchen-3ya.test",
            "xn--mnchen-3ya.test:443",
            "/",
        ),
    ] {
        let (origin, rest) = Origin::parse(url).unwrap();
        assert_eq!(
            (origin.scheme().as_str(), origin.host(), origin.port()),
            (scheme, host, port),
            "{url}"
        );
        assert_eq!(
            (origin.authority(), origin.address().as_str()),
            (authority, address),
            "{url}"
        );
        assert_eq!(rest, target, "{url}");
    }
    for url in [
        "",
        "a.test",
        "/path",
        "ftp://a.test",
        "http://",
        "http://a.test:99999",
        "http://user@a.test",
        "http://:secret@a.test",
    ] {
        let error = Origin::parse(url).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    assert!(matches!(
        Origin::parse("file:///x"),
        Err(OriginError::Scheme { .. })
    ));
}

#[test]
fn headers_keep_their_order_and_their_case() {
    let mut headers = Headers::new();
    for (name, value) in [
        ("X-One", "1"),
        ("x-two", ""),
        ("X-ONE", " spaced "),
        ("Three", "a:b"),
    ] {
        headers.push(name, value).unwrap();
    }
    headers.push("Bytes", [0xff, b'\t']).unwrap();
    let all: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name, value.to_vec()))
        .collect();
    let expected = [
        ("X-One", "1".into()),
        ("x-two", "".into()),
        ("X-ONE", "spaced".into()),
        ("Three", "a:b".into()),
        ("Bytes", vec![0xff]),
    ];
    assert_eq!(all, expected);
    assert_eq!(
        headers.get_all("x-one").collect::<Vec<_>>(),
        [b"1".as_slice(), b"spaced"]
    );
    assert_eq!(headers.get_str("bytes"), None);
    assert!(headers.remove("x-one") && !headers.remove("x-one"));
    assert_eq!(headers.len(), 3);
    assert_eq!(
        headers.push("X", "a\r\nb"),
        Err(InvalidHeader::Value("X".into()))
    );
    assert_eq!(
        headers.push("X:", "a"),
        Err(InvalidHeader::Name("X:".into()))
    );
}

#[test]
fn too_many_redirects_are_told_with_their_last_one() {
    on_one_thread(async {
        let address =
            serve_bytes("HTTP/1.1 302 X\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n").await;
        let mut next = request(Method::GET, &format!("http://{address}/"));
        let client = plain();
        for _ in 0..redirect::DEFAULT_LIMIT {
            let answer = client.send(&next).await.unwrap();
            next = redirect::next(&next, &answer).unwrap().unwrap();
        }
        let last = client.send(&next).await.unwrap();
        let failure = redirect::too_many(&next, &last, redirect::DEFAULT_LIMIT);
        assert_eq!(
            (failure.kind, failure.status),
            (ErrorKind::Redirects, Some(302))
        );
        assert_eq!(
            failure.message,
            format!("{address}: status 302 exceeds the limit of 10 redirects")
        );
    });
}
