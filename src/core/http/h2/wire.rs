//! Byte counts of an HTTP/2 connection, which many requests share.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::message::Progress;

/// The bytes of a connection, and the waker of the next write.
///
/// Which request a byte belongs to is not known below the framing: each request takes the bytes not attributed yet,
/// so that the sum over the requests is that of the connection.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    sent: Cell<u64>,
    sent_taken: Cell<u64>,
    received: Cell<u64>,
    received_taken: Cell<u64>,
    watchers: RefCell<Vec<Waker>>,
}

impl Wire {
    /// All bytes ever written.
    pub fn sent(&self) -> u64 {
        self.sent.get()
    }

    /// Wakes the task at the next write.
    pub fn watch(&self, cx: &Context<'_>) {
        let mut watchers = self.watchers.borrow_mut();
        if !watchers.iter().any(|waker| waker.will_wake(cx.waker())) {
            watchers.push(cx.waker().clone());
        }
    }

    /// Attributes the bytes that were not attributed yet to one request.
    pub fn settle(&self, progress: &Progress) {
        let sent = self.sent.get() - self.sent_taken.replace(self.sent.get());
        let received = self.received.get() - self.received_taken.replace(self.received.get());
        progress.add_sent(usize::try_from(sent).unwrap_or(usize::MAX));
        progress.add_received(usize::try_from(received).unwrap_or(usize::MAX));
    }
}

/// A connection that counts on a [`Wire`].
#[derive(Debug)]
pub(crate) struct Counted<Io> {
    io: Io,
    wire: Rc<Wire>,
}

impl<Io> Counted<Io> {
    pub fn new(io: Io) -> (Self, Rc<Wire>) {
        let wire = Rc::new(Wire::default());
        let counted = Self {
            io,
            wire: wire.clone(),
        };
        (counted, wire)
    }

    /// The result of a write. A failed write does not end the connection: what the server sent before is still read, and
    /// its GOAWAY says which requests it did not process. The end is reported when reading reaches it.
    fn count_written(&self, written: io::Result<usize>, all: usize) -> usize {
        match written {
            Ok(bytes) => {
                self.count(bytes);
                bytes
            }
            Err(_) => all,
        }
    }

    fn count(&self, bytes: usize) {
        self.wire.sent.set(self.wire.sent.get() + bytes as u64);
        for waker in self.wire.watchers.borrow_mut().drain(..) {
            waker.wake();
        }
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Counted<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buf))?;
        let received = &self.wire.received;
        received.set(received.get() + (buf.filled().len() - before) as u64);
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Counted<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write(cx, buf));
        Poll::Ready(Ok(self.count_written(written, buf.len())))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, bufs));
        let all = bufs.iter().map(|buf| buf.len()).sum();
        Poll::Ready(Ok(self.count_written(written, all)))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // As for a write.
        let _broken = ready!(Pin::new(&mut self.io).poll_flush(cx));
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
