//! Where the time of one request went.

use std::time::Duration;

/// The phases of one request, in the order in which they happen. What did not happen is zero:
/// a request on a kept-alive connection has no `dns`, `connect` and `tls`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for one of the user's connections to become free, and any attempt before the one that counts.
    pub blocked: Duration,
    /// Looking up the host.
    pub dns: Duration,
    /// The TCP handshake, from the first address tried to the one that connected, and a proxy's answer to CONNECT.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// Handing the request to the kernel.
    pub send: Duration,
    /// From the last byte sent to the first byte of the answer.
    pub wait: Duration,
    /// From the first byte of the answer to the last.
    pub receive: Duration,
}

impl Timings {
    /// `send + wait + receive`: what the target is answerable for; k6 calls it `http_req_duration`.
    pub fn service(&self) -> Duration {
        self.send + self.wait + self.receive
    }

    /// Everything, from the call to the end.
    pub fn total(&self) -> Duration {
        self.blocked + self.dns + self.connect + self.tls + self.service()
    }
}
