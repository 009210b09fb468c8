//! Bodies that are too long, or too late.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use throng::engine::Done;
use throng::web::api::BODY_LIMIT;

use super::site::{Site, TOKEN, steered};

#[tokio::test]
async fn a_body_of_64_kib_is_read_to_its_end() {
    let mut site = steered();
    let change = "{\"users\": 300}";
    let body = change.to_owned() + &" ".repeat(BODY_LIMIT - change.len());
    let request = site.request("PATCH", "/api/v1/run").body(body);
    let request = request.header("content-type", "application/json");
    let (said, given) = site.answered(request, Ok(Done("300".to_owned()))).await;
    assert_eq!((said.status, given.as_str()), (200, "set {\"users\":300}"));
}

/// Sends this head and body as they are, and reads what comes.
fn raw(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut peer = TcpStream::connect(address).unwrap();
    peer.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = format!(
        "PATCH /api/v1/run HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nConnection: close\r\n{head}\r\n\r\n"
    );
    peer.write_all(head.as_bytes()).unwrap();
    peer.write_all(body).unwrap();
    let mut answer = Vec::new();
    // What was sent beyond the limit may end in a reset, after the answer.
    let _ = peer.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_longer_body_is_refused_announced_or_not() {
    let mut site = steered();
    let announced = format!("Content-Length: {}", BODY_LIMIT + 1);
    let refused = raw(site.address(), &announced, b"");
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    assert!(refused.ends_with("{\"error\":\"the body has more than 65536 bytes\",\"faults\":[]}"));
    let mut chunk = format!("{:x}\r\n", BODY_LIMIT + 1).into_bytes();
    chunk.resize(chunk.len() + BODY_LIMIT + 1, b' ');
    let refused = raw(site.address(), "Transfer-Encoding: chunked", &chunk);
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    assert!(site.is_unmoved());
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for_without_end() {
    let mut site = Site::begin("127.0.0.1:0", |control| {
        Some(control.with_timeout(Duration::from_millis(50)))
    });
    let refused = raw(site.address(), "Content-Length: 10", b"{");
    assert!(refused.starts_with("HTTP/1.1 408 "), "{refused}");
    assert!(refused.contains("the body of the request did not arrive in time"));
    assert!(site.is_unmoved());
}
