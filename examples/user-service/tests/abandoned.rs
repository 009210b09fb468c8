//! Requests that their clients give up on are counted once, too.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;
use socket2::SockRef;
use user_service::{Mood, Options};

use crate::support::{Target, options};

fn count(
    metrics: &std::collections::BTreeMap<String, f64>,
    endpoint: &str,
    status: Option<&str>,
) -> f64 {
    let family = metrics
        .iter()
        .filter(|(name, _)| name.starts_with("user_service_http_requests_total"));
    family
        .filter(|(name, _)| name.contains(&format!(r#"endpoint="{endpoint}""#)))
        .filter(|(name, _)| {
            status.is_none_or(|status| name.contains(&format!(r#"status="{status}""#)))
        })
        .map(|(_, value)| value)
        .sum()
}

/// Waits until no request of the endpoint is under way: the count no longer grows and is not below `least`.
async fn settled(target: &Target, endpoint: &str, least: f64) -> f64 {
    let began = Instant::now();
    loop {
        let now = count(&target.metrics().await, endpoint, None);
        if now >= least || began.elapsed() > Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            return count(&target.metrics().await, endpoint, None);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn request(token: &str) -> String {
    format!("GET /api/v1/roles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn each_of_500_abandoned_requests_counts_once() {
    for faults in [Mood::None, Mood::Lively] {
        let target = Target::with(Options {
            faults,
            ..options()
        })
        .await;
        let (address, text) = (target.address(), request(&target.admin));
        let clients = tokio::task::spawn_blocking(move || {
            for n in 0..500_u64 {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                stream.write_all(text.as_bytes()).unwrap();
                // From at once to well after the answer.
                std::thread::sleep(Duration::from_micros(n % 50 * 40));
                match n % 3 {
                    0 => stream.shutdown(Shutdown::Both).unwrap(),
                    // Closed by a reset instead of a farewell.
                    1 => SockRef::from(&stream)
                        .set_linger(Some(Duration::ZERO))
                        .unwrap(),
                    _ => {}
                }
            }
        });
        clients.await.unwrap();
        assert_eq!(settled(&target, "/api/v1/roles", 500.0).await, 500.0);
        if faults == Mood::Lively {
            let gone = count(&target.metrics().await, "/api/v1/roles", Some("499"));
            assert!(gone >= 300.0, "{gone}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_request_given_up_while_it_waits_is_a_499() {
    let target = Target::start().await;
    // With the writer's turn taken the request cannot be answered, however slow this machine is.
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (end, may_end) = std::sync::mpsc::channel::<()>();
    let store = target.state().store.clone();
    let busy = tokio::spawn(async move {
        let job = move |_: &rusqlite::Transaction<'_>| {
            begun.send(()).unwrap();
            may_end.recv().unwrap();
            Ok(())
        };
        store.write(job).await.unwrap();
    });
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap())
        .await
        .unwrap();
    let body = r#"{"name": "given-up", "display_name": "x"}"#;
    let text = format!(
        "POST /api/v1/roles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
        target.admin,
        body.len()
    );
    let mut stream = TcpStream::connect(target.address()).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    drop(stream);
    assert_eq!(settled(&target, "/api/v1/roles", 1.0).await, 1.0);
    assert_eq!(
        count(&target.metrics().await, "/api/v1/roles", Some("499")),
        1.0
    );
    end.send(()).unwrap();
    busy.await.unwrap();
    // It was given up before its turn came, so nothing was written.
    let roles = target
        .get("/roles?search=given-up", &target.admin)
        .await
        .ok(200);
    assert_eq!(roles.body["pagination"]["total"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_request_given_up_within_its_body_is_a_499() {
    let target = Target::start().await;
    let mut stream = TcpStream::connect(target.address()).unwrap();
    stream
        .write_all(
            b"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"name\"",
        )
        .unwrap();
    stream.shutdown(Shutdown::Both).unwrap();
    drop(stream);
    assert_eq!(settled(&target, "/api/v1/users", 1.0).await, 1.0);
    assert_eq!(
        count(&target.metrics().await, "/api/v1/users", Some("499")),
        1.0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn an_answer_that_was_read_has_been_counted() {
    let target = Target::start().await;
    let (address, text) = (target.address(), request(&target.admin));
    for n in 1..=200 {
        let text = text.clone();
        let status = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            let mut first = [0; 15];
            stream.read_exact(&mut first).unwrap();
            String::from_utf8_lossy(&first).into_owned()
        });
        assert_eq!(status.await.unwrap(), "HTTP/1.1 200 OK");
        assert_eq!(
            count(&target.metrics().await, "/api/v1/roles", Some("200")),
            f64::from(n)
        );
    }
    let _: Value = target.get("/roles", &target.admin).await.ok(200).body;
}
