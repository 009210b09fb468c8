//! Messages about circuit breakers between shards and the run: plain data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::metrics::{BreakerState, Scope};

/// From a shard to the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BreakerReport {
    /// So many requests failed in a row here.
    Failing { scope: Scope, failures: u32 },
    /// One did not, after it was reported that some had.
    Recovered(Scope),
    /// The target asked for a pause of so long.
    RetryAfter { scope: Scope, pause: Duration },
    /// A request waits, and could try whether it works again.
    ProbeWanted(Scope),
    /// The request that was let try ended.
    Probed { scope: Scope, ending: Ending },
}

impl BreakerReport {
    /// Of what.
    pub fn scope(&self) -> &Scope {
        match self {
            BreakerReport::Failing { scope, .. }
            | BreakerReport::Recovered(scope)
            | BreakerReport::RetryAfter { scope, .. }
            | BreakerReport::ProbeWanted(scope)
            | BreakerReport::Probed { scope, .. } => scope,
        }
    }
}

/// From the run to all shards, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BreakerSignal {
    /// This is the state from now on. Nobody goes but where it is closed; where it is half open, who waits may ask to
    /// try.
    Set(BreakerState),
    /// One request may try.
    Probe,
}

/// How a request ended, as far as breakers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// The target works.
    Succeeded,
    /// It does not; perhaps it said for how long.
    Failed(Option<Duration>),
    /// It works, and said for how long it wants no requests.
    RetryAfter(Duration),
    /// Nobody knows: the request was cancelled, or not sent at all.
    Unknown,
}

/// A call waited too long for a breaker to close: why it was not sent.
#[derive(Debug)]
pub struct BreakerTimeout(pub String);
