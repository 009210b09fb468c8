//! A request without a usable response: the kind of failure, the message, the progress.

use std::borrow::Cow;
use std::fmt;

use tokio::time::Instant;

use super::origin::Origin;
use super::progress::Progress;
use super::timings::Timings;

/// The kind of failure, as named in scripts, metrics and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The host has no address, or the lookup failed.
    Dns,
    /// No TCP connection, or a proxy that could not connect.
    Connect,
    /// The TLS handshake failed, certificates included.
    Tls,
    /// The connect timeout or the request's own timeout ran out.
    Timeout,
    /// The connection was reset or closed before any byte of a response, or reset within one.
    Reset,
    /// The response is not valid HTTP, or the request cannot be sent as valid HTTP.
    Protocol,
    /// The connection closed within a response.
    Truncated,
    /// The body is not coded as its `Content-Encoding` says.
    Decode,
    /// The body, as received or as decoded, is over the limit.
    TooLarge,
    /// Too many redirects, or an invalid location.
    Redirects,
    /// The run is not allowed to connect there: nothing was sent.
    NotAllowed,
    /// This machine has no descriptor, port or memory for a connection: nothing was sent, and it is not the target's failure.
    Generator,
}

impl ErrorKind {
    /// All kinds, in the order of a request's phases.
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

    /// Its name: `dns`, `connect`, `too_large`, ...
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

/// A request without a usable response.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub kind: ErrorKind,
    /// What happened, beginning with `host:port`.
    pub message: String,
    pub timings: Timings,
    /// Whether any byte of the request was sent.
    pub sent: bool,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// The status, if the head of the response had arrived.
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

/// A failure without origin and times, which the caller adds.
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
