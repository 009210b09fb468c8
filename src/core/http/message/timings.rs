//! The phases of a request's time.

use std::time::Duration;

/// The phases of one request, in their order. A phase that did not happen is zero:
/// a request on a kept-alive connection has no `dns`, `connect` and `tls`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for a free connection of the user or for limits, and earlier attempts.
    pub blocked: Duration,
    /// Looking up the host.
    pub dns: Duration,
    /// The TCP handshake, from the first address tried to the one that connected, and a proxy's response to CONNECT.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// Handing the request to the kernel.
    pub send: Duration,
    /// From the last byte sent to the first byte of the response.
    pub wait: Duration,
    /// From the first byte of the response to the last.
    pub receive: Duration,
}

impl Timings {
    /// `send + wait + receive`: the service time; k6 calls it `http_req_duration`.
    pub fn service(&self) -> Duration {
        self.send + self.wait + self.receive
    }

    /// The total, from the call to the end.
    pub fn total(&self) -> Duration {
        self.blocked + self.dns + self.connect + self.tls + self.service()
    }
}
