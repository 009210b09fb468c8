//! The head of a response, parsed by httparse, and what it says about the body and the connection (RFC 9112, 6).

use std::mem::MaybeUninit;

use http::Version;
use httparse::{Header, Status};

use super::legacy;
use crate::http::message::Headers;
use crate::http::message::HttpError;

/// The longest head, in bytes.
pub(crate) const HEAD_LIMIT: usize = 64 * 1024;
/// The most fields of a head.
pub(crate) const FIELD_LIMIT: usize = 256;
/// Nearly all heads fit into this: a small array on the stack.
const USUAL_FIELDS: usize = 32;

/// The head of one response, 1xx included.
#[derive(Debug)]
pub(crate) struct Head {
    pub status: u16,
    pub version: Version,
    pub headers: Headers,
    pub framing: Framing,
    /// Whether the connection stays open according to the head.
    pub keep_alive: bool,
    pub encoded: bool,
    pub sets_cookies: bool,
}

/// How the end of the body is determined, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
    /// Until the connection closes.
    Close,
}

/// Reads a head from the start of `input`: the head and its length in bytes, or none while it is incomplete.
pub(crate) fn parse(input: &[u8]) -> Result<Option<(Head, usize)>, HttpError> {
    let mut fields = [MaybeUninit::<Header<'_>>::uninit(); USUAL_FIELDS];
    match parse_into(input, &mut fields) {
        Ok(parsed) => finish(Ok(parsed), input, None),
        // Rare: only rejected heads are parsed again.
        Err(_) => {
            let mut fields = [MaybeUninit::<Header<'_>>::uninit(); FIELD_LIMIT];
            match legacy::tolerated(input) {
                Some(plain) => finish(parse_into(&plain, &mut fields), &plain, Some(input)),
                None => finish(parse_into(input, &mut fields), input, None),
            }
        }
    }
}

type Parsed<'h, 'b> = Option<(httparse::Response<'h, 'b>, usize)>;

fn parse_into<'h, 'b>(
    input: &'b [u8],
    fields: &'h mut [MaybeUninit<Header<'b>>],
) -> Result<Parsed<'h, 'b>, httparse::Error> {
    let mut response = httparse::Response::new(&mut []);
    let status = httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut response,
        input,
        fields,
    )?;
    Ok(match status {
        Status::Complete(length) => Some((response, length)),
        Status::Partial => None,
    })
}

/// `came` is the original input, where `input` is the result of [`legacy::tolerated`].
fn finish(
    parsed: Result<Parsed<'_, '_>, httparse::Error>,
    input: &[u8],
    came: Option<&[u8]>,
) -> Result<Option<(Head, usize)>, HttpError> {
    match parsed {
        Ok(Some((response, length))) => {
            let mut head = read(&response, &input[..length])?;
            if let Some(came) = came {
                let lines = lines(response.headers, &input[..length]);
                let start = lines.as_ptr() as usize - input.as_ptr() as usize;
                let lines = legacy::unfolded(&came[start..start + lines.len()]);
                head.headers = Headers::from_lines(&lines);
            }
            Ok(Some((head, length)))
        }
        Ok(None) => Ok(None),
        Err(httparse::Error::TooManyHeaders) => Err(HttpError::protocol(format!(
            "the response has more than {FIELD_LIMIT} header fields"
        ))),
        // A TLS server responds to plain HTTP only with an alert (RFC 8446, 5.1 and 6).
        Err(_) if matches!(input, [0x15, 3, ..]) => Err(HttpError::protocol(
            "the server speaks TLS on this port, not plain HTTP: use https://",
        )),
        Err(error) => Err(HttpError::protocol(format!(
            "the response is not HTTP/1.1: {error} in {:?}",
            String::from_utf8_lossy(&came.unwrap_or(input)[..input.len().min(40)])
        ))),
    }
}

fn read(response: &httparse::Response<'_, '_>, raw: &[u8]) -> Result<Head, HttpError> {
    let version = match response.version {
        Some(0) => Version::HTTP_10,
        _ => Version::HTTP_11,
    };
    let mut said = FieldSummary::default();
    for field in response.headers.iter() {
        said.note(field)?;
    }
    let framing = match (said.chunked, said.length) {
        (Some(true), _) => Framing::Chunked,
        (Some(false), _) | (None, None) => Framing::Close,
        (None, Some(length)) => Framing::Length(length),
    };
    // Both framings at once, or a coding that 1.0 does not know, may be an attack on a proxy: RFC 9112, 6.1, closes.
    let doubtful = said.chunked.is_some() && (said.length.is_some() || version == Version::HTTP_10);
    let keep_alive = !doubtful && !said.close && (version == Version::HTTP_11 || said.keep_alive);
    Ok(Head {
        status: response.code.unwrap_or(0),
        version,
        headers: Headers::from_lines(lines(response.headers, raw)),
        framing,
        keep_alive,
        encoded: said.encoded,
        sets_cookies: said.cookies,
    })
}

/// The header lines of a head, without the status line and the empty line.
fn lines<'a>(headers: &[Header<'_>], raw: &'a [u8]) -> &'a [u8] {
    let Some(first) = headers.first() else {
        return &raw[raw.len()..];
    };
    let start = first.name.as_ptr() as usize - raw.as_ptr() as usize;
    let lines = &raw[start..];
    lines
        .strip_suffix(b"\r\n")
        .or_else(|| lines.strip_suffix(b"\n"))
        .unwrap_or(lines)
}

/// What the fields of a head say about the message.
#[derive(Default)]
struct FieldSummary {
    length: Option<u64>,
    /// Whether chunked is the last transfer coding, if there is one.
    chunked: Option<bool>,
    close: bool,
    keep_alive: bool,
    encoded: bool,
    cookies: bool,
}

impl FieldSummary {
    fn note(&mut self, field: &Header<'_>) -> Result<(), HttpError> {
        let name = field.name;
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match name.len() {
            10 if is("connection") => {
                for token in tokens(field.value) {
                    self.close |= token.eq_ignore_ascii_case(b"close");
                    self.keep_alive |= token.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            10 if is("set-cookie") => self.cookies = true,
            14 if is("content-length") => {
                if self.length.is_some() {
                    return Err(HttpError::protocol(
                        "the response has two Content-Length fields",
                    ));
                }
                self.length = Some(length(field.value)?);
            }
            16 if is("content-encoding") => self.encoded = true,
            17 if is("transfer-encoding") => {
                for token in tokens(field.value) {
                    self.coding(token)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn coding(&mut self, token: &[u8]) -> Result<(), HttpError> {
        if self.chunked == Some(true) {
            return Err(HttpError::protocol(
                "the response has a transfer coding after chunked",
            ));
        }
        if token.eq_ignore_ascii_case(b"chunked") {
            self.chunked = Some(true);
        } else if token.eq_ignore_ascii_case(b"identity") {
            self.chunked = Some(false);
        } else {
            return Err(HttpError::protocol(format!(
                "the transfer coding {:?} is not supported",
                String::from_utf8_lossy(token)
            )));
        }
        Ok(())
    }
}

fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}

fn length(value: &[u8]) -> Result<u64, HttpError> {
    let digits = value.trim_ascii();
    std::str::from_utf8(digits)
        .ok()
        .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            HttpError::protocol(format!(
                "the Content-Length {:?} is not a valid length",
                String::from_utf8_lossy(value)
            ))
        })
}
