//! Small real servers and the runtime that tests share.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

pub mod authority;
pub mod http2;
pub mod importing;
pub mod kubernetes;
pub mod local_target;
pub mod namespace;
pub mod nats;
pub mod oauth2;
pub mod patience;
pub mod program;
pub mod scripts;
pub mod service;
pub mod shard;
pub mod shop;
pub mod slow;
pub mod target;

use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

/// Runs a test as a shard runs: one thread, with tasks that need not be `Send`.
pub fn on_one_thread<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test)
}

/// A server that hands each connection, numbered from 0, to `talk`.
pub async fn serve<F, W>(talk: F) -> SocketAddr
where
    F: Fn(TcpStream, usize) -> W + 'static,
    W: Future<Output = ()> + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let talk = Rc::new(talk);
    tokio::task::spawn_local(async move {
        for number in 0.. {
            let Ok((stream, _)) = listener.accept().await else {
                return;
            };
            stream.set_nodelay(true).unwrap();
            tokio::task::spawn_local(talk(stream, number));
        }
    });
    address
}

/// A server that answers each request of each connection with the same bytes.
pub async fn serve_bytes(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer: Rc<[u8]> = answer.into().into();
    serve(move |mut stream, _| {
        let answer = answer.clone();
        async move {
            while read_request(&mut stream).await.is_some() {
                if stream.write_all(&answer).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

/// A server that answers one request with these bytes and closes.
pub async fn serve_bytes_once(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer: Rc<[u8]> = answer.into().into();
    serve(move |mut stream, _| {
        let answer = answer.clone();
        async move {
            if read_request(&mut stream).await.is_some() {
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await
}

/// Head and body of the next request, as they came; none when the connection is closed.
pub async fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let lower = head.to_lowercase();
    let mut body = Vec::new();
    if let Some(at) = lower.find("\r\ncontent-length: ") {
        let length = lower[at + 18..].split("\r\n").next()?.parse().ok()?;
        body.resize(length, 0);
        stream.read_exact(&mut body).await.ok()?;
    } else if lower.contains("\r\ntransfer-encoding: chunked") {
        while !body.ends_with(b"0\r\n\r\n") {
            body.push(stream.read_u8().await.ok()?);
        }
    }
    Some((head, body))
}

/// Serves a router on a thread of its own, until the process ends.
pub fn serve_router(router: axum::Router) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).unwrap();
            let _ = axum::serve(listener, router).await;
        });
    });
    address
}
