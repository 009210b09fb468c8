//! HTTP/2: by prior knowledge and by ALPN, shared, refused, gone away.

use std::cell::Cell;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{Request as Incoming, Response as Outgoing, Version};
use throng::http::{
    Client, ErrorKind, Headers, HttpVersion, Method, Progress, Resolve, Settings, TlsSettings,
    Transport,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use super::{client, request};
use crate::support::authority::Authority;
use crate::support::{on_one_thread, serve};

type Asked = (Incoming<RecvStream>, SendResponse<Bytes>);

/// Serves HTTP/2 on one connection: each request in a task of its own.
async fn converse<S, F, W>(stream: S, answer: F)
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Fn(Asked) -> W,
    W: Future<Output = ()> + 'static,
{
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok(asked)) = connection.accept().await {
        tokio::task::spawn_local(answer(asked));
    }
}

/// Answers with method, path, authority and the body that came.
async fn echo((asked, mut respond): Asked) {
    let (parts, mut body) = asked.into_parts();
    let mut came = Vec::new();
    while let Some(data) = body.data().await {
        let data = data.unwrap();
        body.flow_control().release_capacity(data.len()).unwrap();
        came.extend_from_slice(&data);
    }
    let agent = parts
        .headers
        .get("user-agent")
        .map_or("", |value| value.to_str().unwrap());
    let run = parts
        .headers
        .get("x-throng-run")
        .map_or("", |value| value.to_str().unwrap());
    let length = parts
        .headers
        .get("content-length")
        .map_or("", |value| value.to_str().unwrap());
    let answer = Outgoing::builder()
        .status(201)
        .header(
            "x-seen",
            format!("{} {} {agent} {run} {length}", parts.method, parts.uri),
        )
        .body(())
        .unwrap();
    let mut stream = respond.send_response(answer, false).unwrap();
    // In two pieces, as a body may come.
    let rest = came.split_off(came.len() / 2);
    stream.send_data(came.into(), false).unwrap();
    stream.send_data(rest.into(), true).unwrap();
}

async fn serve_clear<F, W>(answer: F) -> SocketAddr
where
    F: Fn(Asked) -> W + Clone + 'static,
    W: Future<Output = ()> + 'static,
{
    serve(move |stream, _| {
        let answer = answer.clone();
        async move { converse(stream, answer).await }
    })
    .await
}

/// A server that answers as [`echo`] does.
pub async fn echoing() -> SocketAddr {
    serve_clear(echo).await
}

fn knowing() -> Settings {
    Settings {
        http_version: HttpVersion::Http2PriorKnowledge,
        run: Some("r1".into()),
        ..Settings::default()
    }
}

#[test]
fn default_headers_come_beside_those_of_the_request() {
    on_one_thread(async {
        let address = serve_clear(echo).await;
        let transport = Transport::new(knowing().load().unwrap());
        let client = Client::new(transport.clone());
        let mut defaults = Headers::new();
        defaults.push("User-Agent", "phone").unwrap();
        defaults.leave_out("X-Throng-Run");
        let mut request = request(Method::GET, &format!("http://{address}/"));
        request.default_headers = Some(Rc::new(defaults));
        let seen = |response: throng::http::Response| {
            response.headers.get_str("x-seen").unwrap().to_owned()
        };
        let response = client.send(&request).await.unwrap();
        assert_eq!(seen(response), format!("GET http://{address}/ phone"));
        request.headers.push("user-agent", "own").unwrap();
        let response = client.send(&request).await.unwrap();
        assert_eq!(seen(response), format!("GET http://{address}/ own"));
    });
}

#[test]
fn requests_and_answers_are_whole_by_prior_knowledge() {
    on_one_thread(async {
        let address = serve_clear(echo).await;
        let transport = Transport::new(knowing().load().unwrap());
        let client = Client::new(transport.clone());
        for (turn, length) in [0, 1, 40_000, 1_000_000].into_iter().enumerate() {
            let mut request = request(Method::POST, &format!("http://{address}/a?b"));
            request.headers.push("Connection", "keep-alive").unwrap();
            request.body = vec![b'x'; length].into();
            let answer = client.send(&request).await.unwrap();
            assert_eq!((answer.status, answer.version), (201, Version::HTTP_2));
            assert_eq!(answer.reused, turn > 0);
            assert!(answer.body == request.body);
            let seen = answer.headers.get_str("X-Seen").unwrap();
            assert!(
                seen.starts_with(&format!("POST http://{address}/a?b throng/")),
                "{seen}"
            );
            assert!(seen.contains(" r1 "), "{seen}");
            assert!(answer.bytes_sent > length as u64 && answer.bytes_received > length as u64);
            assert!(answer.timings.service() > Duration::ZERO);
            assert_eq!(transport.open_connections(), 1);
        }
        client.clear();
        while transport.open_connections() > 0 {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn requests_at_once_share_one_connection() {
    on_one_thread(async {
        let (now, peak) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let most = peak.clone();
        let address = serve_clear(move |asked| {
            let (now, peak) = (now.clone(), peak.clone());
            async move {
                now.set(now.get() + 1);
                peak.set(peak.get().max(now.get()));
                // Until all are there: one after the other would wait forever.
                while peak.get() < 20 {
                    tokio::task::yield_now().await;
                }
                now.set(now.get() - 1);
                echo(asked).await;
            }
        })
        .await;
        let transport = Transport::new(knowing().load().unwrap());
        let client = Rc::new(Client::new(transport.clone()));
        let all: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                let request = request(Method::GET, &format!("http://{address}/"));
                tokio::task::spawn_local(async move { client.send(&request).await.unwrap().status })
            })
            .collect();
        for one in all {
            assert_eq!(one.await.unwrap(), 201);
        }
        assert_eq!(transport.open_connections(), 1);
        assert_eq!(most.get(), 20);
    });
}

#[test]
fn alpn_settles_the_version() {
    on_one_thread(async {
        let authority = Authority::new();
        let mut config = authority.config("api.test", false, false);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let address = serve(move |stream, _| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    converse(stream, echo).await;
                }
            }
        })
        .await;
        let settings = |http_version| Settings {
            tls: TlsSettings {
                ca: Some(authority.file()),
                ..TlsSettings::default()
            },
            resolve: vec![Resolve {
                host: "api.test".into(),
                port: address.port(),
                address: address.ip(),
            }],
            http_version,
            ..Settings::default()
        };
        let request = request(
            Method::GET,
            &format!("https://api.test:{}/", address.port()),
        );
        for version in [HttpVersion::Auto, HttpVersion::Http2PriorKnowledge] {
            let answer = client(&settings(version)).send(&request).await.unwrap();
            assert_eq!(answer.version, Version::HTTP_2);
            assert!(answer.timings.tls > Duration::ZERO);
        }
        let failure = client(&settings(HttpVersion::Http1))
            .send(&request)
            .await
            .unwrap_err();
        assert_eq!(
            failure.kind,
            ErrorKind::Tls,
            "the server takes h2 only: {failure}"
        );
    });
}

/// What becomes of a request whose first stream is reset for this reason, and how often it was asked.
fn reset(method: Method, reason: Reason) -> (Result<u16, ErrorKind>, usize) {
    on_one_thread(async move {
        let asked = Rc::new(Cell::new(0));
        let count = asked.clone();
        let address = serve_clear(move |mut stream| {
            count.set(count.get() + 1);
            let first = count.get() == 1;
            async move {
                if first {
                    stream.1.send_reset(reason);
                } else {
                    echo(stream).await;
                }
            }
        })
        .await;
        let client = client(&knowing());
        let request = request(method, &format!("http://{address}/"));
        let answer = client.send(&request).await;
        (
            answer
                .map(|answer| answer.status)
                .map_err(|failure| failure.kind),
            asked.get(),
        )
    })
}

#[test]
fn a_refused_stream_is_tried_again_and_no_other() {
    assert_eq!(reset(Method::POST, Reason::REFUSED_STREAM), (Ok(201), 2));
    assert_eq!(
        reset(Method::GET, Reason::INTERNAL_ERROR),
        (Err(ErrorKind::Reset), 1)
    );
    assert_eq!(
        reset(Method::POST, Reason::CANCEL),
        (Err(ErrorKind::Reset), 1)
    );
}

#[test]
fn after_goaway_the_next_request_has_a_new_connection() {
    on_one_thread(async {
        let address = serve(|stream, number| async move {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok(asked)) = connection.accept().await {
                tokio::task::spawn_local(echo(asked));
                if number == 0 {
                    connection.graceful_shutdown();
                }
            }
        })
        .await;
        let client = client(&knowing());
        let request = request(Method::POST, &format!("http://{address}/"));
        assert!(!client.send(&request).await.unwrap().reused);
        // The word may take some turns of the loop to come; no request is lost meanwhile.
        while client.send(&request).await.unwrap().reused {}
        assert!(client.send(&request).await.unwrap().reused);
    });
}

#[test]
fn who_speaks_no_http2_is_a_failure() {
    on_one_thread(async {
        let address =
            crate::support::serve_bytes("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n").await;
        let failure = client(&knowing())
            .send(&request(Method::GET, &format!("http://{address}/")))
            .await
            .unwrap_err();
        assert!(
            matches!(failure.kind, ErrorKind::Protocol | ErrorKind::Reset),
            "{failure}"
        );
    });
}

#[test]
fn a_lost_connection_within_a_body_is_a_truncation() {
    on_one_thread(async {
        let address = serve(|stream, _| async move {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            let Some(Ok((_, mut respond))) = connection.accept().await else {
                return;
            };
            let mut stream = respond.send_response(Outgoing::new(()), false).unwrap();
            stream
                .send_data(Bytes::from_static(b"half"), false)
                .unwrap();
            let _ = tokio::time::timeout(Duration::from_millis(100), connection.accept()).await;
        })
        .await;
        let failure = client(&knowing())
            .send(&request(Method::GET, &format!("http://{address}/")))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Truncated, "{failure}");
        assert_eq!(failure.status, Some(200));
    });
}

/// What becomes of a request when these fields and pieces are all of the answer's body, and the stream then ends like this.
fn body(
    fields: &[(&'static str, &'static str)],
    pieces: &[&'static str],
    end: Option<Reason>,
) -> Result<String, ErrorKind> {
    let (fields, pieces) = (fields.to_vec(), pieces.to_vec());
    on_one_thread(async move {
        let address = serve_clear(move |(_, mut respond)| {
            let (fields, pieces) = (fields.clone(), pieces.clone());
            async move {
                let mut answer = Outgoing::builder();
                for (name, value) in fields {
                    answer = answer.header(name, value);
                }
                let mut stream = respond
                    .send_response(answer.body(()).unwrap(), false)
                    .unwrap();
                for (at, piece) in pieces.iter().enumerate() {
                    let last = at + 1 == pieces.len() && end.is_none();
                    stream
                        .send_data(Bytes::from_static(piece.as_bytes()), last)
                        .unwrap();
                }
                // A reset would overtake what is not out yet.
                tokio::time::sleep(Duration::from_millis(50)).await;
                if let Some(reason) = end {
                    stream.send_reset(reason);
                }
            }
        })
        .await;
        let client = client(&knowing());
        let got = client
            .send(&request(Method::GET, &format!("http://{address}/")))
            .await;
        got.map(|answer| String::from_utf8(answer.body.to_vec()).unwrap())
            .map_err(|failure| {
                assert_eq!(failure.status, Some(200), "{failure}");
                failure.kind
            })
    })
}

#[test]
fn a_body_ends_with_its_stream_and_has_the_length_that_it_says() {
    let truncated = Err(ErrorKind::Truncated);
    let length = |value| [("content-length", value)];
    assert_eq!(body(&[], &["ab", "cd"], None), Ok("abcd".to_owned()));
    assert_eq!(
        body(&length("4"), &["ab", "cd"], None),
        Ok("abcd".to_owned())
    );
    assert_eq!(body(&[], &["ab", "cd"], Some(Reason::NO_ERROR)), truncated);
    assert_eq!(body(&[], &[], Some(Reason::NO_ERROR)), truncated);
    assert_eq!(
        body(&length("6"), &["ab", "cd"], Some(Reason::NO_ERROR)),
        truncated
    );
    assert_eq!(body(&length("6"), &["ab", "cd"], None), truncated);
    assert_eq!(body(&length("6"), &[""], None), truncated);
    // All has come: what the reset takes away is only the rest of the request.
    assert_eq!(
        body(&length("4"), &["ab", "cd"], Some(Reason::NO_ERROR)),
        Ok("abcd".to_owned())
    );
    assert_eq!(
        body(&[], &["ab"], Some(Reason::INTERNAL_ERROR)),
        Err(ErrorKind::Reset)
    );
}

#[test]
fn a_whole_answer_that_stops_an_upload_is_an_answer() {
    on_one_thread(async {
        let address = serve_clear(|(_asked, mut respond)| async move {
            let answer = Outgoing::builder().status(413).body(()).unwrap();
            let mut stream = respond.send_response(answer, false).unwrap();
            stream
                .send_data(Bytes::from_static(b"enough"), true)
                .unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
            respond.send_reset(Reason::NO_ERROR);
        })
        .await;
        let mut upload = request(Method::POST, &format!("http://{address}/"));
        upload.body = vec![b'x'; 3_000_000].into();
        let answer = client(&knowing()).send(&upload).await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (413, &b"enough"[..]));
    });
}

#[test]
fn giving_up_resets_the_stream_and_keeps_the_connection() {
    on_one_thread(async {
        let seen = Rc::new(Cell::new(None));
        let record = seen.clone();
        let address = serve_clear(move |mut asked| {
            let record = record.clone();
            async move {
                if asked.0.uri().path() == "/slow" {
                    let reason = std::future::poll_fn(|cx| asked.1.poll_reset(cx))
                        .await
                        .unwrap();
                    record.set(Some(reason));
                } else {
                    echo(asked).await;
                }
            }
        })
        .await;
        let transport = Transport::new(knowing().load().unwrap());
        let client = Client::new(transport.clone());
        let mut slow = request(Method::POST, &format!("http://{address}/slow"));
        slow.body = "body".into();
        let progress = Progress::new();
        {
            let mut sending = pin!(client.send_observed(&slow, &progress));
            std::future::poll_fn(|cx| {
                assert!(sending.as_mut().poll(cx).is_pending());
                if progress.sent_at().is_some() {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
        assert!(progress.bytes_sent() > 4);
        while seen.get().is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(seen.get(), Some(Reason::CANCEL));
        let answer = client
            .send(&request(Method::GET, &format!("http://{address}/")))
            .await
            .unwrap();
        assert!(answer.reused);
        assert_eq!(transport.open_connections(), 1);
    });
}
