//! How much of the listener one client, or all of them, may take.

use std::time::Duration;

/// How much of the listener one client, or all of them, may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. Of more, the one that has been idle for the longest time is closed.
    pub connections: usize,
    /// Time in which the head of a request comes, from its first byte.
    pub header_timeout: Duration,
    /// Time in which a connection may be idle.
    pub idle_timeout: Duration,
    /// Longest head, in bytes; hyper knows none below 8192.
    pub header_bytes: usize,
    /// Wrong tokens of one client within [`Limits::login_window`]; then wrong ones have to wait until that is over. The
    /// right one is served all the same.
    pub login_attempts: u32,
    pub login_window: Duration,
    /// Commands a second, of all clients; so many may also come at once.
    pub commands: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            header_bytes: 16 << 10,
            login_attempts: 10,
            login_window: Duration::from_secs(60),
            commands: 100,
        }
    }
}
