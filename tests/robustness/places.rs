//! Targets that misbehave before HTTP begins, or over many answers: TLS, names, cookies.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use throng::http::{Client, ErrorKind, Lookup, Method, Origin, Request, Settings, Transport};
use tokio::io::AsyncWriteExt;

use crate::support::{on_one_thread, read_request, serve, serve_bytes};

fn get(url: &str) -> Request {
    let (origin, target) = Origin::parse(url).unwrap();
    Request::new(Method::GET, Rc::new(origin), target)
}

fn client(settings: &Settings) -> Client {
    Client::new(Transport::new(settings.load().unwrap()))
}

#[test]
fn tls_that_stops_in_the_handshake_is_a_timeout() {
    on_one_thread(async {
        for said in ["", "\u{16}\u{3}\u{3}"] {
            let address = serve(move |mut stream, _| async move {
                let _ = stream.write_all(said.as_bytes()).await;
                pending::<()>().await;
            })
            .await;
            let settings = Settings {
                connect_timeout: Duration::from_millis(200),
                ..Settings::default()
            };
            let failure = client(&settings)
                .send(&get(&format!("https://{address}/")))
                .await
                .unwrap_err();
            assert_eq!(failure.kind, ErrorKind::Timeout);
            assert!(
                failure
                    .message
                    .ends_with("no connection within 200ms: in the TLS handshake"),
                "{failure}"
            );
            assert!(!failure.sent);
        }
    });
}

thread_local! {
    static LOOKUPS: Cell<u32> = const { Cell::new(0) };
}

/// Knows the name at every third question.
fn now_and_then(_: &str) -> Result<Vec<std::net::IpAddr>, String> {
    LOOKUPS.set(LOOKUPS.get() + 1);
    if LOOKUPS.get().is_multiple_of(3) {
        Ok(vec![[127, 0, 0, 1].into()])
    } else {
        Err("the host has no address: try again".to_owned())
    }
}

#[test]
fn names_that_are_found_now_and_then_fail_now_and_then() {
    on_one_thread(async {
        let address =
            serve_bytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                .await;
        let settings = Settings {
            lookup: Lookup::By(now_and_then),
            ..Settings::default()
        };
        let client = client(&settings);
        let request = get(&format!("http://api.test:{}/", address.port()));
        for turn in 1..=6 {
            let answer = client.send(&request).await;
            match (turn, answer) {
                (1 | 2, Err(failure)) => assert_eq!(failure.kind, ErrorKind::Dns),
                // What was found is believed for a minute.
                (3.., Ok(answer)) => assert_eq!(answer.status, 200),
                (_, other) => panic!("turn {turn}: {other:?}"),
            }
        }
        assert_eq!(LOOKUPS.get(), 3);
    });
}

#[test]
fn a_jar_of_cookies_has_a_bottom() {
    on_one_thread(async {
        let heads = Rc::new(std::cell::RefCell::new(Vec::new()));
        let seen = heads.clone();
        let address = serve(move |mut stream, _| {
            let seen = seen.clone();
            async move {
                for turn in 0.. {
                    let Some((head, _)) = read_request(&mut stream).await else {
                        return;
                    };
                    seen.borrow_mut().push(head);
                    let mut answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".to_owned();
                    for number in 0..200 {
                        answer += &format!("Set-Cookie: c{turn}-{number}=v\r\n");
                    }
                    answer += &format!("Set-Cookie: large={}\r\n\r\n", "x".repeat(50_000));
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        })
        .await;
        let client = client(&Settings::default());
        for _ in 0..20 {
            let answer = client.send(&get(&format!("http://{address}/"))).await;
            assert_eq!(answer.unwrap().status, 200);
        }
        let heads = heads.borrow();
        let sent = heads.last().unwrap();
        assert_eq!(sent.matches("=v").count(), 180, "{sent}");
        assert!(!sent.contains("large="));
    });
}
