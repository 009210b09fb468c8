//! Answers that come from inside the process: what takes the place of connections in runs without a network.

use std::fmt::Debug;
use std::pin::Pin;

use bytes::Bytes;

use crate::http::message::{ErrorKind, Headers, Phase, Request};

/// Answers the requests of a shard in place of its connections. Cookies, timeouts and hosts that are not allowed are the
/// client's, as with a network.
pub trait Responder: Debug {
    /// What becomes of a request; `head` is what would be on the wire, up to its body where that is long.
    fn respond(&self, request: &Request, head: &[u8]) -> Simulated;
}

/// The future of an answer: it waits as long as the answer takes.
pub type Answering = Pin<Box<dyn Future<Output = Result<SimulatedResponse, SimulatedFault>>>>;

/// What becomes of a request.
pub enum Simulated {
    /// It is sent, and this comes of it.
    Sent(Answering),
    /// There is nobody to send it to: it fails in this phase of making a connection.
    Unsent(Phase, Answering),
}

/// An answer, with its body as a script sees it: never encoded.
#[derive(Debug, Clone)]
pub struct SimulatedResponse {
    pub status: u16,
    pub headers: Headers,
    pub body: Bytes,
}

/// A request without an answer.
#[derive(Debug, Clone)]
pub struct SimulatedFault {
    pub kind: ErrorKind,
    /// What happened, in words that follow `host:port: `.
    pub what: String,
}
