//! A complete response.

use bytes::Bytes;
use http::Version;

use super::headers::Headers;
use super::timings::Timings;

/// One complete response.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub version: Version,
    /// As received: a decoded body still has its `content-encoding` and `content-length` here.
    pub headers: Headers,
    /// Decoded, when `Settings::decompress` is on.
    pub body: Bytes,
    pub timings: Timings,
    /// Bytes of the request, before TLS.
    pub bytes_sent: u64,
    /// Bytes of the response, including heads and framing, after TLS and before decoding.
    pub bytes_received: u64,
    /// Whether the connection had served a request before.
    pub reused: bool,
}
