//! Errors of HTTP/2 requests, and whether the server may have processed them.

use std::error::Error;

use crate::http::message::{ErrorKind, HttpError};

/// An error of a request, and whether it can be retried.
#[derive(Debug)]
pub(crate) struct StreamError {
    pub fault: HttpError,
    pub processed: Processed,
    /// Whether the connection accepts no more requests, as far as known.
    pub closing: bool,
}

/// Whether a server may have processed a request without a response (RFC 9113, 8.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processed {
    /// It was not sent.
    NotSent,
    /// The server says that it did not process it (RFC 9113, 6.8 and 8.7).
    No,
    /// The connection was lost, as with a stale connection of HTTP/1.1.
    Unknown,
    /// It may have processed it.
    Yes,
}

impl From<HttpError> for StreamError {
    fn from(fault: HttpError) -> Self {
        Self {
            fault,
            processed: Processed::Yes,
            closing: false,
        }
    }
}

/// An error within a body after so many bytes.
pub(super) fn broken_off(error: &hyper::Error, come: usize, expected: Option<u64>) -> StreamError {
    let mut failed = fault(error, true);
    // The h2 crate itself refuses a stream whose DATA is not what content-length says, as RFC 9113, 8.1.1 wants.
    let malformed = h2_error(error).is_some_and(|error| {
        error.is_reset() && error.is_library() && error.reason() == Some(h2::Reason::PROTOCOL_ERROR)
    });
    if let Some(expected) = expected.filter(|&expected| malformed && (come as u64) < expected) {
        failed.fault = HttpError::truncated(format!(
            "the HTTP/2 body does not have the {expected} bytes of its content-length"
        ));
    }
    failed
}

/// The h2 error behind one of hyper's.
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

/// Converts hyper's error. `begun`: the head of the response had arrived.
pub(super) fn fault(error: &hyper::Error, begun: bool) -> StreamError {
    if let Some(error) = h2_error(error) {
        return of_h2(error, begun);
    }
    let mut last: &(dyn Error + 'static) = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    lost(begun, format!("the HTTP/2 connection failed: {last}"))
}

fn of_h2(error: &h2::Error, begun: bool) -> StreamError {
    if error.is_io() {
        return lost(begun, format!("the HTTP/2 connection was lost: {error}"));
    }
    let refused =
        error.is_reset() && error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    // A stream that ends by GOAWAY is above the last one that the server names.
    let gone = error.is_go_away() && error.is_remote();
    let kind = if error.is_remote() {
        ErrorKind::Reset
    } else {
        ErrorKind::Protocol
    };
    StreamError {
        fault: HttpError::new(kind, format!("HTTP/2: {error}")),
        processed: if !begun && (refused || gone) {
            Processed::No
        } else {
            Processed::Yes
        },
        closing: error.is_go_away(),
    }
}

fn lost(begun: bool, what: String) -> StreamError {
    let (kind, processed) = if begun {
        (ErrorKind::Truncated, Processed::Yes)
    } else {
        (ErrorKind::Reset, Processed::Unknown)
    };
    StreamError {
        fault: HttpError::new(kind, what),
        processed,
        closing: true,
    }
}
