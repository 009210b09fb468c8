//! For `tests/fuzz`: the codec and the cookie jar without a connection. Not part of the API.

use super::h1::{Chunked, Extras, Framing, Reader, encode};
use super::message::Headers;
use super::message::Jar;
use super::message::Request;
use super::message::{ErrorKind, HttpError};

/// A response that was read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
    /// `Content-Length`, if it applies.
    pub length: Option<u64>,
    pub reusable: bool,
    /// Bytes consumed until the response was complete.
    pub given: usize,
}

/// Reads one response from pieces as a connection would deliver them, then from its close if `closes`; none when it is
/// not complete.
///
/// # Errors
/// The kind of the first error, and its message.
pub fn answer<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    closes: bool,
    limit: usize,
    bodiless: bool,
) -> Result<Option<Read>, (ErrorKind, String)> {
    let mut reader = Reader::new(limit, bodiless);
    let (mut given, mut done) = (0, false);
    for piece in pieces {
        given += piece.len();
        done = reader.push(piece).map_err(plain)?;
        if done {
            break;
        }
    }
    if !done && closes {
        reader.close().map_err(plain)?;
        done = true;
    }
    let answer = done.then(|| reader.finish(tokio::time::Instant::now()));
    Ok(answer.flatten().map(|answer| Read {
        status: answer.head.status,
        length: match answer.head.framing {
            Framing::Length(length) if !bodiless && !matches!(answer.head.status, 204 | 304) => {
                Some(length)
            }
            _ => None,
        },
        headers: answer.head.headers,
        body: answer.body.to_vec(),
        reusable: answer.reusable,
        given,
    }))
}

/// Decodes a chunked body from pieces: the data, the consumed bytes, and whether it is complete.
///
/// # Errors
/// The kind of the first error, and its message.
pub fn chunked<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    limit: usize,
) -> Result<(Vec<u8>, usize, bool), (ErrorKind, String)> {
    let (mut decoder, mut body, mut taken) = (Chunked::default(), Vec::new(), 0);
    for piece in pieces {
        taken += decoder.push(piece, &mut body, limit).map_err(plain)?;
    }
    Ok((body, taken, decoder.is_done()))
}

/// The bytes of a request, with a body that is small enough to be joined to its head.
///
/// # Errors
/// Why it cannot be sent.
pub fn written(request: &Request, cookie: Option<&[u8]>) -> Result<Vec<u8>, String> {
    request.check().map_err(|fault| plain(fault).1)?;
    let mut bytes = Vec::new();
    write(&mut bytes, request, cookie);
    Ok(bytes)
}

/// Appends the bytes of a valid request.
pub fn write(out: &mut Vec<u8>, request: &Request, cookie: Option<&[u8]>) {
    let extras = Extras {
        user_agent: b"User-Agent: throng\r\n",
        run: b"X-Throng-Run: 1\r\n",
        accept_encoding: b"Accept-Encoding: gzip\r\n",
        cookie,
        absolute: false,
        proxy_authorization: None,
    };
    encode(out, request, &extras);
}

/// The cookies of one user.
#[derive(Debug, Default)]
pub struct Cookies(Jar);

impl Cookies {
    /// Stores the cookies that a response sets.
    pub fn keep(&self, request: &Request, headers: &Headers) {
        self.0.keep(request, headers);
    }

    /// The cookies sent with a request.
    pub fn value_for(&self, request: &Request) -> Option<Vec<u8>> {
        self.0.value_for(request)
    }
}

fn plain(fault: HttpError) -> (ErrorKind, String) {
    (fault.kind, fault.what.into_owned())
}
