#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod answers;
mod api;
mod body;
mod crowded;
mod feed;
mod figures;
mod guard;
mod history;
mod limits;
mod logs;
mod page;
mod scripts;
mod session;
mod site;
mod steer;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use throng::metrics::{Aggregator, RunInfo};

use site::read_only as site;

async fn get(address: SocketAddr, path: &str) -> (u16, String, String) {
    let answer = reqwest::get(format!("http://{address}{path}"))
        .await
        .unwrap();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (answer.status().as_u16(), kind, answer.text().await.unwrap())
}

#[tokio::test]
async fn metrics_are_those_of_the_latest_snapshot() {
    let site = site();
    let mut aggregator = Aggregator::new(RunInfo {
        version: "9.9.9".to_owned(),
        ..RunInfo::default()
    });
    aggregator.reload("accepted");
    site.snapshots
        .send_replace(aggregator.tick(Duration::from_secs(1)));
    let (status, kind, text) = get(site.address(), "/metrics").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4"));
    assert!(
        text.contains("throng_build_info{version=\"9.9.9\"} 1\n"),
        "{text}"
    );
    assert!(text.contains("throng_script_reloads_total{result=\"accepted\"} 1\n"));
    aggregator.reload("accepted");
    site.snapshots
        .send_replace(aggregator.tick(Duration::from_secs(2)));
    let (_, _, text) = get(site.address(), "/metrics").await;
    assert!(text.contains("throng_script_reloads_total{result=\"accepted\"} 2\n"));
}

#[tokio::test]
async fn other_paths_say_where_to_look() {
    let site = site();
    let address = site.address();
    assert_eq!(get(address, "/healthz").await.0, 200);
    assert_eq!(get(address, "/healthz").await.2, "ok\n");
    let (status, _, text) = get(address, "/").await;
    assert_eq!(status, 200);
    assert!(text.starts_with("<!doctype html>"));
    let (status, kind, text) = get(address, "/secrets").await;
    assert_eq!((status, kind.as_str()), (404, "text/plain; charset=utf-8"));
    assert_eq!(
        text,
        "There is nothing at /secrets; see /, /metrics, /healthz and /api/v1/run.\n"
    );
    let posted = reqwest::Client::new()
        .post(format!("http://{address}/metrics"))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 405);
}

#[test]
fn a_stop_ends_it_even_while_a_client_holds_on() {
    let site = site();
    let address = site.address();
    // A peer that has sent half a request and waits.
    let mut client = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut client, b"GET /metrics HTTP/1.1\r\n").unwrap();
    site.stop.send(()).unwrap();
    let (ended, end) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        site.server.join();
        ended.send(())
    });
    assert_eq!(end.recv_timeout(Duration::from_secs(10)), Ok(()));
    assert!(TcpListener::bind(address).is_ok(), "the port is free again");
}
