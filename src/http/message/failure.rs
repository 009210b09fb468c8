//! A request that got no usable answer: what kind, what happened, how far it had come.

use std::borrow::Cow;
use std::fmt;
use std::time::Instant;

use super::origin::Origin;
use super::progress::Progress;
use super::timings::Timings;

/// What went wrong, as scripts, metrics and reports name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The host has no address, or the lookup failed.
    Dns,
    /// No TCP connection, or a proxy that would not connect.
    Connect,
    /// The TLS handshake failed, certificates included.
    Tls,
    /// The connect timeout or the request's own timeout ran out.
    Timeout,
    /// The connection was reset or closed before any byte of an answer, or reset within one.
    Reset,
    /// What came is not HTTP, or the request could not be put on the wire without breaking HTTP.
    Protocol,
    /// The connection closed within an answer.
    Truncated,
    /// The body does not decode as its `Content-Encoding` says.
    Decode,
    /// The body, as received or as decoded, is over the limit.
    TooLarge,
    /// Too many redirects, or one that leads nowhere.
    Redirects,
    /// The run is not allowed to connect there: nothing was sent.
    NotAllowed,
    /// This machine has no descriptor, port or memory for a connection: nothing was sent, and the target is not to blame.
    Generator,
}

impl ErrorKind {
    /// All kinds, in the order of a request's life.
    pub const ALL: [Self; 12] = [
        Self::NotAllowed,
        Self::Generator,
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Timeout,
        Self::Reset,
        Self::Protocol,
        Self::Truncated,
        Self::Decode,
        Self::TooLarge,
        Self::Redirects,
    ];

    /// The word for it: `dns`, `connect`, `too_large`, ...
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Protocol => "protocol",
            Self::Truncated => "truncated",
            Self::Decode => "decode",
            Self::TooLarge => "too_large",
            Self::Redirects => "redirects",
            Self::NotAllowed => "not_allowed",
            Self::Generator => "generator",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request that got no usable answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub kind: ErrorKind,
    /// What happened, beginning with `host:port`.
    pub message: String,
    pub timings: Timings,
    /// Whether any byte of the request went on the wire.
    pub sent: bool,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// The status, when the head of the answer had come.
    pub status: Option<u16>,
}

impl Failure {
    pub(crate) fn new(fault: HttpError, origin: &Origin, progress: &Progress) -> Box<Self> {
        Box::new(Self {
            kind: fault.kind,
            message: format!("{}: {}", origin.address(), fault.what),
            timings: progress.timings_at(Instant::now()),
            sent: progress.bytes_sent() > 0,
            bytes_sent: progress.bytes_sent(),
            bytes_received: progress.bytes_received(),
            status: progress.status(),
        })
    }
}

/// A failure as the place that found it knows it: without the origin and the clock.
#[derive(Debug)]
pub(crate) struct HttpError {
    pub kind: ErrorKind,
    pub what: Cow<'static, str>,
}

impl HttpError {
    pub fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            what: what.into(),
        }
    }

    pub fn protocol(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Protocol, what)
    }

    pub fn truncated(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Truncated, what)
    }

    pub fn too_large(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::TooLarge, what)
    }
}
