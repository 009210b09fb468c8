//! What went wrong with a request of HTTP/2, and what the server may have done with it.

use std::error::Error;

use crate::http::message::failure::{ErrorKind, HttpError};

/// What went wrong with a request, and what that means for sending it again.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub fault: HttpError,
    pub harm: Harm,
    /// Whether the connection takes no more requests, as far as is known.
    pub leaving: bool,
}

/// What a server may have done with a request that got no answer (RFC 9113, 8.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// It never left.
    Unsent,
    /// The server says that it has not begun (RFC 9113, 6.8 and 8.7).
    None,
    /// The connection was lost: as with a stale connection of HTTP/1.1.
    Unknown,
    /// It has begun.
    Done,
}

impl From<HttpError> for Refusal {
    fn from(fault: HttpError) -> Self {
        Self {
            fault,
            harm: Harm::Done,
            leaving: false,
        }
    }
}

/// An error within a body of which so many bytes have come.
pub(crate) fn broken_off(error: &hyper::Error, come: usize, expected: Option<u64>) -> Refusal {
    let mut refusal = fault(error, true);
    // The h2 crate itself refuses a stream whose DATA is not what content-length says, as RFC 9113, 8.1.1 wants.
    let malformed = h2_error(error).is_some_and(|error| {
        error.is_reset() && error.is_library() && error.reason() == Some(h2::Reason::PROTOCOL_ERROR)
    });
    if let Some(expected) = expected.filter(|&expected| malformed && (come as u64) < expected) {
        refusal.fault = HttpError::truncated(format!(
            "the HTTP/2 body has not the {expected} bytes that its content-length says"
        ));
    }
    refusal
}

/// The error of the protocol that is behind one of hyper's.
fn h2_error(error: &hyper::Error) -> Option<&h2::Error> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            return Some(error);
        }
        cause = error.source();
    }
    None
}

/// hyper's error in our words. `begun` says that the head of the answer had come.
pub(crate) fn fault(error: &hyper::Error, begun: bool) -> Refusal {
    if let Some(error) = h2_error(error) {
        return of_h2(error, begun);
    }
    let mut last: &(dyn Error + 'static) = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    lost(begun, format!("HTTP/2 broke off: {last}"))
}

fn of_h2(error: &h2::Error, begun: bool) -> Refusal {
    if error.is_io() {
        return lost(begun, format!("the HTTP/2 connection was lost: {error}"));
    }
    let refused =
        error.is_reset() && error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    // A stream that dies by GOAWAY is above the last one that the server says it has seen.
    let gone = error.is_go_away() && error.is_remote();
    let kind = if error.is_remote() {
        ErrorKind::Reset
    } else {
        ErrorKind::Protocol
    };
    Refusal {
        fault: HttpError::new(kind, format!("HTTP/2: {error}")),
        harm: if !begun && (refused || gone) {
            Harm::None
        } else {
            Harm::Done
        },
        leaving: error.is_go_away(),
    }
}

fn lost(begun: bool, what: String) -> Refusal {
    let (kind, harm) = if begun {
        (ErrorKind::Truncated, Harm::Done)
    } else {
        (ErrorKind::Reset, Harm::Unknown)
    };
    Refusal {
        fault: HttpError::new(kind, what),
        harm,
        leaving: true,
    }
}
