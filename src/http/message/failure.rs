//! A request that got no usable answer: what kind, what happened, how far it had come.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Instant;
use std::{fmt, io};

use super::origin::Origin;
use super::progress::Progress;
use super::timings::Timings;
use crate::http::connect::tls;

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
    Refused,
    /// This machine has no descriptor, port or memory for a connection: nothing was sent, and the target is not to blame.
    Generator,
}

impl ErrorKind {
    /// All kinds, in the order of a request's life.
    pub const ALL: [Self; 12] = [
        Self::Refused,
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
            Self::Refused => "refused",
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

/// What this machine lacks, and what to do, where that is why the system said no (numbers of Linux).
pub fn shortage(error: &io::Error) -> Option<&'static str> {
    if error.kind() == io::ErrorKind::AddrNotAvailable {
        return Some(
            "this machine is out of local ports for that target, or has no such address: widen `net.ipv4.ip_local_port_range`, or keep connections alive",
        );
    }
    match error.raw_os_error() {
        // EMFILE
        Some(24) => Some("this process is out of file descriptors: raise `ulimit -n`"),
        // ENFILE
        Some(23) => Some("this machine is out of file descriptors: raise `fs.file-max`"),
        // ENOMEM, ENOBUFS
        Some(12 | 105) => Some("this machine is out of memory for connections"),
        _ => None,
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

    /// No TCP connection to `address`.
    pub fn unconnected(error: &io::Error, address: IpAddr) -> Self {
        let why = match error.kind() {
            io::ErrorKind::ConnectionRefused => {
                "connection refused: nothing listens at that port".into()
            }
            io::ErrorKind::ConnectionReset => "the connection was reset at once".into(),
            io::ErrorKind::TimedOut => "nothing answers there (timed out)".into(),
            io::ErrorKind::HostUnreachable => "no route to that host".into(),
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
                "this machine has no route to that network".into()
            }
            io::ErrorKind::PermissionDenied => {
                "this machine does not let it connect there (a firewall, or a sandbox)".into()
            }
            _ => error.to_string(),
        };
        Self::new(
            ErrorKind::Connect,
            format!("cannot connect to {address}: {why}"),
        )
    }

    /// No address for a host. What systems say of it (`Name or service not known`) is not what people look for.
    pub fn unknown_host(host: &str, error: &io::Error) -> String {
        let said = error.to_string();
        let unknown = [
            "not known",
            "No address associated",
            "does not resolve",
            "nodename nor servname",
        ];
        if unknown.iter().any(|words| said.contains(words)) {
            format!("no such host: {host:?} has no address; is the name right?")
        } else if said.contains("Temporary failure") || said.contains("Try again") {
            format!("no name server answers for {host:?}: is this machine on the network?")
        } else {
            format!("the address of {host:?} cannot be found: {said}")
        }
    }

    /// An error of an established connection.
    pub fn lost(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::truncated(format!("connection closed: {error}")),
            io::ErrorKind::InvalidData => tls::broken(error),
            _ => Self::new(ErrorKind::Reset, format!("connection lost: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_machine_lacks_is_a_shortage_of_it() {
        let said = |number: i32| shortage(&io::Error::from_raw_os_error(number));
        // EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, ENOMEM.
        for (number, words) in [
            (24, "ulimit -n"),
            (23, "fs.file-max"),
            (99, "local ports"),
            (105, "memory"),
            (12, "memory"),
        ] {
            assert!(
                said(number).is_some_and(|said| said.contains(words)),
                "{number}"
            );
        }
        // ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ECONNRESET.
        for number in [111, 110, 113, 101, 104] {
            assert_eq!(said(number), None, "{number}");
        }
    }
}
