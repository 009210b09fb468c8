//! A server that misbehaves until it is told that it is well.

use std::cell::Cell;
use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::{read_request, serve};

/// The first bytes of a connection by HTTP/2 (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// The server.
pub struct Wild {
    pub address: SocketAddr,
    well: Rc<Cell<bool>>,
    restarts: Rc<Notify>,
}

impl Wild {
    /// `talk` has each connection while the server is not well.
    pub async fn serve<F, W>(talk: F) -> Self
    where
        F: Fn(TcpStream) -> W + 'static,
        W: Future<Output = ()> + 'static,
    {
        let well = Rc::new(Cell::new(false));
        let restarts = Rc::new(Notify::new());
        let (state, restart) = (well.clone(), restarts.clone());
        let talk = Rc::new(talk);
        let address = serve(move |stream, _| {
            let (well, talk, restart) = (state.get(), talk.clone(), restart.clone());
            async move {
                if well {
                    answer(stream).await;
                } else {
                    // What was odd does not outlive it.
                    tokio::select! {
                        () = talk(stream) => {}
                        () = restart.notified() => {}
                    }
                }
            }
        })
        .await;
        Self {
            address,
            well,
            restarts,
        }
    }

    /// It restarts: its connections close, and each new one is answered as it should be.
    pub async fn is_well(&self) {
        self.well.set(true);
        self.restarts.notify_waiters();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Answers every request with 200, by the version that the client speaks.
async fn answer(mut stream: TcpStream) {
    let mut first = [0; PREFACE.len()];
    while stream.peek(&mut first).await.unwrap_or(0) < first.len() {
        tokio::task::yield_now().await;
    }
    if first == PREFACE {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            tokio::task::spawn_local(async move {
                let mut body = request.into_body();
                while let Some(Ok(data)) = body.data().await {
                    let _ = body.flow_control().release_capacity(data.len());
                }
                let head = http::Response::builder().status(200).body(()).unwrap();
                let mut stream = respond.send_response(head, false).unwrap();
                let _ = stream.send_data(Bytes::from_static(b"ok"), true);
            });
        }
        return;
    }
    while read_request(&mut stream).await.is_some() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
        let body: &[u8] = b"ok";
        let _ = stream.write_all(answer).await;
        let _ = stream.write_all(body).await;
    }
}

/// Answers each request with these bytes, then holds the connection and says nothing more.
pub async fn says(bytes: impl Into<Vec<u8>>) -> Wild {
    let bytes: Rc<[u8]> = bytes.into().into();
    Wild::serve(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
    })
    .await
}

/// Answers with these bytes and closes; `how` the connection ends.
pub async fn says_and(bytes: impl Into<Vec<u8>>, how: End) -> Wild {
    let bytes: Rc<[u8]> = bytes.into().into();
    Wild::serve(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(&bytes).await;
            how.end(stream).await;
        }
    })
    .await
}

/// Answers with `head`, then with `piece` for ever.
pub async fn streams(head: impl Into<Vec<u8>>, piece: impl Into<Vec<u8>>) -> Wild {
    let (head, piece): (Rc<[u8]>, Rc<[u8]>) = (head.into().into(), piece.into().into());
    Wild::serve(move |mut stream| {
        let (head, piece) = (head.clone(), piece.clone());
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(&head).await;
            while stream.write_all(&piece).await.is_ok() {}
        }
    })
    .await
}

/// Answers with these bytes, one every few milliseconds.
pub async fn drips(bytes: impl Into<Vec<u8>>) -> Wild {
    let bytes: Rc<[u8]> = bytes.into().into();
    Wild::serve(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            read_request(&mut stream).await;
            for byte in bytes.iter().cycle() {
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    })
    .await
}

/// How a connection ends.
#[derive(Clone, Copy)]
pub enum End {
    /// In order.
    Close,
    /// By a reset.
    Reset,
}

impl End {
    pub async fn end(self, mut stream: TcpStream) {
        match self {
            Self::Close => {
                let _ = stream.shutdown().await;
                // What still comes is taken, or the close would be a reset.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
            Self::Reset => {
                // Let what was written arrive first.
                tokio::time::sleep(Duration::from_millis(20)).await;
                socket2::SockRef::from(&stream)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
            }
        }
    }
}
