//! Protection of the target: throttled requests, circuit breakers, skipped steps.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::pairs;

/// Maximum number of circuit breakers that are listed.
pub const MAX_SCOPES: usize = 200;

/// Requests that were throttled, and for how long in total; not included in any latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    pub requests: u64,
    pub time: Duration,
}

impl Waits {
    pub fn add(&mut self, requests: u64, time: Duration) {
        self.requests += requests;
        self.time += time;
    }
}

/// Counts that add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// By `--max-rps`.
    pub throttled: Waits,
    /// By `--max-connections`.
    pub unseated: Waits,
    /// By a circuit breaker.
    pub broken: Waits,
    /// Calls that were not sent because a breaker stayed open.
    pub given_up: u64,
    /// Requests that were retried after a failure.
    pub retries: u64,
    /// Requests that the client retried (RFC 9110, 9.2.2): their connection was closing, and no response had
    /// begun.
    pub stale_retries: u64,
    /// Requests that timed out by an adaptive timeout.
    pub adaptive_timeouts: u64,
    /// Heavy steps that were skipped.
    pub steps_skipped: u64,
}

impl Protection {
    pub fn add(&mut self, other: &Protection) {
        for (ours, theirs) in [
            (&mut self.throttled, other.throttled),
            (&mut self.unseated, other.unseated),
            (&mut self.broken, other.broken),
        ] {
            ours.add(theirs.requests, theirs.time);
        }
        self.given_up += other.given_up;
        self.retries += other.retries;
        self.stale_retries += other.stale_retries;
        self.adaptive_timeouts += other.adaptive_timeouts;
        self.steps_skipped += other.steps_skipped;
    }

    /// Whether anything was.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a circuit breaker guards.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All of a host: `http://127.0.0.1:9501`.
    Host(String),
    /// One of its endpoints: `GET /users/{id}`.
    Endpoint(String),
}

impl Scope {
    /// `host` or `endpoint`.
    pub fn kind(&self) -> &'static str {
        match self {
            Scope::Host(_) => "host",
            Scope::Endpoint(_) => "endpoint",
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Scope::Host(name) | Scope::Endpoint(name) => name,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The state of a circuit breaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Requests are sent.
    #[default]
    Closed,
    /// One trial request is sent.
    HalfOpen,
    /// Requests wait.
    Open,
}

impl BreakerState {
    pub fn as_str(self) -> &'static str {
        match self {
            BreakerState::Closed => "closed",
            BreakerState::HalfOpen => "half_open",
            BreakerState::Open => "open",
        }
    }
}

/// A circuit breaker that opened at least once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    pub state: BreakerState,
    /// Whether the trial request is in flight.
    pub trying: bool,
    /// How often it opened.
    pub opens: u64,
    /// How often it opened because of the target's `Retry-After`.
    pub asked: u64,
    /// The run's age at the next trial request; none when none is due.
    pub tries_at: Option<Duration>,
    /// The run's age since when it is not closed; none of one that is closed.
    #[serde(default)]
    pub shut_since: Option<Duration>,
}

/// The current protection status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    #[serde(with = "pairs")]
    pub breakers: BTreeMap<Scope, Breaker>,
    /// 0: nothing is skipped.
    pub level: u8,
}

impl Guard {
    /// Those that are not closed, hosts first.
    pub fn shut(&self) -> impl Iterator<Item = (&Scope, &Breaker)> {
        let all = self.breakers.iter();
        all.filter(|(_, breaker)| breaker.state != BreakerState::Closed)
    }

    /// Whether the breaker of a host is open or half open.
    pub fn holds_off(&self) -> bool {
        self.shut().any(|(scope, breaker)| {
            matches!(scope, Scope::Host(_))
                && (breaker.state == BreakerState::Open || breaker.trying)
        })
    }

    pub fn opens(&self) -> u64 {
        self.breakers.values().map(|breaker| breaker.opens).sum()
    }

    /// Merges the status of another part of the run.
    pub(crate) fn merge(&mut self, other: Guard) {
        self.level = self.level.max(other.level);
        for (scope, theirs) in other.breakers {
            let ours = self.breakers.entry(scope).or_default();
            ours.state = ours.state.max(theirs.state);
            ours.trying |= theirs.trying;
            ours.opens += theirs.opens;
            ours.asked += theirs.asked;
            ours.tries_at = ours.tries_at.max(theirs.tries_at);
            let since = ours.shut_since.into_iter().chain(theirs.shut_since);
            ours.shut_since = since.min();
        }
    }
}
