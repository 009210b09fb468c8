//! A request as the bytes of HTTP/1.1 (RFC 9112, 3): one write for the head and a small body.

use std::io::IoSlice;
use std::task::{Context, Poll, ready};
use std::{io, pin::Pin};

use bytes::{Buf, Bytes};
use http::Method;
use tokio::io::AsyncWrite;

use crate::http::message::Hints;
use crate::http::message::Request;

/// Bodies up to this many bytes are copied after the head; longer ones are written without a copy.
const JOINED_BODY: usize = 16 * 1024;
/// The end of a chunked body.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// Header lines that a shard or a connection adds to each head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extras<'a> {
    /// `User-Agent: ...\r\n`
    pub user_agent: &'a [u8],
    /// `X-Throng-Run: ...\r\n`, or nothing
    pub run: &'a [u8],
    /// `Accept-Encoding: ...\r\n`, or nothing
    pub accept_encoding: &'a [u8],
    /// The value of `Cookie`, instead of the caller's.
    pub cookie: Option<&'a [u8]>,
    /// Whether the request goes to a proxy, which needs the full URL.
    pub absolute: bool,
    /// The value of `Proxy-Authorization`.
    pub proxy_authorization: Option<&'a str>,
}

/// Writes the head, and the body if it is small, into `out`; true if the body is included.
pub(crate) fn encode(out: &mut Vec<u8>, request: &Request, extras: &Extras<'_>) -> bool {
    let headers = &request.headers;
    out.extend_from_slice(request.method.as_str().as_bytes());
    out.push(b' ');
    if extras.absolute {
        out.extend_from_slice(request.origin.scheme().as_str().as_bytes());
        out.extend_from_slice(b"://");
        out.extend_from_slice(request.origin.authority().as_bytes());
    }
    out.extend_from_slice(request.target.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
    if !headers.has(Hints::HOST, "host") {
        field(out, "Host", request.origin.authority());
    }
    if !request.settles(Hints::USER_AGENT, "user-agent") {
        out.extend_from_slice(extras.user_agent);
    }
    if !request.settles(Hints::RUN, "x-throng-run") {
        out.extend_from_slice(extras.run);
    }
    if !request.settles(Hints::ACCEPT_ENCODING, "accept-encoding") {
        out.extend_from_slice(extras.accept_encoding);
    }
    if let Some(cookie) = extras.cookie {
        out.extend_from_slice(b"Cookie: ");
        out.extend_from_slice(cookie);
        out.extend_from_slice(b"\r\n");
    }
    if let Some(authorization) = extras.proxy_authorization {
        field(out, "Proxy-Authorization", authorization);
    }
    own_fields(out, request, extras.cookie.is_some());
    default_fields(out, request);
    let chunked = is_chunked(request);
    if chunked {
        out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
    } else if !request.body.is_empty() || expects_body(&request.method) {
        field(
            out,
            "Content-Length",
            Decimal::of(request.body.len()).as_str(),
        );
    }
    out.extend_from_slice(b"\r\n");
    if chunked && !request.body.is_empty() {
        out.extend_from_slice(format!("{:x}\r\n", request.body.len()).as_bytes());
    }
    let joined = request.body.len() <= JOINED_BODY;
    if joined {
        out.extend_from_slice(&request.body);
        out.extend_from_slice(tail(request));
    }
    joined
}

/// The fields of the caller, except those for the length of the body, which this file sets, and except
/// `Cookie` if the jar has merged it: a request has only one such field (RFC 6265bis, 5.8).
fn own_fields(out: &mut Vec<u8>, request: &Request, has_cookie: bool) {
    let headers = &request.headers;
    let framed = headers.has(Hints::CONTENT_LENGTH, "content-length")
        || headers.has(Hints::TRANSFER_ENCODING, "transfer-encoding");
    let joined = has_cookie && headers.has(Hints::COOKIE, "cookie");
    if !framed && !joined {
        out.extend_from_slice(headers.lines());
        return;
    }
    for (name, value) in headers {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if !(is("content-length") || is("transfer-encoding") || joined && is("cookie")) {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// The default fields: as a whole where the caller's have no name in common with them.
fn default_fields(out: &mut Vec<u8>, request: &Request) {
    let Some(defaults) = &request.default_headers else {
        return;
    };
    if request.headers.may_settle(defaults) {
        defaults.write_unsettled(&request.headers, out);
    } else {
        out.extend_from_slice(defaults.lines());
    }
}

fn field(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Methods whose requests declare an empty body (RFC 9110, 8.6).
fn expects_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

fn is_chunked(request: &Request) -> bool {
    request
        .headers
        .has(Hints::TRANSFER_ENCODING, "transfer-encoding")
        && request
            .headers
            .get("transfer-encoding")
            .is_some_and(|value| value.eq_ignore_ascii_case(b"chunked"))
}

fn tail(request: &Request) -> &'static [u8] {
    match (is_chunked(request), request.body.is_empty()) {
        (false, _) => b"",
        (true, false) => LAST_CHUNK,
        (true, true) => &LAST_CHUNK[2..],
    }
}

/// A length in decimal digits, without an allocation.
struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    fn of(mut number: usize) -> Self {
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return Self { digits, start };
            }
        }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[self.start..]).unwrap_or("0")
    }
}

/// The part of a request that is still to be written.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// Nothing was written yet.
    Fresh,
    Rest(Box<Rest>),
    /// All was handed to TLS, which may buffer some of it.
    Flush,
    Done,
}

type Rest = bytes::buf::Chain<bytes::buf::Chain<Bytes, Bytes>, Bytes>;

impl Outgoing {
    /// Writes as much as possible; ready when all of it was handed to the kernel. `sent` counts the bytes.
    pub fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        io: &mut (impl AsyncWrite + Unpin),
        scratch: &mut Vec<u8>,
        (request, extras): (&Request, &Extras<'_>),
        mut sent: impl FnMut(usize),
    ) -> Poll<io::Result<()>> {
        loop {
            match self {
                Self::Fresh => {
                    scratch.clear();
                    let joined = encode(scratch, request, extras);
                    let written = if joined {
                        match Pin::new(&mut *io).poll_write(cx, scratch) {
                            Poll::Ready(written) => written?,
                            Poll::Pending => 0,
                        }
                    } else {
                        0
                    };
                    sent(written);
                    *self = if joined && written == scratch.len() {
                        Self::Flush
                    } else {
                        let head = Bytes::copy_from_slice(&scratch[written..]);
                        let (body, tail) = if joined {
                            (Bytes::new(), Bytes::new())
                        } else {
                            (request.body.clone(), Bytes::from_static(tail(request)))
                        };
                        Self::Rest(Box::new(head.chain(body).chain(tail)))
                    };
                }
                Self::Rest(rest) => {
                    let mut slices = [IoSlice::new(&[]); 3];
                    let count = rest.chunks_vectored(&mut slices);
                    let written =
                        ready!(Pin::new(&mut *io).poll_write_vectored(cx, &slices[..count]))?;
                    if written == 0 {
                        return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                    }
                    sent(written);
                    rest.advance(written);
                    if !rest.has_remaining() {
                        *self = Self::Flush;
                    }
                }
                Self::Flush => {
                    ready!(Pin::new(&mut *io).poll_flush(cx))?;
                    *self = Self::Done;
                }
                Self::Done => return Poll::Ready(Ok(())),
            }
        }
    }

    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }
}
