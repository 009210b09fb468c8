//! Decoding of `Content-Encoding` (RFC 9110, 8.4): gzip, deflate, br, zstd.

use std::io;

use async_compression::codecs::{
    BrotliDecoder, DecodeV2, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder,
};
use async_compression::core::util::{PartialBuffer, WriteBuffer};
use bytes::Bytes;

use super::failure::{ErrorKind, HttpError};
use super::headers::Headers;

/// Bytes decoded at once: a decompression bomb exceeds the limit by at most this much.
const PIECE: usize = 32 * 1024;

/// Undoes the codings of a body, the last one first; `identity` and empty list elements are skipped.
/// `limit` is the maximum result in bytes.
///
/// # Errors
/// An unsupported coding, and a body that is not coded as declared: `decode`.
pub(crate) fn decode(headers: &Headers, body: Bytes, limit: usize) -> Result<Bytes, HttpError> {
    let mut codings = Vec::new();
    for value in headers.get_all("content-encoding") {
        let elements = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
        codings.extend(
            elements.filter(|one| !one.is_empty() && !one.eq_ignore_ascii_case(b"identity")),
        );
    }
    let mut body = body;
    for coding in codings.iter().rev() {
        // A response without content may still name a coding.
        if body.is_empty() {
            break;
        }
        let Some((name, mut decoder)) = decoder(coding, &body) else {
            let what = format!(
                "the content coding {:?} is not one of gzip, deflate, br and zstd",
                String::from_utf8_lossy(coding)
            );
            return Err(HttpError::new(ErrorKind::Decode, what));
        };
        body = run(name, &mut *decoder, &body, limit)?;
    }
    Ok(body)
}

fn decoder(coding: &[u8], body: &[u8]) -> Option<(&'static str, Box<dyn DecodeV2>)> {
    let coding = coding.to_ascii_lowercase();
    Some(match &coding[..] {
        b"gzip" | b"x-gzip" => ("gzip", Box::new(GzipDecoder::new())),
        b"br" => ("br", Box::new(BrotliDecoder::new())),
        b"zstd" => ("zstd", Box::new(ZstdDecoder::new())),
        // The RFC means zlib; many old servers send the raw stream.
        b"deflate" if is_zlib(body) => ("deflate", Box::new(ZlibDecoder::new())),
        b"deflate" => ("deflate", Box::new(DeflateDecoder::new())),
        _ => return None,
    })
}

/// Whether a stream has a zlib header (RFC 1950, 2.2).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..]
        if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

fn run(
    name: &'static str,
    decoder: &mut dyn DecodeV2,
    body: &[u8],
    limit: usize,
) -> Result<Bytes, HttpError> {
    let broken = |error: io::Error| {
        let what = format!("the {name} body is corrupt: {error}");
        HttpError::new(ErrorKind::Decode, what)
    };
    let mut decoded = Vec::new();
    let mut piece = vec![0; PIECE.min(limit.saturating_add(1))];
    let mut input = PartialBuffer::new(body);
    let mut ended = false;
    loop {
        let left = input.unwritten().len();
        let mut output = WriteBuffer::new_initialized(&mut piece);
        // At the end of input, the decoder outputs its rest or reports that the end is missing.
        let finished = if ended || left == 0 {
            decoder.finish(&mut output).map_err(broken)?
        } else {
            ended = decoder.decode(&mut input, &mut output).map_err(broken)?;
            false
        };
        let written = output.written_len();
        if written > limit - decoded.len() {
            let what = format!("the {name} body is over the limit of {limit} bytes when decoded");
            return Err(HttpError::too_large(what));
        }
        decoded.extend_from_slice(&piece[..written]);
        if finished {
            if !continues(name, input.unwritten()) {
                return Ok(Bytes::from(decoded));
            }
            decoder.reinit().map_err(broken)?;
            ended = false;
        } else if !ended && written == 0 && input.unwritten().len() == left {
            return Err(broken(io::ErrorKind::UnexpectedEof.into()));
        }
    }
}

/// Whether another member (RFC 1952, 2.2) or frame (RFC 8878, 3.1) follows; anything else after the end is ignored, as
/// in browsers.
fn continues(name: &str, rest: &[u8]) -> bool {
    match name {
        "gzip" => rest.starts_with(&[0x1f, 0x8b]),
        "zstd" => matches!(
            rest,
            // The second is that of a skippable frame, which has no data of the body.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
        ),
        _ => false,
    }
}
