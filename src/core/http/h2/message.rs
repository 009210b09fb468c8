//! Conversion of requests and responses to and from the types of the `http` crate (RFC 9113, 8).

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, COOKIE, HeaderName, HeaderValue, SET_COOKIE, USER_AGENT,
};
use hyper::body::{Body, Frame, SizeHint};

use crate::http::h1::{Extras, Framing, Head};
use crate::http::message::Headers;
use crate::http::message::Hints;
use crate::http::message::HttpError;
use crate::http::message::Request;

/// Connection-specific fields of HTTP/1.1; HTTP/2 forbids them or adds its own.
const CONNECTION_FIELDS: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
    "host",
    "content-length",
];

/// Identifies the run of a request.
const RUN: HeaderName = HeaderName::from_static("x-throng-run");

/// A body in one piece that records when it was sent.
#[derive(Debug)]
pub(crate) struct Piece {
    bytes: Bytes,
    taken: Rc<Cell<bool>>,
}

impl Piece {
    /// The body, and whether all of it was handed over; an empty one is so from the start.
    pub fn new(bytes: Bytes) -> (Self, Rc<Cell<bool>>) {
        let taken = Rc::new(Cell::new(bytes.is_empty()));
        let piece = Self {
            bytes,
            taken: taken.clone(),
        };
        (piece, taken)
    }
}

impl Body for Piece {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        let bytes = std::mem::take(&mut self.bytes);
        self.taken.set(true);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

/// The request for hyper.
pub(crate) fn outgoing(
    request: &Request,
    extras: &Extras<'_>,
    body: Piece,
) -> Result<http::Request<Piece>, HttpError> {
    let invalid =
        |error: http::Error| HttpError::protocol(format!("the request is not valid HTTP: {error}"));
    let authority = request
        .headers
        .get_str("host")
        .unwrap_or(request.origin.authority());
    let scheme = request.origin.scheme().as_str();
    let mut outgoing = http::Request::builder()
        .method(request.method.clone())
        .uri(format!("{scheme}://{authority}{}", request.target))
        .body(body)
        .map_err(invalid)?;
    let headers = outgoing.headers_mut();
    for (name, value) in request.headers.iter().chain(request.defaults()) {
        if CONNECTION_FIELDS
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
        {
            continue;
        }
        let name = http::HeaderName::try_from(name).map_err(|error| invalid(error.into()))?;
        let value = HeaderValue::try_from(value).map_err(|error| invalid(error.into()))?;
        headers.append(name, value);
    }
    for (hint, name, line) in [
        (Hints::USER_AGENT, USER_AGENT, extras.user_agent),
        (Hints::RUN, RUN, extras.run),
        (
            Hints::ACCEPT_ENCODING,
            ACCEPT_ENCODING,
            extras.accept_encoding,
        ),
    ] {
        if let Some(value) = value_of(line).filter(|_| !request.settles(hint, name.as_str())) {
            headers.insert(name, value);
        }
    }
    if let Some(value) = extras
        .cookie
        .and_then(|cookie| HeaderValue::try_from(cookie).ok())
    {
        headers.insert(COOKIE, value);
    }
    Ok(outgoing)
}

/// The value of a prepared line `Name: value\r\n`.
fn value_of(line: &[u8]) -> Option<HeaderValue> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    HeaderValue::try_from(line[colon + 1..].trim_ascii()).ok()
}

/// The head of a response in the form of HTTP/1.1.
pub(crate) fn incoming(parts: &http::response::Parts) -> Result<Head, HttpError> {
    let mut headers = Headers::new();
    for (name, value) in &parts.headers {
        headers
            .push(name.as_str(), value)
            .map_err(|error| HttpError::protocol(error.to_string()))?;
    }
    Ok(Head {
        status: parts.status.as_u16(),
        version: parts.version,
        headers,
        framing: Framing::Close,
        keep_alive: true,
        encoded: parts.headers.contains_key(CONTENT_ENCODING),
        sets_cookies: parts.headers.contains_key(SET_COOKIE),
    })
}
