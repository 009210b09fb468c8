//! One request on the wire and its answer.

use bytes::Bytes;
use throng::http::{Client, ErrorKind, Method, Settings, Transport};
use tokio::io::AsyncWriteExt;

use super::{answer_to, client, get, plain, request};
use crate::support::{on_one_thread, read_request, serve, serve_bytes};

#[test]
fn an_answer_has_status_headers_body_and_times() {
    on_one_thread(async {
        let answer = answer_to(
            "HTTP/1.1 404 Not Here\r\nX-One: 1\r\nx-two:  2 \r\nX-One: \
                                3\r\ncontent-length: 5\r\n\r\nhello",
        )
        .await
        .unwrap();
        assert_eq!(answer.status, 404);
        assert_eq!(&answer.body[..], b"hello");
        assert_eq!(answer.headers.get("x-ONE"), Some(&b"1"[..]));
        assert_eq!(answer.headers.get_str("X-Two"), Some("2"));
        assert_eq!(answer.headers.get_all("x-one").count(), 2);
        assert_eq!(answer.headers.len(), 4);
        assert_eq!(answer.headers.get("x-three"), None);
        assert_eq!(answer.bytes_received, 81);
        assert!(!answer.reused);
        assert!(answer.timings.connect > std::time::Duration::ZERO);
        assert!(answer.timings.wait > std::time::Duration::ZERO);
        assert_eq!(answer.timings.tls, std::time::Duration::ZERO);
    });
}

#[test]
fn the_request_is_written_as_it_was_meant() {
    on_one_thread(async {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let address = serve(move |mut stream, _| {
            let tell = tell.clone();
            async move {
                while let Some(request) = read_request(&mut stream).await {
                    tell.send(request).unwrap();
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                        .await
                        .unwrap();
                }
            }
        })
        .await;
        let client = client(&Settings {
            user_agent: "crowd/1".into(),
            run: Some("r1".into()),
            ..Settings::default()
        });

        let mut request = request(Method::POST, &format!("http://{address}/a%20b?c=d#e"));
        request.headers.push("X-Own", "yes").unwrap();
        request.body = Bytes::from_static(b"body");
        let answer = client.send(&request).await.unwrap();
        let (head, body) = told.recv().await.unwrap();
        let expected = format!(
            "POST /a%20b?c=d HTTP/1.1\r\nHost: {address}\r\nUser-Agent: crowd/1\r\nX-Throng-Run: \
             r1\r\nAccept-Encoding: gzip, br, zstd\r\nX-Own: yes\r\nContent-Length: 4\r\n\r\n"
        );
        assert_eq!(head, expected);
        assert_eq!(body, b"body");
        assert_eq!(answer.bytes_sent, expected.len() as u64 + 4);

        for (name, value) in [
            ("host", "other"),
            ("USER-AGENT", "me"),
            ("x-throng-run", "mine"),
            ("accept-encoding", "identity"),
            ("Content-Length", "9"),
        ] {
            request.headers.push(name, value).unwrap();
        }
        client.send(&request).await.unwrap();
        let (head, _) = told.recv().await.unwrap();
        assert_eq!(
            head,
            "POST /a%20b?c=d HTTP/1.1\r\nX-Own: yes\r\nhost: other\r\nUSER-AGENT: \
             me\r\nx-throng-run: mine\r\naccept-encoding: identity\r\nContent-Length: 4\r\n\r\n"
        );
    });
}

#[test]
fn a_body_may_be_sent_chunked() {
    on_one_thread(async {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let address = serve(move |mut stream, _| {
            let tell = tell.clone();
            async move {
                while let Some(request) = read_request(&mut stream).await {
                    tell.send(request).unwrap();
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                        .await
                        .unwrap();
                }
            }
        })
        .await;
        let client = plain();
        for length in [0, 1, 20, 100_000] {
            let mut request = get(address);
            request.method = Method::PUT;
            request
                .headers
                .push("Transfer-Encoding", "chunked")
                .unwrap();
            request.body = Bytes::from(vec![b'x'; length]);
            client.send(&request).await.unwrap();
            let (head, body) = told.recv().await.unwrap();
            assert_eq!(head.matches("Transfer-Encoding: chunked\r\n").count(), 1);
            assert!(!head.contains("Content-Length"));
            let x = "x".repeat(length);
            let expected = if length == 0 {
                "0\r\n\r\n".to_owned()
            } else {
                format!("{length:x}\r\n{x}\r\n0\r\n\r\n")
            };
            assert_eq!(String::from_utf8(body).unwrap(), expected);
        }
    });
}

#[test]
fn a_connection_is_kept_and_used_again() {
    on_one_thread(async {
        let address = serve_bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        let transport = Transport::new(Settings::default().load().unwrap());
        let client = Client::new(transport.clone());
        for turn in 0..3 {
            let answer = client.send(&get(address)).await.unwrap();
            assert_eq!(answer.reused, turn > 0);
            assert_eq!(transport.open_connections(), 1);
        }
        client.clear();
        assert_eq!(transport.open_connections(), 0);
        assert!(!client.send(&get(address)).await.unwrap().reused);
    });
}

#[test]
fn nobody_at_the_port_is_no_connection() {
    on_one_thread(async {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let failure = plain().send(&get(address)).await.unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Connect);
        assert!(
            failure.message.starts_with(&format!("{address}: ")),
            "{}",
            failure.message
        );
        assert!(!failure.sent);
    });
}
