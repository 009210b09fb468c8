//! What shards and whoever leads the run say to each other of circuit breakers: plain data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::metrics::{BreakerState, Scope};

/// What a shard tells whoever leads the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum News {
    /// So many requests failed in a row here.
    Failing(Scope, u32),
    /// One did not, after it was told that some had.
    Well(Scope),
    /// The target asked to be left alone for so long.
    Asked(Scope, Duration),
    /// Somebody waits, and could try whether it goes again.
    Waits(Scope),
    /// Who was let try did.
    Tried(Scope, Ending),
}

impl News {
    /// Of what.
    pub fn scope(&self) -> &Scope {
        match self {
            News::Failing(scope, _)
            | News::Well(scope)
            | News::Asked(scope, _)
            | News::Waits(scope)
            | News::Tried(scope, _) => scope,
        }
    }
}

/// What whoever leads the run tells all shards, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    /// This is the state from now on. Nobody goes but where it is closed; where it is half open, who waits may ask to try.
    Set(BreakerState),
    /// One may go.
    Try,
}

/// How a request ended, as far as breakers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// The target works.
    Fine,
    /// It does not; perhaps it said for how long.
    Failed(Option<Duration>),
    /// It said for how long it wants to be left alone.
    Asked(Duration),
    /// Nobody knows: the request was cancelled, or not sent at all.
    Unknown,
}

/// A call that waited too long: why it was not sent.
#[derive(Debug)]
pub struct Shut(pub String);
