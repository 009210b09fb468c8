//! Recording a user's session: what is asked for, and what comes of it, as plain data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::request::Whose;
use crate::session_trace::{Event, Limits};

/// Whose session is to be recorded, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// That of the user with this number.
    User(u64),
    /// That of some user of this type.
    Type(String),
}

/// A session that is over, and those that are kept beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct PastSession {
    pub events: Arc<[Event]>,
    /// All that could have been asked for, the newest first: this one, too.
    pub kept: Vec<KeptSession>,
}

/// A session that is kept, without its events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeptSession {
    /// The number of its user.
    pub user: u64,
    /// Which of the user's sessions it is, from 1.
    pub session: u32,
    /// How it ended: `completed`; none: its end was not kept.
    pub result: Option<String>,
    /// Since when it is over, in seconds.
    pub ago: f64,
}

/// A recording that a shard is to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingOrder {
    /// Which one it is, among those of the run.
    pub id: u64,
    pub whose: Whose,
    pub limits: Limits,
    /// Whether it waits for somebody to come, rather than look who is there.
    pub waits: bool,
}

/// What comes of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RecordingNews {
    /// It is of this user, which is in a session, or will begin one.
    Found { user: u64, is_in_session: bool },
    /// Nobody is there of whom it could be.
    NotFound,
    /// Something happened; the end of the session is the last.
    Happened(Box<Event>),
    /// The user left before it began a session.
    Gone,
}
