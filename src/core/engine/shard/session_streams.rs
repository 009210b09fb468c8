//! Draws that decide over the sessions of a person.

use std::time::Duration;

use crate::random::{Purpose, Stream};

/// Random streams that decide over a session, apart from those of its script.
pub struct SessionStreams {
    /// Which step comes next, how many requests there are.
    pub steps: Stream,
    /// Pauses.
    pub think: Stream,
    /// Back-off after a failure.
    pub pace: Stream,
    /// How long it is away after a session, and whether the same person begins the next one.
    pub away: Stream,
    /// Pauses before the steps of the session so far.
    pub spent: Duration,
}

impl SessionStreams {
    /// Those of a person from one of its sessions on, from 1.
    pub fn of(seed: u64, person: u64, visit: u32) -> Self {
        let stream = |purpose| Stream::of_visit(seed, person, purpose, visit);
        Self {
            steps: stream(Purpose::Steps),
            think: stream(Purpose::Think),
            pace: stream(Purpose::Pace),
            away: stream(Purpose::Away),
            spent: Duration::ZERO,
        }
    }
}
