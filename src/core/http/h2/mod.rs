//! HTTP/2 on one connection, by hyper: concurrent requests and their responses.
//!
//! In: the bytes of a connection, requests, what the shard adds to each head. Out: responses, or errors with what they
//! mean for a second try. It must never know of pools, timeouts, redirects and cookies. Unlike HTTP/1.1 a connection
//! has a task of its own, for it must read while nobody waits.

mod message;
mod stream_error;
mod wire;

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::h1::{Extras, HEAD_LIMIT, ReadResponse, over};
use super::message::HttpError;
use super::message::Request;
use super::message::{Phase, Progress};
use message::Piece;
pub(crate) use stream_error::{Processed, StreamError};
use stream_error::{broken_off, fault};
use wire::{Counted, Wire};

/// A connection for concurrent requests; closed when the last clone is dropped and the last response is complete.
#[derive(Debug, Clone)]
pub(crate) struct Multiplexed {
    sender: SendRequest<Piece>,
    wire: Rc<Wire>,
    /// How long connecting took, without TLS.
    handshake: Duration,
    /// Requests in flight, and the number of the idle connection when there are none.
    use_of: Rc<(Cell<u32>, Cell<u64>)>,
}

/// Runs hyper's tasks on the shard's thread.
#[derive(Debug, Clone, Copy)]
struct OnThisThread;

impl<F: Future<Output = ()> + 'static> hyper::rt::Executor<F> for OnThisThread {
    fn execute(&self, task: F) {
        tokio::task::spawn_local(task);
    }
}

impl Multiplexed {
    /// Starts HTTP/2 on a new connection; `handshake` is the duration of connecting, without TLS. Needs a `LocalSet`
    /// or a local runtime.
    pub async fn begin<Io>(io: Io, handshake: Duration) -> Result<Self, HttpError>
    where
        Io: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let (io, wire) = Counted::new(io);
        let (sender, connection) = http2::Builder::new(OnThisThread)
            .max_header_list_size(HEAD_LIMIT as u32)
            .handshake(TokioIo::new(io))
            .await
            .map_err(|error| fault(&error, false).fault)?;
        tokio::task::spawn_local(async move {
            // Each request gets the reason why its connection ended.
            let _ended = connection.await;
        });
        Ok(Self {
            sender,
            wire,
            handshake,
            use_of: Rc::default(),
        })
    }

    /// A request starts.
    pub fn enter(&self) {
        self.use_of.0.set(self.use_of.0.get() + 1);
    }

    /// A request ends; true when it was the last.
    pub fn leave(&self) -> bool {
        self.use_of.0.set(self.use_of.0.get() - 1);
        self.use_of.0.get() == 0
    }

    /// It is idle, with this number.
    pub fn rest_as(&self, serial: u64) {
        self.use_of.1.set(serial);
    }

    /// Whether it is idle with this number, and was not used since.
    pub fn is_idle_as(&self, serial: u64) -> bool {
        self.use_of.0.get() == 0 && self.use_of.1.get() == serial
    }

    /// Whether it accepts requests.
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Whether it is this one.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.use_of, &other.use_of)
    }

    /// How long connecting took, without TLS.
    pub fn handshake(&self) -> Duration {
        self.handshake
    }

    /// Whether it accepts requests, after reading what has arrived. Its task does the reading; while it is idle,
    /// a close or a GOAWAY may be in the kernel's buffer that the task has not read yet.
    pub async fn is_open_now(&self) -> bool {
        if self.use_of.0.get() == 0 && self.is_open() {
            // The reactor runs before the yielding task, and wakes the connection's task first.
            tokio::task::yield_now().await;
        }
        self.is_open()
    }

    /// Sends a request and reads its response. Dropping the future resets the stream; others continue.
    pub async fn exchange(
        &mut self,
        request: &Request,
        extras: &Extras<'_>,
        progress: &Progress,
        body_limit: usize,
    ) -> Result<ReadResponse, StreamError> {
        progress.enter(Phase::Send);
        let (body, taken) = Piece::new(request.body.clone());
        let outgoing = message::outgoing(request, extras, body)?;
        let begun = self.wire.sent();
        let mut written = begun;
        let mut all_handed = taken.get();
        let mut answer = pin!(self.sender.try_send_request(outgoing));
        let wire = &self.wire;
        let answered = poll_fn(|cx| {
            if progress.sent_at().is_none() {
                if taken.get() && !all_handed {
                    all_handed = true;
                    written = wire.sent();
                }
                // A body may wait in hyper for the server's window: it is sent when that many bytes were written.
                let whole = wire.sent() - begun >= request.body.len() as u64;
                if all_handed && wire.sent() > written && whole {
                    wire.settle(progress);
                    progress.sent();
                } else {
                    wire.watch(cx);
                }
            }
            answer.as_mut().poll(cx)
        })
        .await;
        let read = match answered {
            Ok(response) => {
                let bodiless = request.method == http::Method::HEAD;
                // A server that has sent its response may stop the rest of an upload in the same way (RFC 9113, 8.1).
                let uploaded = || taken.get() && wire.sent() - begun >= request.body.len() as u64;
                read(response, progress, body_limit, bodiless, uploaded).await
            }
            Err(mut unsent) => {
                let kept = unsent.take_message().is_some();
                let mut failed = fault(unsent.error(), false);
                // Without a byte written since, it cannot have been sent: it waited for a stream, or was not
                // written.
                let unwritten = matches!(failed.processed, Processed::No | Processed::Unknown)
                    && failed.closing
                    && self.wire.sent() == begun;
                if kept || unwritten {
                    failed.processed = Processed::NotSent;
                    failed.closing = true;
                }
                Err(failed)
            }
        };
        wire.settle(progress);
        read
    }
}

async fn read(
    response: http::Response<Incoming>,
    progress: &Progress,
    limit: usize,
    bodiless: bool,
    uploaded: impl Fn() -> bool,
) -> Result<ReadResponse, StreamError> {
    progress.first_byte();
    let (parts, mut body) = response.into_parts();
    progress.set_status(parts.status.as_u16());
    let head = message::incoming(&parts)?;
    let bodiless = bodiless || matches!(head.status, 204 | 304);
    // hyper has read it from the head; it is 0 for responses without a body.
    let expected = body.size_hint().exact().filter(|_| !bodiless);
    let mut whole = Vec::new();
    let mut only = Bytes::new();
    while let Some(frame) = body.frame().await {
        let come = whole.len().max(only.len());
        let frame = frame.map_err(|error| broken_off(&error, come, expected))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if data.len() > limit.saturating_sub(come) {
            return Err(over(limit).into());
        }
        if whole.is_empty() && only.is_empty() {
            only = data;
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&only);
            }
            whole.extend_from_slice(&data);
        }
    }
    // hyper treats RST_STREAM(NO_ERROR) as an end, as it is after END_STREAM (RFC 9113, 8.1).
    if !body.is_end_stream() && !bodiless {
        let come = whole.len().max(only.len()) as u64;
        let short = expected.map_or_else(&uploaded, |expected| come < expected);
        if short {
            return Err(HttpError::truncated(format!(
                "the HTTP/2 stream was reset within the body, after {come} bytes"
            ))
            .into());
        }
    }
    Ok(ReadResponse {
        head,
        body: if whole.is_empty() { only } else { whole.into() },
        reusable: true,
        at: Instant::now(),
    })
}
