//! What servers may send: well-formed in every piecing, cut short, lying, endless, or no HTTP at all.

use std::time::Duration;

use throng::http::{Client, ErrorKind, Method, Settings, Transport, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{answer_to, client, get, plain, request};
use crate::support::{on_one_thread, read_request, serve, serve_bytes_once};

/// The kind of failure that these bytes, followed by a close, lead to.
fn kind_of(bytes: impl Into<Vec<u8>>) -> ErrorKind {
    let bytes = bytes.into();
    on_one_thread(async {
        let failure = answer_to(bytes.clone())
            .await
            .expect_err(&String::from_utf8_lossy(&bytes));
        assert!(failure.message.starts_with("127.0.0.1:"), "{failure}");
        assert!(failure.sent);
        failure.kind
    })
}

/// The body that these bytes, followed by a close, lead to.
fn body_of(bytes: &str) -> String {
    on_one_thread(async {
        let answer = answer_to(bytes)
            .await
            .unwrap_or_else(|failure| panic!("{failure}: {bytes:?}"));
        String::from_utf8(answer.body.to_vec()).unwrap()
    })
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn bodies_end_as_their_heads_say() {
    for (answer, body) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", "abc"),
        ("HTTP/1.1 200\r\nContent-Length:3\r\n\r\nabc", "abc"),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the close", "until the close"),
        ("HTTP/1.0 200 OK\r\n\r\nuntil the close", "until the close"),
        ("HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n", ""),
        ("HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            "a",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "abc",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nabc",
            "abc",
        ),
    ] {
        assert_eq!(body_of(answer), body, "{answer}");
    }
    for chunks in [
        "5;x\r\nhello\r\n0;y\r\n\r\n",
        "5 ;x = y\r\nhello\r\n0\t \r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        "005;x=\"y\"\r\nhello\r\n0\r\nX-Trailer: 1\r\nY: 2\r\n\r\n",
        "1 \r\nh\r\n4\r\nello\r\n00\r\n\r\n",
    ] {
        assert_eq!(body_of(&format!("{CHUNKED}{chunks}")), "hello", "{chunks}");
    }
}

#[test]
fn lengths_that_lie_are_truncations() {
    assert_eq!(
        kind_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        ErrorKind::Truncated
    );
    assert_eq!(
        kind_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"),
        ErrorKind::Truncated
    );
    assert_eq!(
        kind_of("HTTP/1.1 200 OK\r\nContent-Le"),
        ErrorKind::Truncated
    );
    for chunks in [
        "",
        "5",
        "5\r\n",
        "5\r\nhel",
        "5\r\nhello",
        "5\r\nhello\r\n",
        "5\r\nhello\r\n0\r\n",
        "0\r\nX: 1\r\n",
    ] {
        assert_eq!(
            kind_of(format!("{CHUNKED}{chunks}")),
            ErrorKind::Truncated,
            "{chunks:?}"
        );
    }
}

#[test]
fn later_versions_of_http_1_are_read_as_1_1() {
    for answer in [
        "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "\r\nHTTP/1.9 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.3 100 Continue\r\n\r\nHTTP/1.2 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.2 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
    ] {
        on_one_thread(async {
            let address = crate::support::serve_bytes(answer).await;
            let client = plain();
            for reused in [false, true] {
                let answer = client.send(&get(address)).await.unwrap();
                assert_eq!(
                    (answer.version, &answer.body[..]),
                    (Version::HTTP_11, &b"ok"[..])
                );
                assert_eq!(answer.reused, reused);
            }
        });
    }
}

#[test]
fn a_folded_field_is_one_line_with_a_blank() {
    let values = |fields: &str| {
        let answer = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 4\r\n\r\n\n a\n");
        on_one_thread(async move {
            let answer = answer_to(answer).await.unwrap();
            assert_eq!(&answer.body[..], b"\n a\n");
            let named: Vec<_> = answer
                .headers
                .iter()
                .filter(|(name, _)| *name != "Content-Length")
                .map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value)))
                .collect();
            named.join(" ")
        })
    };
    for (fields, seen) in [
        ("X: a\r\n b\r\n", "X=a b"),
        ("X: a \t\r\n \t  b\r\nY: c\r\n", "X=a b Y=c"),
        ("X: a\n\tb\n c\r\n", "X=a b c"),
        ("X:\r\n a\r\n", "X=a"),
        ("X: a\r\n \r\nY: c\r\n", "X=a Y=c"),
        ("X: a\r\n  Y: b\r\n", "X=a Y: b"),
        ("W: 1\r\nX: a\r\n b\r\nY: c,\r\n d\r\n", "W=1 X=a b Y=c, d"),
    ] {
        assert_eq!(values(fields), seen, "{fields:?}");
    }
    // What a folded field says holds.
    for answer in [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\t3\r\n\r\nabc",
    ] {
        assert_eq!(body_of(answer), "abc", "{answer:?}");
    }
}

#[test]
fn a_close_without_a_word_is_a_reset() {
    assert_eq!(kind_of(""), ErrorKind::Reset);
}

#[test]
fn what_is_no_http_is_a_fault_of_protocol() {
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "\0\0\0\0\0\0",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n X: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\n \r\nX: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\r\n : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\nabcdefghijkl",
        "HTTP/1.10 200 OK\r\n\r\n",
        "HTTP/0.9 200 OK\r\n\r\n",
        "HTTP/1.x 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 099 Odd\r\n\r\n",
    ] {
        assert_eq!(kind_of(answer), ErrorKind::Protocol, "{answer:?}");
    }
    for chunks in [
        "5 hello\r\nhello\r\n0\r\n\r\n",
        "5\thello;x\r\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        "5,\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0 x\r\n\r\n",
        "5 \nhello\r\n0\r\n\r\n",
        "x\r\n",
        "\r\n",
        "-1\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhelloX\r\n",
        "5\r\nhello\rX",
        "11111111111111111\r\n",
        "0\r\n\rX",
    ] {
        assert_eq!(
            kind_of(format!("{CHUNKED}{chunks}")),
            ErrorKind::Protocol,
            "{chunks:?}"
        );
    }
}

#[test]
fn floods_are_dammed() {
    let fields = |count: usize| {
        (0..count)
            .map(|n| format!("X-{n}: y\r\n"))
            .collect::<String>()
    };
    let enough = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{}\r\nok",
        fields(255)
    );
    assert_eq!(body_of(&enough), "ok");
    assert_eq!(
        kind_of(format!("HTTP/1.1 200 OK\r\n{}\r\n", fields(257))),
        ErrorKind::Protocol
    );
    let long = |length: usize| {
        format!(
            "HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 2\r\n\r\nok",
            "y".repeat(length)
        )
    };
    assert_eq!(body_of(&long(60_000)), "ok");
    assert_eq!(kind_of(long(70_000)), ErrorKind::Protocol);
    assert_eq!(
        kind_of(format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(1_000_000))),
        ErrorKind::Protocol
    );
    assert_eq!(
        kind_of("HTTP/1.1 100 Continue\r\n\r\n".repeat(100)),
        ErrorKind::Protocol
    );
    assert_eq!(
        kind_of(format!("{CHUNKED}5;{}", "x".repeat(100_000))),
        ErrorKind::Protocol
    );
    assert_eq!(
        kind_of(format!("{CHUNKED}0\r\n{}", fields(10_000))),
        ErrorKind::Protocol
    );
}

#[test]
fn a_body_over_the_limit_is_too_large() {
    on_one_thread(async {
        let settings = Settings {
            body_limit: 10,
            ..Settings::default()
        };
        for (answer, fits) in [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
                true,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n0123456789a",
                false,
            ),
            ("HTTP/1.1 200 OK\r\n\r\n0123456789", true),
            ("HTTP/1.1 200 OK\r\n\r\n0123456789a", false),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n",
                true,
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n5\r\n6789a\r\n0\r\n\r\n",
                false,
            ),
        ] {
            let address = serve_bytes_once(answer).await;
            match client(&settings).send(&get(address)).await {
                Ok(response) => assert!(fits && response.body.len() == 10, "{answer:?}"),
                Err(failure) => {
                    assert!(!fits, "{answer:?}");
                    assert_eq!(failure.kind, ErrorKind::TooLarge);
                    assert_eq!(failure.status, Some(200));
                }
            }
        }
    });
}

#[test]
fn an_answer_is_the_same_in_whatever_pieces_it_comes() {
    let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nT: 1\r\n\r\n";
    on_one_thread(async {
        let client = plain();
        let (pieces, next) = tokio::sync::mpsc::unbounded_channel::<usize>();
        let next = std::rc::Rc::new(tokio::sync::Mutex::new(next));
        let address = serve(move |mut stream, _| {
            let next = next.clone();
            async move {
                while read_request(&mut stream).await.is_some() {
                    let split = next.lock().await.recv().await.unwrap();
                    let (one, two) = answer.as_bytes().split_at(split);
                    stream.write_all(one).await.unwrap();
                    // The client reads the first piece before the second one is written.
                    for _ in 0..4 {
                        tokio::task::yield_now().await;
                    }
                    tokio::time::sleep(Duration::from_micros(200)).await;
                    stream.write_all(two).await.unwrap();
                }
            }
        })
        .await;
        for split in 0..=answer.len() {
            pieces.send(split).unwrap();
            let response = client.send(&get(address)).await.unwrap();
            assert_eq!(response.status, 201);
            assert_eq!(
                &response.body[..],
                b"hello0123456789abcdef",
                "split at {split}"
            );
            assert_eq!(response.headers.get_str("x-one"), Some("1"));
            assert_eq!(response.bytes_received, answer.len() as u64);
            assert_eq!(response.reused, split > 0);
        }
    });
}

#[test]
fn head_has_no_body_whatever_its_length_says() {
    on_one_thread(async {
        let address =
            serve_bytes_once("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n").await;
        let answer = plain()
            .send(&request(Method::HEAD, &format!("http://{address}/")))
            .await
            .unwrap();
        assert!(answer.body.is_empty());
        assert_eq!(
            answer.headers.get_str("content-length"),
            Some("99999999999")
        );
    });
}

#[test]
fn a_reset_within_an_answer_is_a_reset() {
    on_one_thread(async {
        let address = serve(|mut stream, _| async move {
            read_request(&mut stream).await;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            socket2::SockRef::from(&stream)
                .set_linger(Some(Duration::ZERO))
                .unwrap();
        })
        .await;
        let failure = plain().send(&get(address)).await.unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Reset);
        assert_eq!(failure.status, Some(200));
        assert_eq!(failure.bytes_received, 43);
    });
}

#[test]
fn a_refusal_before_the_end_of_the_body_is_an_answer() {
    on_one_thread(async {
        let address = serve(|mut stream, _| async move {
            let mut some = [0; 1000];
            stream.read_exact(&mut some).await.unwrap();
            stream
                .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
                .await
                .unwrap();
            // Holds the connection, unread, until the client is gone.
            tokio::time::sleep(Duration::from_millis(200)).await;
        })
        .await;
        let transport = Transport::new(Settings::default().load().unwrap());
        let client = Client::new(transport.clone());
        let mut request = request(Method::POST, &format!("http://{address}/"));
        request.body = vec![b'x'; 20_000_000].into();
        let answer = client.send(&request).await.unwrap();
        assert_eq!(answer.status, 413);
        assert_eq!(&answer.body[..], b"no");
        assert!(answer.bytes_sent < 20_000_000, "{}", answer.bytes_sent);
        assert_eq!(transport.open_connections(), 0, "half a request is on it");
    });
}

#[test]
fn a_large_body_goes_and_comes_whole() {
    on_one_thread(async {
        let address = serve(|mut stream, _| async move {
            let (_, body) = read_request(&mut stream).await.unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&body).await.unwrap();
        })
        .await;
        let mut request = request(Method::PUT, &format!("http://{address}/"));
        let body: Vec<u8> = (0..5_000_000u32).map(|n| (n % 251) as u8).collect();
        request.body = body.clone().into();
        let answer = plain().send(&request).await.unwrap();
        assert!(answer.body == body);
    });
}

#[test]
fn what_would_break_the_request_apart_is_never_sent() {
    on_one_thread(async {
        let mut request = request(Method::GET, "http://127.0.0.1:1/");
        for target in ["/a b", "/a\r\nX: y", "/\u{e9}", "a", "", "*", "/\0"] {
            request.target = target.to_owned();
            let failure = plain().send(&request).await.unwrap_err();
            assert_eq!(failure.kind, ErrorKind::Protocol, "{target:?}");
            assert!(!failure.sent);
        }
        for (name, value) in [
            ("X", "a\r\nY: b"),
            ("X", "a\nb"),
            ("X", "a\0"),
            ("", "a"),
            ("X Y", "a"),
            ("X:", "a"),
            ("X\r\n", "a"),
        ] {
            assert!(
                request.headers.push(name, value).is_err(),
                "{name:?} {value:?}"
            );
        }
        assert!(request.headers.is_empty());
    });
}
