//! Connections of one user: kept, at most six, given up, timed out.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use throng::http::{Client, ErrorKind, Method, Progress, Resolve, Settings, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{client, get, plain, request};
use crate::support::{on_one_thread, read_request, serve, serve_bytes, serve_bytes_once};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Whether a second request uses the connection of the first, which was answered with these bytes.
fn is_kept(answer: &str, header: Option<(&str, &str)>) -> bool {
    let answer = answer.to_owned();
    on_one_thread(async move {
        let address = serve_bytes(answer).await;
        let client = plain();
        let mut request = get(address);
        if let Some((name, value)) = header {
            request.headers.push(name, value).unwrap();
        }
        client.send(&request).await.unwrap();
        client.send(&request).await.unwrap().reused
    })
}

#[test]
fn connections_are_kept_when_both_sides_mean_it() {
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
    assert!(is_kept(&format!("{ok}\r\nok"), None));
    assert!(!is_kept(&format!("{ok}Connection: close\r\n\r\nok"), None));
    assert!(!is_kept(
        &format!("{ok}Connection: x, CLOSE\r\n\r\nok"),
        None
    ));
    assert!(!is_kept(
        &format!("{ok}\r\nok"),
        Some(("connection", "close"))
    ));
    assert!(!is_kept(
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        None
    ));
    assert!(is_kept(
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\nok",
        None
    ));
    assert!(
        !is_kept(&format!("{ok}\r\nok and more"), None),
        "bytes after the answer"
    );
    assert!(
        !is_kept("HTTP/1.1 204 No\r\n\r\nX", None),
        "a body where there is none"
    );
    assert!(
        !is_kept(
            &format!("{ok}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
            None
        ),
        "two framings"
    );
}

#[test]
fn a_connection_that_was_closed_while_idle_is_not_used() {
    on_one_thread(async {
        let address = serve(|mut stream, _| async move {
            read_request(&mut stream).await;
            stream.write_all(OK).await.unwrap();
        })
        .await;
        let transport = Transport::new(Settings::default().load().unwrap());
        let client = Client::new(transport);
        let post = request(Method::POST, &format!("http://{address}/"));
        for _ in 0..3 {
            assert!(!client.send(&post).await.unwrap().reused);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
}

#[test]
fn a_user_has_six_connections_and_further_requests_wait() {
    on_one_thread(async {
        // The server answers in waves of six: fewer at once would wait forever, and more would be counted.
        let (come, answered) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let peak = Rc::new(Cell::new(0));
        let most = peak.clone();
        let address = serve(move |mut stream, _| {
            let (come, answered, peak) = (come.clone(), answered.clone(), peak.clone());
            async move {
                while read_request(&mut stream).await.is_some() {
                    let wave = come.get() / 6 + 1;
                    come.set(come.get() + 1);
                    peak.set(peak.get().max(come.get() - answered.get()));
                    while come.get() < wave * 6 {
                        tokio::task::yield_now().await;
                    }
                    answered.set(answered.get() + 1);
                    stream.write_all(OK).await.unwrap();
                }
            }
        })
        .await;
        let transport = Transport::new(Settings::default().load().unwrap());
        let client = Rc::new(Client::new(transport.clone()));
        let requests: Vec<_> = (0..18)
            .map(|_| {
                let client = client.clone();
                tokio::task::spawn_local(async move { client.send(&get(address)).await.unwrap() })
            })
            .collect();
        let mut reused = 0;
        for request in requests {
            let answer = request.await.unwrap();
            if answer.reused {
                reused += 1;
                assert!(answer.timings.blocked > Duration::ZERO);
                assert_eq!(answer.timings.connect, Duration::ZERO);
            }
        }
        assert_eq!(most.get(), 6);
        assert_eq!(reused, 12);
        assert_eq!(transport.open_connections(), 6);
    });
}

#[test]
fn what_is_in_flight_when_a_session_ends_leaves_nothing_to_the_next() {
    on_one_thread(async {
        let heads = Rc::new(RefCell::new(Vec::new()));
        let go = Rc::new(Cell::new(false));
        let (record, may) = (heads.clone(), go.clone());
        let address = serve(move |mut stream, _| {
            let (record, may) = (record.clone(), may.clone());
            async move {
                while let Some((head, _)) = read_request(&mut stream).await {
                    record.borrow_mut().push(head);
                    while !may.get() {
                        tokio::task::yield_now().await;
                    }
                    let answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n";
                    stream.write_all(answer).await.unwrap();
                }
            }
        })
        .await;
        let transport = Transport::new(Settings::default().load().unwrap());
        let client = Rc::new(Client::new(transport.clone()));
        let sending = client.clone();
        let last = tokio::task::spawn_local(async move { sending.send(&get(address)).await });
        while heads.borrow().is_empty() {
            tokio::task::yield_now().await;
        }
        client.clear();
        go.set(true);
        assert_eq!(last.await.unwrap().unwrap().status, 200);
        assert_eq!(transport.open_connections(), 0);
        assert!(!client.send(&get(address)).await.unwrap().reused);
        assert!(!heads.borrow()[1].contains("Cookie"));
    });
}

#[test]
fn a_body_until_the_close_leaves_no_connection() {
    on_one_thread(async {
        let address = serve_bytes_once("HTTP/1.1 200 OK\r\n\r\nbody").await;
        let transport = Transport::new(Settings::default().load().unwrap());
        Client::new(transport.clone())
            .send(&get(address))
            .await
            .unwrap();
        let kept = Client::new(transport.clone());
        kept.send(&get(address)).await.unwrap();
        assert_eq!(transport.open_connections(), 0);
    });
}

#[test]
fn idle_connections_give_way_to_other_origins() {
    on_one_thread(async {
        let settings = Settings {
            connections_per_user: 2,
            ..Settings::default()
        };
        let transport = Transport::new(settings.load().unwrap());
        let client = Client::new(transport.clone());
        for _ in 0..4 {
            let address = serve_bytes(OK).await;
            client.send(&get(address)).await.unwrap();
            assert!(transport.open_connections() <= 2);
        }
    });
}

#[test]
fn giving_up_after_sending_leaves_a_whole_request_and_a_close() {
    on_one_thread(async {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let record = seen.clone();
        let address = serve(move |mut stream, _| {
            let record = record.clone();
            async move {
                let (head, body) = read_request(&mut stream).await.unwrap();
                let closed = stream.read(&mut [0]).await.unwrap();
                record.borrow_mut().push((head, body, closed));
            }
        })
        .await;
        let transport = Transport::new(Settings::default().load().unwrap());
        let client = Client::new(transport.clone());
        let mut request = request(Method::POST, &format!("http://{address}/slow"));
        request.body = vec![b'x'; 300_000].into();
        let progress = Progress::new();
        {
            let mut sending = pin!(client.send_observed(&request, &progress));
            poll_fn(|cx| {
                assert!(sending.as_mut().poll(cx).is_pending());
                if progress.sent_at().is_some() {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
        assert!(progress.bytes_sent() > 300_000);
        assert_eq!(progress.bytes_received(), 0);
        assert_eq!(transport.open_connections(), 0);
        while seen.borrow().is_empty() {
            tokio::task::yield_now().await;
        }
        let (head, body, closed) = seen.borrow_mut().remove(0);
        assert!(head.starts_with("POST /slow HTTP/1.1\r\n"));
        assert_eq!(body.len(), 300_000);
        assert_eq!(closed, 0);
    });
}

#[test]
fn a_server_that_says_nothing_is_a_timeout_that_tells_the_phase() {
    on_one_thread(async {
        let address = serve(|mut stream, _| async move {
            read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
            std::future::pending::<()>().await;
        })
        .await;
        let mut request = get(address);
        request.timeout = Some(Duration::from_millis(400));
        let failure = plain().send(&request).await.unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Timeout);
        assert!(
            failure.message.contains("receiving the response"),
            "{failure}"
        );
        assert!(failure.sent);
        assert_eq!(failure.bytes_received, 17);
        assert!(
            failure.timings.receive > Duration::ZERO,
            "{:?}",
            failure.timings
        );
        assert!(failure.timings.total() >= Duration::from_millis(400));

        let silent = serve(|stream, _| async move {
            let _held = stream;
            std::future::pending::<()>().await;
        })
        .await;
        request.origin = get(silent).origin;
        let failure = plain().send(&request).await.unwrap_err();
        assert!(
            failure.message.contains("waiting for the first byte"),
            "{failure}"
        );
        assert!(
            failure.timings.wait > Duration::ZERO,
            "{:?}",
            failure.timings
        );
    });
}

#[test]
fn a_host_without_an_address_is_a_failure_of_dns() {
    on_one_thread(async {
        let failure = plain()
            .send(&request(Method::GET, "http://nowhere.invalid/"))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Dns);
        assert!(
            failure.message.starts_with("nowhere.invalid:80: "),
            "{failure}"
        );
        assert!(failure.timings.dns > Duration::ZERO);
    });
}

#[test]
fn names_are_looked_up_or_fixed() {
    on_one_thread(async {
        let address = serve_bytes(OK).await;
        let port = address.port();
        plain()
            .send(&request(Method::GET, &format!("http://localhost:{port}/")))
            .await
            .unwrap();
        let fixed = Settings {
            resolve: vec![Resolve {
                host: "api.test".into(),
                port,
                address: address.ip(),
            }],
            ..Settings::default()
        };
        let client = client(&fixed);
        client
            .send(&request(Method::GET, &format!("http://API.test:{port}/")))
            .await
            .unwrap();
        let other = format!("http://other.invalid:{port}/");
        assert_eq!(
            client
                .send(&request(Method::GET, &other))
                .await
                .unwrap_err()
                .kind,
            ErrorKind::Dns
        );
    });
}
