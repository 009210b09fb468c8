//! One connection as bytes: TCP, or TLS over it; counted while it is open.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::connection_limit::ConnectionPermit;

/// Maximum TLS reads on an idle connection; no server sends that many records there.
const TICKETS: usize = 16;

/// A connection's bytes. Dropping it closes the connection; what was written and flushed is with the kernel
/// and still goes out, followed by a FIN.
#[derive(Debug)]
pub(crate) struct Io {
    stream: Stream,
    _open: Open,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    /// Boxed: a TLS session is some kB, and most connections have none.
    Tls(Box<TlsStream<TcpStream>>),
}

/// Counts the connection as open, and holds its permit.
#[derive(Debug)]
pub(crate) struct Open(Rc<Cell<usize>>, Option<ConnectionPermit>);

impl Open {
    pub fn new(count: &Rc<Cell<usize>>, permit: Option<ConnectionPermit>) -> Self {
        count.set(count.get() + 1);
        Self(count.clone(), permit)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
        drop(self.1.take());
    }
}

impl Io {
    pub fn tcp(stream: TcpStream, open: Open) -> Self {
        Self {
            stream: Stream::Tcp(stream),
            _open: open,
        }
    }

    pub fn tls(stream: Box<TlsStream<TcpStream>>, open: Open) -> Self {
        Self {
            stream: Stream::Tls(stream),
            _open: open,
        }
    }

    /// Whether nothing was received and nothing was closed since the last response: only such a connection is reused.
    ///
    /// Asks the kernel: the reactor's state dates from its last poll, and a close may have arrived since.
    pub async fn is_quiet(&mut self) -> bool {
        match &mut self.stream {
            Stream::Tcp(stream) => is_empty(stream),
            Stream::Tls(stream) => {
                for _ in 0..TICKETS {
                    let mut byte = [0];
                    let read = Pin::new(&mut **stream).poll_read(
                        &mut Context::from_waker(Waker::noop()),
                        &mut ReadBuf::new(&mut byte),
                    );
                    if read.is_ready() {
                        return false;
                    }
                    if is_empty(stream.get_ref().0) {
                        return true;
                    }
                    // A session ticket may have arrived, which only TLS can distinguish from data, as soon as the reactor
                    // knows of it.
                    if stream.get_ref().0.readable().await.is_err() {
                        return false;
                    }
                }
                false
            }
        }
    }
}

/// Whether the kernel has no byte, close or error for a connection.
fn is_empty(stream: &TcpStream) -> bool {
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    matches!(recv(stream, &mut [0], flags), Err(Errno::AGAIN))
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_shutdown(cx),
        }
    }
}
