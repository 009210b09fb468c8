//! Which HTTP version a connection speaks.

/// The HTTP versions to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HttpVersion {
    /// HTTP/1.1 over TCP; over TLS what the server chooses by ALPN.
    #[default]
    Auto,
    Http1,
    /// HTTP/2 with prior knowledge, also over TCP (RFC 9113, 3.3).
    Http2PriorKnowledge,
}
