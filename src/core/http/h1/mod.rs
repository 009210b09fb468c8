//! HTTP/1.1 on one connection: sends a request and reads its response, polled in the caller's own task.
//!
//! In: the bytes of a connection, a request, what the shard adds to each head. Out: a response, or an error with what it
//! means for a second try. It must never know of pools, timeouts, redirects and cookies.

mod chunked;
mod head;
mod legacy;
mod read;
mod scratch;
mod write;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

pub(crate) use chunked::{Chunked, over};
pub(crate) use head::{Framing, HEAD_LIMIT, Head};
pub(crate) use read::{ReadResponse, Reader};
use write::Outgoing;
pub(crate) use write::{Extras, encode};

use super::message::Request;
use super::message::{ErrorKind, HttpError};
use super::message::{Phase, Progress};
pub(crate) use scratch::Scratch;

/// Sends a request and reads its response. After an error, or when dropped, the connection cannot be reused.
pub(crate) async fn exchange<Io: AsyncRead + AsyncWrite + Unpin>(
    io: &mut Io,
    scratch: &Scratch,
    request: &Request,
    extras: &Extras<'_>,
    progress: &Progress,
    body_limit: usize,
) -> Result<ReadResponse, HttpError> {
    let mut exchange = Exchange {
        io,
        scratch,
        request,
        extras,
        progress,
        outgoing: Outgoing::Fresh,
        refusal: None,
        reader: Reader::new(body_limit, request.method == http::Method::HEAD),
    };
    let at = poll_fn(|cx| exchange.poll(cx)).await?;
    let written = exchange.outgoing.is_done();
    let mut answer = exchange
        .reader
        .finish(at)
        .ok_or_else(|| HttpError::protocol("the response has no head"))?;
    answer.reusable &= written;
    Ok(answer)
}

struct Exchange<'a, Io> {
    io: &'a mut Io,
    scratch: &'a Scratch,
    request: &'a Request,
    extras: &'a Extras<'a>,
    progress: &'a Progress,
    outgoing: Outgoing,
    /// Why writing the request failed; a response may still have arrived.
    refusal: Option<io::Error>,
    reader: Reader,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Exchange<'_, Io> {
    /// Both directions concurrently: a server may respond before it has read the whole request.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Instant, HttpError>> {
        if !self.outgoing.is_done() && self.refusal.is_none() {
            self.poll_send(cx);
        }
        self.poll_receive(cx)
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) {
        let progress = self.progress;
        let sent = self.outgoing.poll_write(
            cx,
            self.io,
            &mut self.scratch.outgoing(),
            (self.request, self.extras),
            |bytes| progress.add_sent(bytes),
        );
        match sent {
            Poll::Pending => {}
            Poll::Ready(Ok(())) => progress.sent(),
            Poll::Ready(Err(error)) => self.refusal = Some(error),
        }
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Instant, HttpError>> {
        loop {
            let mut space = self.scratch.incoming();
            let mut buffer = ReadBuf::new(&mut space);
            let read = ready!(Pin::new(&mut *self.io).poll_read(cx, &mut buffer));
            if let Err(error) = read {
                return Poll::Ready(Err(self.lost(&error)));
            }
            let bytes = buffer.filled();
            if bytes.is_empty() {
                return Poll::Ready(self.closed().map(|()| Instant::now()));
            }
            let first =
                (self.progress.phase() != Phase::Receive).then(|| self.progress.first_byte());
            self.progress.add_received(bytes.len());
            let pushed = self.reader.push(bytes);
            if let Some(status) = self.reader.status() {
                self.progress.set_status(status);
            }
            if pushed? {
                // All in one piece: the time of the first byte is that of the last, which saves reading the clock.
                return Poll::Ready(Ok(first.unwrap_or_else(Instant::now)));
            }
        }
    }

    fn closed(&mut self) -> Result<(), HttpError> {
        match (self.reader.close(), &self.refusal) {
            (Err(fault), Some(refusal)) if fault.kind == ErrorKind::Reset => {
                Err(HttpError::lost(refusal))
            }
            (closed, _) => closed,
        }
    }

    fn lost(&mut self, error: &io::Error) -> HttpError {
        if self.progress.bytes_received() == 0 {
            let mut fault = HttpError::lost(self.refusal.as_ref().unwrap_or(error));
            if fault.kind == ErrorKind::Truncated {
                fault.kind = ErrorKind::Reset;
            }
            return fault;
        }
        // A close without close_notify: the length of the body tells whether anything is missing.
        match (error.kind(), self.reader.close()) {
            (io::ErrorKind::UnexpectedEof, Err(fault)) => fault,
            _ => HttpError::lost(error),
        }
    }
}
