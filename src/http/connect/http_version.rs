//! Which version of HTTP a connection speaks.

/// Which versions of HTTP are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HttpVersion {
    /// HTTP/1.1 over TCP; over TLS what the server picks by ALPN.
    #[default]
    Auto,
    Http1,
    /// HTTP/2 at once, without asking, also over TCP (RFC 9113, 3.3).
    Http2PriorKnowledge,
}
