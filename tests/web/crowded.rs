//! Peers who take more than their part, and the others, who are answered all the same.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use throng::engine::Done;
use throng::web::Limits;

use super::site::{Site, TOKEN, said, steered};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

fn peer(address: SocketAddr) -> TcpStream {
    let peer = TcpStream::connect(address).unwrap();
    peer.set_read_timeout(Some(LONG)).unwrap();
    peer
}

/// What comes until the other side closes; a reset is an end too.
fn rest(mut peer: TcpStream) -> String {
    let mut answer = Vec::new();
    if let Err(why) = peer.read_to_end(&mut answer) {
        assert_eq!(why.kind(), std::io::ErrorKind::ConnectionReset, "{why}");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn brief() -> Limits {
    Limits {
        header_timeout: Duration::from_millis(150),
        idle_timeout: Duration::from_millis(300),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_thousand_quiet_connections_keep_nobody_out() {
    let limits = Limits {
        connections: 20,
        ..Limits::default()
    };
    let site = Site::within(limits);
    let mut quiet = Vec::new();
    for _ in 0..1000 {
        quiet.push(peer(site.address()));
    }
    assert_eq!(said(site.bare("GET", "/healthz")).await.status, 200);
    // All but the last few were closed.
    let first = quiet.remove(0);
    assert_eq!(rest(first), "");
    let mut last = quiet.pop().unwrap();
    last.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    assert!(rest(last).starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_connection_that_is_being_answered_is_not_closed_for_another() {
    let mut site = Site::within(Limits {
        connections: 1,
        ..Limits::default()
    });
    let asked = tokio::spawn(said(site.request("POST", "/api/v1/pause")));
    let command = tokio::time::timeout(LONG, site.commands.recv())
        .await
        .unwrap()
        .unwrap();
    // It is the one that is too many.
    assert_eq!(rest(peer(site.address())), "");
    let throng::engine::Command::Pause(answer) = command else {
        panic!("{command:?}");
    };
    answer.send(Ok(Done("so".to_owned())));
    assert_eq!(asked.await.unwrap().status, 200);
    assert_eq!(said(site.bare("GET", "/healthz")).await.status, 200);
}

#[tokio::test]
async fn a_head_that_comes_too_slowly_ends_its_connection() {
    let site = Site::within(brief());
    let address = site.address();
    let slow = std::thread::spawn(move || {
        let mut slow = peer(address);
        for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: \
                      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        {
            if slow.write_all(&[*byte]).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        rest(slow)
    });
    assert_eq!(said(site.bare("GET", "/healthz")).await.status, 200);
    assert!(!slow.join().unwrap().contains("200 OK"));
}

#[test]
fn a_connection_that_is_quiet_after_its_answer_is_closed() {
    let site = Site::within(brief());
    let mut kept = peer(site.address());
    kept.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    assert!(rest(kept).ends_with("ok\n"));
}

#[test]
fn a_reader_that_takes_nothing_is_not_waited_for() {
    let site = Site::within(brief());
    let mut greedy = peer(site.address());
    let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2000);
    // What is answered is not read; at some time nothing is taken any more.
    greedy
        .set_write_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    while greedy.write_all(request.as_bytes()).is_ok() {}
    site.stop.send(()).unwrap();
    site.server.join();
}

#[tokio::test]
async fn a_giant_head_is_refused() {
    let site = steered();
    let mut giant = peer(site.address());
    let head = format!(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n",
        "a".repeat(64 << 10)
    );
    // It may be cut off before all of it is sent.
    let _ = giant.write_all(head.as_bytes());
    let mut first = [0; 12];
    let read = giant.read(&mut first).unwrap_or(0);
    let said_first = String::from_utf8_lossy(&first[..read]).into_owned();
    assert!(
        said_first.is_empty() || said_first == "HTTP/1.1 431",
        "{said_first}"
    );
    assert_eq!(said(site.bare("GET", "/healthz")).await.status, 200);
}

#[tokio::test]
async fn what_is_no_http_ends_its_connection_only() {
    let mut site = steered();
    for garbage in [
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\0\0\0\0garbage\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\r\n\r\n",
        "POST /api/v1/stop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: \
         6\r\n\r\nabcdef",
        "POST /api/v1/stop HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let mut one = peer(site.address());
        one.write_all(garbage.as_bytes()).unwrap();
        let answer = rest(one);
        assert!(answer.contains("HTTP/1.1 4"), "{garbage:?}: {answer}");
    }
    assert!(site.is_unmoved());
    assert_eq!(said(site.bare("GET", "/healthz")).await.status, 200);
}

#[tokio::test]
async fn whoever_guesses_the_token_is_soon_told_to_wait_and_whoever_has_it_is_served() {
    let mut site = Site::within(Limits {
        login_attempts: 3,
        login_window: Duration::from_millis(400),
        ..Limits::default()
    });
    let guess = |site: &Site| {
        site.bare("POST", "/api/v1/pause")
            .bearer_auth("a-guess-of-it")
    };
    for _ in 0..3 {
        assert_eq!(said(guess(&site)).await.status, 401);
    }
    let locked = said(guess(&site)).await;
    assert_eq!(locked.status, 429);
    assert_eq!(locked.headers["retry-after"], "1");
    // From the same address, in the middle of the guesses.
    for _ in 0..2 {
        let right = site.request("POST", "/api/v1/pause");
        let (said_to_it, _) = site.answered(right, Ok(Done("so".to_owned()))).await;
        assert_eq!(said_to_it.status, 200);
        assert_eq!(
            said(guess(&site)).await.status,
            429,
            "its guesses still count"
        );
    }
    assert_eq!(
        site.get("/api/v1/run").await.status,
        200,
        "reading needs none"
    );
    assert!(site.is_unmoved());
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(
        said(guess(&site)).await.status,
        401,
        "after a while it may try again"
    );
}

#[tokio::test]
async fn requests_without_any_token_are_no_guesses() {
    let mut site = Site::within(Limits {
        login_attempts: 1,
        ..Limits::default()
    });
    for _ in 0..5 {
        assert_eq!(said(site.bare("POST", "/api/v1/pause")).await.status, 401);
    }
    let request = site.request("POST", "/api/v1/pause");
    let (said, _) = site.answered(request, Ok(Done("so".to_owned()))).await;
    assert_eq!(said.status, 200);
}

#[tokio::test]
async fn more_commands_than_a_second_has_room_for_wait() {
    let mut site = Site::within(Limits {
        commands: 2,
        ..Limits::default()
    });
    for _ in 0..2 {
        let request = site.request("POST", "/api/v1/pause");
        let (said, _) = site.answered(request, Ok(Done("so".to_owned()))).await;
        assert_eq!(said.status, 200);
    }
    let refused = said(site.request("POST", "/api/v1/pause")).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "1");
    assert!(refused.error().contains("too many commands"), "{refused:?}");
    assert!(!refused.error().contains(TOKEN));
    assert!(site.is_unmoved());
}
