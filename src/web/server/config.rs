use std::sync::Arc;
use std::time::Duration;

use crate::secrets::Masker;
use crate::web::Control;
use crate::web::scripts::Shelf;

/// What holds for everyone who asks.
#[derive(Debug, Default)]
pub struct Rules {
    /// The way to the run; without one it can only be read, and beyond loopback not even that.
    pub control: Option<Control>,
    /// What no answer shows.
    pub secrets: Arc<Masker>,
    pub limits: Limits,
    /// The folders of its scripts; none where they are inside the program.
    pub shelf: Option<Shelf>,
}

/// How much of the listener one peer, or all of them, may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. Of more, the one that has been quiet for the longest time is closed.
    pub connections: usize,
    /// Time in which the head of a request comes, from its first byte.
    pub head_time: Duration,
    /// Time in which a connection may be quiet.
    pub quiet_time: Duration,
    /// Longest head, in bytes; hyper knows none below 8192.
    pub head_bytes: usize,
    /// Wrong tokens of one peer within [`Limits::tries_time`]; then wrong ones are told to wait until that is over. The
    /// right one is served all the same.
    pub tries: u32,
    pub tries_time: Duration,
    /// Commands a second, of all peers; so many may also come at once.
    pub commands: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            head_time: Duration::from_secs(10),
            quiet_time: Duration::from_secs(60),
            head_bytes: 16 << 10,
            tries: 10,
            tries_time: Duration::from_secs(60),
            commands: 100,
        }
    }
}
