//! What is sent again and what is not: connections that were closed before a request, under it, and after work at it.

use std::cell::Cell;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use throng::http::{
    Client, ErrorKind, Failure, Gate, HttpVersion, Method, Progress, Request, Resolve, Response,
    Settings, TlsSettings,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use super::{client, get, plain, request};
use crate::support::authority::Authority;
use crate::support::http2::{Log, Manner, Server};
use crate::support::{on_one_thread, read_request, serve};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A gate that counts, and says no when it is closed.
#[derive(Default)]
struct Counting {
    passed: Cell<usize>,
    closed: bool,
    takes: Duration,
}

impl Gate for Counting {
    fn pass(&self) -> Pin<Box<dyn Future<Output = bool> + '_>> {
        Box::pin(async {
            tokio::time::sleep(self.takes).await;
            self.passed.set(self.passed.get() + 1);
            !self.closed
        })
    }
}

async fn send(
    client: &Client,
    request: &Request,
    gate: &Counting,
) -> Result<Response, Box<Failure>> {
    client.send_gated(request, &Progress::new(), gate).await
}

/// Opens a connection whose handshake takes long, as its client sees it: the client's thread is busy meanwhile.
/// What comes on it within a fifth of a second is then within two round trips.
async fn open_far_away(client: &Client, request: &Request) {
    let busy = tokio::task::spawn_local(async {
        std::thread::sleep(Duration::from_millis(100));
    });
    let first = client.send(request).await.unwrap();
    assert!(
        first.timings.connect >= Duration::from_millis(100),
        "{:?}",
        first.timings
    );
    busy.await.unwrap();
}

/// A server whose first connections answer one request, take the next one, and are lost without an answer; then all is well.
async fn losing(connections: usize, reset: bool) -> (SocketAddr, Rc<Cell<usize>>) {
    let seen = Rc::new(Cell::new(0));
    let counter = seen.clone();
    let address = serve(move |mut stream, number| {
        let seen = counter.clone();
        async move {
            let mut answered = 0;
            while read_request(&mut stream).await.is_some() {
                seen.set(seen.get() + 1);
                if number < connections && answered == 1 {
                    if reset {
                        socket2::SockRef::from(&stream)
                            .set_linger(Some(Duration::ZERO))
                            .unwrap();
                    }
                    return;
                }
                answered += 1;
                stream.write_all(OK).await.unwrap();
            }
        }
    })
    .await;
    (address, seen)
}

/// A server may end each connection right behind its response without saying so. That close has arrived before the next
/// request even where a user does not think, and a lost POST would count as a failure of the target.
#[test]
fn a_close_right_behind_a_response_is_seen_before_the_next_request() {
    const REQUESTS: usize = 20;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (closed, is_closed) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(REQUESTS) {
            let (mut stream, mut head, mut byte) = (stream.unwrap(), Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            stream.write_all(OK).unwrap();
            drop(stream);
            closed.send(()).unwrap();
        }
    });
    on_one_thread(async move {
        let (client, gate) = (plain(), Counting::default());
        let post = request(Method::POST, &format!("http://{address}/"));
        for _ in 0..REQUESTS {
            let answer = send(&client, &post, &gate).await.unwrap();
            assert!(!answer.reused);
            // The thread waits, so that its reactor learns nothing of the close.
            is_closed.recv().unwrap();
        }
        assert_eq!(gate.passed.get(), 0);
    });
}

#[test]
fn what_is_lost_within_two_round_trips_is_sent_again_once_where_that_is_safe() {
    for reset in [false, true] {
        on_one_thread(async move {
            let (address, seen) = losing(1, reset).await;
            let (client, gate) = (plain(), Counting::default());
            open_far_away(&client, &get(address)).await;
            let answer = send(&client, &get(address), &gate).await.unwrap();
            assert!(!answer.reused && answer.timings.connect > Duration::ZERO);
            assert_eq!((seen.get(), gate.passed.get()), (3, 1));

            let (address, seen) = losing(1, reset).await;
            let (client, gate) = (plain(), Counting::default());
            let post = request(Method::POST, &format!("http://{address}/"));
            open_far_away(&client, &post).await;
            let failure = send(&client, &post, &gate).await.unwrap_err();
            assert_eq!((failure.kind, failure.status), (ErrorKind::Reset, None));
            assert!(failure.sent);
            assert_eq!((seen.get(), gate.passed.get()), (2, 0));
        });
    }
}

#[test]
fn what_is_sent_again_passes_the_gate_which_costs_no_time_of_the_request() {
    on_one_thread(async {
        let (address, seen) = losing(1, true).await;
        let gate = Counting {
            takes: Duration::from_millis(300),
            ..Counting::default()
        };
        let client = plain();
        let mut get = get(address);
        open_far_away(&client, &get).await;
        get.timeout = Some(Duration::from_millis(280));
        let progress = Progress::new();
        let answer = client.send_gated(&get, &progress, &gate).await.unwrap();
        assert!(answer.timings.blocked >= gate.takes, "{:?}", answer.timings);
        assert!(progress.held() >= gate.takes);
        assert!(
            answer.timings.service() < gate.takes,
            "{:?}",
            answer.timings
        );
        assert_eq!(seen.get(), 3);

        let (address, seen) = losing(1, true).await;
        let gate = Counting {
            takes: Duration::from_millis(300),
            closed: true,
            ..Counting::default()
        };
        let client = plain();
        open_far_away(&client, &super::get(address)).await;
        let failure = send(&client, &super::get(address), &gate)
            .await
            .unwrap_err();
        assert_eq!((failure.kind, failure.sent), (ErrorKind::Reset, true));
        assert!(
            failure.timings.wait > Duration::ZERO && failure.timings.wait < gate.takes,
            "{:?}",
            failure.timings
        );
        assert_eq!(seen.get(), 2, "the gate said no");
    });
}

#[test]
fn what_a_server_worked_at_is_not_sent_again() {
    on_one_thread(async {
        for reset in [false, true] {
            let (seen, work) = (
                Rc::new(Cell::new(0)),
                Rc::new(Cell::new(Duration::default())),
            );
            let (counter, takes) = (seen.clone(), work.clone());
            let address = serve(move |mut stream, _| {
                let (seen, work) = (counter.clone(), takes.clone());
                async move {
                    let mut answered = 0;
                    while read_request(&mut stream).await.is_some() {
                        seen.set(seen.get() + 1);
                        if answered == 1 {
                            tokio::time::sleep(work.get()).await;
                            if reset {
                                socket2::SockRef::from(&stream)
                                    .set_linger(Some(Duration::ZERO))
                                    .unwrap();
                            }
                            return;
                        }
                        answered += 1;
                        stream.write_all(OK).await.unwrap();
                    }
                }
            })
            .await;
            let (client, gate) = (plain(), Counting::default());
            let first = client.send(&get(address)).await.unwrap();
            // Longer than two round trips, as far away as the server seems to be.
            work.set(2 * first.timings.connect + Duration::from_millis(10));
            let failure = send(&client, &get(address), &gate).await.unwrap_err();
            assert_eq!((failure.kind, failure.status), (ErrorKind::Reset, None));
            assert!(failure.timings.wait >= work.get(), "{:?}", failure.timings);
            assert_eq!((seen.get(), gate.passed.get()), (2, 0));
        }
    });
}

/// A server on a thread of its own that says something at the end of each answer, and closes; how many requests it read.
fn closing(farewell: &'static [u8]) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            counter.fetch_add(1, Ordering::SeqCst);
            stream.write_all(OK).unwrap();
            std::thread::sleep(Duration::from_millis(10));
            stream.write_all(farewell).unwrap();
        }
    });
    (address, read)
}

#[test]
fn a_close_that_the_reactor_has_not_seen_costs_a_new_connection_and_nothing_else() {
    on_one_thread(async {
        let farewells = [
            &b""[..],
            b"HTTP/1.1 408 Too Late\r\nContent-Length: 0\r\n\r\n",
        ];
        for farewell in farewells {
            let (address, read) = closing(farewell);
            let (client, gate) = (plain(), Counting::default());
            let post = request(Method::POST, &format!("http://{address}/"));
            for turn in 1..=3 {
                let answer = send(&client, &post, &gate).await.unwrap();
                assert_eq!((answer.status, answer.reused), (200, false));
                assert_eq!(read.load(Ordering::SeqCst), turn);
                // The close comes while this thread does something else, and the reactor gets no turn.
                std::thread::sleep(Duration::from_millis(60));
            }
            assert_eq!(gate.passed.get(), 0);
        }
    });
}

#[test]
fn the_same_holds_over_tls() {
    let authority = Authority::new();
    let acceptor = TlsAcceptor::from(Arc::new(authority.config("api.test", false, false)));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        on_one_thread(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = acceptor.accept(stream).await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                stream.write_all(OK).await.unwrap();
                tokio::time::sleep(Duration::from_millis(10)).await;
                stream.shutdown().await.unwrap();
            }
        });
    });
    on_one_thread(async {
        let settings = Settings {
            tls: TlsSettings {
                ca: Some(authority.file()),
                ..TlsSettings::default()
            },
            resolve: vec![Resolve {
                host: "api.test".into(),
                port: address.port(),
                address: address.ip(),
            }],
            ..Settings::default()
        };
        let (client, gate) = (client(&settings), Counting::default());
        let post = request(
            Method::POST,
            &format!("https://api.test:{}/", address.port()),
        );
        for _ in 0..3 {
            let answer = send(&client, &post, &gate).await.unwrap();
            assert_eq!((answer.status, answer.reused), (200, false));
            std::thread::sleep(Duration::from_millis(60));
        }
        assert_eq!(gate.passed.get(), 0);
    });
}

fn knowing() -> Settings {
    Settings {
        http_version: HttpVersion::Http2PriorKnowledge,
        ..Settings::default()
    }
}

/// So many rounds of requests at once; how each ended, and how many were sent again.
fn rounds(
    manner: Manner,
    method: Method,
    rounds: usize,
    at_once: usize,
) -> (Vec<String>, usize, Log) {
    on_one_thread(async move {
        let server = Server::new(manner);
        let client = Rc::new(client(&knowing()));
        let gate = Rc::new(Counting::default());
        let mut ends = Vec::new();
        for _ in 0..rounds {
            let sent: Vec<_> = (0..at_once)
                .map(|_| {
                    let (client, gate) = (client.clone(), gate.clone());
                    let mut request =
                        request(method.clone(), &format!("http://{}/", server.address));
                    if method == Method::POST {
                        request.body = "body".into();
                    }
                    tokio::task::spawn_local(async move {
                        match send(&client, &request, &gate).await {
                            Ok(answer) => answer.status.to_string(),
                            Err(failure) => failure.kind.to_string(),
                        }
                    })
                })
                .collect();
            for one in sent {
                ends.push(one.await.unwrap());
            }
        }
        (ends, gate.passed.get(), server.log())
    })
}

#[test]
fn streams_above_the_last_one_of_goaway_are_sent_again_on_a_new_connection() {
    for method in [Method::GET, Method::POST] {
        for manner in [
            Manner::Takes(10),
            Manner::Takes(3),
            Manner::TakesAndCloses(1),
        ] {
            let (ends, again, log) = rounds(manner, method.clone(), 25, 4);
            let whole = ends.iter().filter(|end| *end == "200").count();
            let told = format!("{manner:?} {method} {log:?}, {again} sent again: {ends:?}");
            assert!(log.answered + log.ignored <= 100 + again, "{told}");
            match manner {
                Manner::Takes(most) => {
                    assert_eq!((whole, log.answered), (100, 100), "{told}");
                    assert_eq!(log.connections, 100_usize.div_ceil(most), "{told}");
                }
                // A connection that is closed over a request that nobody read is reset behind its last answers.
                _ => assert_eq!(whole, log.answered, "{told}"),
            }
        }
    }
}

#[test]
fn a_refused_stream_is_sent_again_a_bounded_number_of_times() {
    for method in [Method::GET, Method::POST] {
        let (ends, again, log) = rounds(Manner::RefusesFirst(3), method.clone(), 2, 4);
        assert_eq!(ends, ["200"; 8], "{method}");
        assert_eq!((log.answered, log.ignored, again), (8, 3, 3));
        let (ends, again, log) = rounds(Manner::RefusesFirst(usize::MAX), method.clone(), 1, 1);
        assert_eq!(ends, ["reset"]);
        assert_eq!((log.ignored, again), (11, 10));
        let (ends, again, log) = rounds(Manner::Takes(0), method, 1, 1);
        assert_eq!(ends, ["reset"]);
        assert_eq!((log.ignored, log.connections, again), (11, 11, 10));
    }
}

#[test]
fn a_lost_http2_connection_is_sent_again_only_within_two_round_trips() {
    let work = Manner::Drops(Duration::from_millis(400));
    let (ends, again, log) = rounds(work, Method::GET, 2, 1);
    assert_eq!(ends, ["200", "reset"]);
    assert_eq!((log.answered, log.dropped, again), (1, 1, 0));
    on_one_thread(async {
        for (method, end, dropped) in [(Method::GET, Some(200), 1), (Method::POST, None, 1)] {
            let server = Server::new(Manner::Drops(Duration::ZERO));
            let (client, gate) = (client(&knowing()), Counting::default());
            let request = request(method, &format!("http://{}/", server.address));
            open_far_away(&client, &request).await;
            let answer = send(&client, &request, &gate).await;
            assert_eq!(answer.as_ref().ok().map(|answer| answer.status), end);
            assert_eq!(server.log().dropped, dropped);
            assert_eq!(gate.passed.get(), usize::from(end.is_some()));
        }
    });
}
