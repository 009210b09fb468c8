//! Names with several addresses: which are tried, in which order, and what that costs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use throng::http::{
    Client, ErrorKind, Lookup, Method, Origin, Reach, Request, Settings, Transport,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::request;
use crate::support::{on_one_thread, read_request};

const CLOSES: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/// How long an address has for itself.
const DELAY: Duration = Duration::from_millis(250);

fn on_loopback(last: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, 0, last).into()
}

/// A server at the second address, whose port no other server has at the addresses beside it: something is bound there
/// that does not listen.
async fn server_that_is_alone() -> (u16, Rc<RefCell<BTreeMap<IpAddr, usize>>>, Vec<Socket>) {
    let others = [1, 3, 4, 5].map(on_loopback);
    let others = others.into_iter().chain([Ipv6Addr::LOCALHOST.into()]);
    loop {
        let (port, came) = server("127.0.0.2").await;
        let bound = others.clone().map(|address| {
            let address = SocketAddr::new(address, port);
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
            socket.bind(&address.into()).map(|()| socket)
        });
        if let Ok(bound) = bound.collect::<io::Result<_>>() {
            return (port, came, bound);
        }
    }
}

/// A server at `host`, and how many connections came to each of its addresses.
async fn server(host: &str) -> (u16, Rc<RefCell<BTreeMap<IpAddr, usize>>>) {
    let listener = TcpListener::bind((host, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Rc::new(RefCell::new(BTreeMap::new()));
    let count = came.clone();
    tokio::task::spawn_local(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let to = stream.local_addr().unwrap().ip();
            *count.borrow_mut().entry(to).or_default() += 1;
            tokio::task::spawn_local(async move {
                if read_request(&mut stream).await.is_some() {
                    stream.write_all(CLOSES).await.unwrap();
                }
            });
        }
    });
    (port, came)
}

fn finding(known: fn(&str) -> Result<Vec<IpAddr>, String>) -> Settings {
    Settings {
        lookup: Lookup::By(known),
        ..Settings::default()
    }
}

fn to(port: u16) -> Request {
    request(Method::GET, &format!("http://many.test:{port}/"))
}

#[test]
fn connections_are_spread_over_the_addresses_of_a_name() {
    on_one_thread(async {
        let (port, came) = server("0.0.0.0").await;
        let settings = finding(|_| Ok((1..=4).map(on_loopback).collect()));
        let transport = Transport::new(settings.load().unwrap());
        for _ in 0..120 {
            let answer = Client::new(transport.clone())
                .send(&to(port))
                .await
                .unwrap();
            assert_eq!(answer.status, 200);
        }
        let came = came.borrow();
        assert_eq!(came.values().sum::<usize>(), 120);
        // 30 each by chance; 8 are less likely than one in a million.
        assert!(
            came.len() == 4 && came.values().all(|count| *count >= 8),
            "{came:?}"
        );
    });
}

#[test]
fn addresses_where_nobody_listens_are_passed_by_in_both_families() {
    on_one_thread(async {
        let (port, came, _refusing) = server_that_is_alone().await;
        let settings = finding(|_| {
            Ok(vec![
                Ipv6Addr::LOCALHOST.into(),
                on_loopback(1),
                on_loopback(2),
                on_loopback(3),
            ])
        });
        let transport = Transport::new(settings.load().unwrap());
        for _ in 0..20 {
            Client::new(transport.clone())
                .send(&to(port))
                .await
                .unwrap();
        }
        assert_eq!(*came.borrow(), BTreeMap::from([(on_loopback(2), 20)]));
        // Of none that listens the last one tells why.
        let none = finding(|_| Ok(vec![on_loopback(4), on_loopback(5)]));
        let failure = super::client(&none).send(&to(port)).await.unwrap_err();
        assert_eq!((failure.kind, failure.sent), (ErrorKind::Connect, false));
        assert!(
            failure.message.contains("cannot connect to 127.0.0."),
            "{failure}"
        );
    });
}

/// A listener that takes no connection: its queue is full, so the kernel drops what comes.
fn swallowing(address: SocketAddr) -> Vec<Socket> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.set_reuse_address(true).unwrap();
    listener.bind(&address.into()).unwrap();
    listener.listen(0).unwrap();
    let mut sockets = vec![listener];
    for _ in 0..3 {
        let filling = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        filling.set_nonblocking(true).unwrap();
        let _under_way = filling.connect(&address.into());
        sockets.push(filling);
    }
    sockets
}

/// Connections of this process to an address that are not established.
fn half_open(to: SocketAddr) -> usize {
    let SocketAddr::V4(to) = to else { return 0 };
    let octets = to.ip().octets();
    let remote = format!("{:08X}:{:04X}", u32::from_le_bytes(octets), to.port());
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let rows = table
        .lines()
        .map(|row| row.split_whitespace().collect::<Vec<_>>());
    // SYN_SENT is 02.
    rows.filter(|row| row.get(2) == Some(&&*remote) && row.get(3) == Some(&"02"))
        .count()
}

#[test]
fn an_address_that_says_nothing_is_raced_once_and_then_comes_last() {
    on_one_thread(async {
        let (port, came) = server("127.0.0.1").await;
        let silent = SocketAddr::new(on_loopback(9), port);
        let _full = swallowing(silent);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let before = half_open(silent);
        let settings = finding(|_| Ok(vec![on_loopback(9), on_loopback(1)]));
        let transport = Transport::new(settings.load().unwrap());
        let mut raced = 0;
        for _ in 0..24 {
            let answer = Client::new(transport.clone())
                .send(&to(port))
                .await
                .unwrap();
            let timings = answer.timings;
            if timings.connect >= DELAY {
                raced += 1;
                assert!(timings.connect < 8 * DELAY, "{timings:?}");
                assert!(timings.total() < timings.connect + 4 * DELAY, "{timings:?}");
            }
        }
        assert_eq!(raced, 1, "half of them would have begun there");
        assert_eq!(came.borrow()[&on_loopback(1)], 24);
        assert_eq!(half_open(silent), before, "the attempt that lost is closed");
        assert_eq!(transport.open_connections(), 0);

        // Where no address answers, the connect timeout holds over all of them.
        let settings = Settings {
            connect_timeout: 2 * DELAY,
            ..finding(|_| Ok(vec![on_loopback(9), on_loopback(9)]))
        };
        let failure = super::client(&settings).send(&to(port)).await.unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Timeout, "{failure}");
        assert!(failure.message.contains("connecting"), "{failure}");
        assert!(failure.timings.connect >= DELAY, "{:?}", failure.timings);
    });
}

#[test]
fn no_address_is_tried_that_is_not_allowed() {
    on_one_thread(async {
        let (port, came) = server("0.0.0.0").await;
        let (home, _) = Origin::parse("http://home.test").unwrap();
        let settings = Settings {
            reach: Reach::of(
                &home,
                vec![
                    "127.0.0.1/32".parse().unwrap(),
                    "127.0.0.3".parse().unwrap(),
                ],
            ),
            ..finding(|_| Ok((1..=4).map(on_loopback).collect()))
        };
        let transport = Transport::new(settings.load().unwrap());
        for _ in 0..40 {
            Client::new(transport.clone())
                .send(&to(port))
                .await
                .unwrap();
        }
        let came = came.borrow();
        let allowed = [on_loopback(1), on_loopback(3)];
        assert_eq!(
            came.keys().copied().collect::<Vec<_>>(),
            allowed,
            "{came:?}"
        );
    });
}
