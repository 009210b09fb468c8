//! HTTP/2 on one connection, by hyper: requests in, their answers out, all at once.
//!
//! In: a connection, requests, what the shard adds to each head. Out: answers, or faults with what they mean
//! for a second try. It must never know of pools, timeouts, redirects and cookies. Unlike HTTP/1.1 a connection has
//! a task of its own, for it must read while nobody waits.

mod message;
mod wire;

use std::cell::Cell;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::time::Instant;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::TokioIo;

use super::failure::{ErrorKind, Fault};
use super::h1::{Answer, Extras, HEAD_LIMIT, over};
use super::io::Io;
use super::progress::{Phase, Progress};
use super::request::Request;
use message::Piece;
use wire::{Counted, Wire};

/// A connection that takes many requests at once; closed when the last clone is dropped and the last answer is there.
#[derive(Debug, Clone)]
pub(crate) struct Multiplexed {
    sender: SendRequest<Piece>,
    wire: Rc<Wire>,
    /// Requests under way, and the number of its rest when there are none.
    use_of: Rc<(Cell<u32>, Cell<u64>)>,
}

/// What went wrong with a request, and what that means for sending it again.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub fault: Fault,
    pub harm: Harm,
}

/// What a server may have done with a request that got no answer (RFC 9113, 8.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// It says, or we know, that it has not begun.
    None,
    /// The connection was lost: as with a stale connection of HTTP/1.1.
    Unknown,
    /// It has begun.
    Done,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            harm: Harm::Done,
        }
    }
}

/// Runs hyper's tasks on the thread of the shard.
#[derive(Debug, Clone, Copy)]
struct OnThisThread;

impl<F: Future<Output = ()> + 'static> hyper::rt::Executor<F> for OnThisThread {
    fn execute(&self, task: F) {
        tokio::task::spawn_local(task);
    }
}

impl Multiplexed {
    /// Begins HTTP/2 on a connection. Needs a `LocalSet` or a local runtime around it.
    pub async fn begin(io: Io) -> Result<Self, Fault> {
        let (io, wire) = Counted::new(io);
        let (sender, connection) = http2::Builder::new(OnThisThread)
            .max_header_list_size(HEAD_LIMIT as u32)
            .handshake(TokioIo::new(io))
            .await
            .map_err(|error| fault(&error, false).fault)?;
        tokio::task::spawn_local(async move {
            // Each request learns by itself why its connection ended.
            let _ended = connection.await;
        });
        Ok(Self {
            sender,
            wire,
            use_of: Rc::default(),
        })
    }

    /// One more request is under way.
    pub fn enter(&self) {
        self.use_of.0.set(self.use_of.0.get() + 1);
    }

    /// One fewer; true when it was the last.
    pub fn leave(&self) -> bool {
        self.use_of.0.set(self.use_of.0.get() - 1);
        self.use_of.0.get() == 0
    }

    /// It is idle, by this number.
    pub fn rest_as(&self, serial: u64) {
        self.use_of.1.set(serial);
    }

    /// Whether it is idle by this number, and was not used since.
    pub fn is_idle_as(&self, serial: u64) -> bool {
        self.use_of.0.get() == 0 && self.use_of.1.get() == serial
    }

    /// Whether it takes requests.
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends a request and reads its answer. Dropping the future resets the stream; others go on.
    pub async fn exchange(
        &mut self,
        request: &Request,
        extras: &Extras<'_>,
        progress: &Progress,
        body_limit: usize,
    ) -> Result<Answer, Refusal> {
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
                // A body may wait in hyper for the server's window: it is out when that many bytes are.
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
            Ok(response) => read(response, progress, body_limit).await,
            Err(mut unsent) => {
                let kept = unsent.take_message().is_some();
                let mut refusal = fault(unsent.error(), false);
                if kept {
                    refusal.harm = Harm::None;
                }
                Err(refusal)
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
) -> Result<Answer, Refusal> {
    progress.first_byte();
    let (parts, mut body) = response.into_parts();
    progress.set_status(parts.status.as_u16());
    let head = message::incoming(&parts)?;
    let mut whole = Vec::new();
    let mut only = Bytes::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| fault(&error, true))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if data.len() > limit.saturating_sub(whole.len().max(only.len())) {
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
    Ok(Answer {
        head,
        body: if whole.is_empty() { only } else { whole.into() },
        reusable: true,
        at: Instant::now(),
    })
}

/// hyper's error in our words. `begun` says that the head of the answer had come.
fn fault(error: &hyper::Error, begun: bool) -> Refusal {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    let mut last = error.to_string();
    while let Some(error) = cause {
        last = error.to_string();
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            return of_h2(error, begun);
        }
        cause = error.source();
    }
    lost(begun, format!("HTTP/2 broke off: {last}"))
}

fn of_h2(error: &h2::Error, begun: bool) -> Refusal {
    if error.is_io() {
        return lost(begun, format!("the HTTP/2 connection was lost: {error}"));
    }
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    // A stream that dies by GOAWAY is above the last one that the server says it has seen.
    let gone = error.is_go_away() && error.is_remote();
    let kind = if error.is_remote() {
        ErrorKind::Reset
    } else {
        ErrorKind::Protocol
    };
    Refusal {
        fault: Fault::new(kind, format!("HTTP/2: {error}")),
        harm: if !begun && (refused || gone) {
            Harm::None
        } else {
            Harm::Done
        },
    }
}

fn lost(begun: bool, what: String) -> Refusal {
    let (kind, harm) = if begun {
        (ErrorKind::Truncated, Harm::Done)
    } else {
        (ErrorKind::Reset, Harm::Unknown)
    };
    Refusal {
        fault: Fault::new(kind, what),
        harm,
    }
}
