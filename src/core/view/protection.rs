use serde::{Deserialize, Serialize};

use crate::metrics::{self, BreakerState, Snapshot};

/// What was done to spare the target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Protection {
    /// Requests that waited for the run's rate.
    pub throttled: Waits,
    /// Requests that waited for a connection of the run.
    pub connections: Waits,
    /// Requests that waited for a circuit breaker, and the breakers.
    pub breaker: BreakerWaits,
    /// Requests that were retried after a failure.
    pub retries: u64,
    /// Requests that the client retried by itself, because their connection was closing.
    pub stale_retries: u64,
    /// Requests that timed out by --adaptive-timeout.
    pub adaptive_timeouts: u64,
    pub degradation: Degradation,
}

/// Requests that waited, and for how long in all; no latency has that in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Waits {
    pub requests: u64,
    pub seconds: f64,
}

/// What circuit breakers did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BreakerWaits {
    #[serde(flatten)]
    pub waits: Waits,
    /// Calls that ended without a request, because a breaker stayed open.
    pub not_sent: u64,
    /// How often failures in a row opened one.
    pub opens: u64,
    /// Those that opened once.
    pub scopes: Vec<Breaker>,
}

/// A circuit breaker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Breaker {
    /// `host` or `endpoint`.
    pub kind: String,
    /// The host's URL, or the endpoint's method and name.
    pub name: String,
    pub state: BreakerState,
    /// Whether a request tries it just now.
    #[serde(skip)]
    pub is_tried: bool,
    /// How often failures in a row opened it.
    pub opens: u64,
    /// How often the target's `Retry-After` did.
    pub asked: u64,
    /// Until it tries again; none when it does not wait for that.
    pub tries_in_seconds: Option<f64>,
    /// The run's age since which it is not closed.
    #[serde(skip)]
    pub shut_since_seconds: Option<f64>,
}

/// What is skipped while the target is overloaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Degradation {
    /// 0: nothing is skipped; 3: every heavy step.
    pub level: u8,
    /// Heavy steps that were skipped.
    pub steps_skipped: u64,
}

impl Protection {
    /// The breakers that are not closed, hosts first.
    pub fn shut(&self) -> impl Iterator<Item = &Breaker> {
        let all = self.breaker.scopes.iter();
        all.filter(|breaker| breaker.state != BreakerState::Closed)
    }
}

impl From<metrics::Waits> for Waits {
    fn from(waits: metrics::Waits) -> Self {
        Self {
            requests: waits.requests,
            seconds: waits.time.as_secs_f64(),
        }
    }
}

impl Protection {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let (counted, guard) = (&snapshot.totals.protection, &snapshot.guard);
        let scopes = guard.breakers.iter().map(|(scope, breaker)| Breaker {
            kind: scope.kind().to_owned(),
            name: scope.name().to_owned(),
            state: breaker.state,
            is_tried: breaker.trying,
            opens: breaker.opens,
            asked: breaker.asked,
            tries_in_seconds: breaker.tries_at.map(|at| {
                let left = at.saturating_sub(snapshot.elapsed);
                left.as_secs_f64()
            }),
            shut_since_seconds: breaker.shut_since.map(|since| since.as_secs_f64()),
        });
        Self {
            throttled: counted.throttled.into(),
            connections: counted.unseated.into(),
            breaker: BreakerWaits {
                waits: counted.broken.into(),
                not_sent: counted.given_up,
                opens: guard.opens(),
                scopes: scopes.collect(),
            },
            retries: counted.retries,
            stale_retries: counted.stale_retries,
            adaptive_timeouts: counted.adaptive_timeouts,
            degradation: Degradation {
                level: guard.level,
                steps_skipped: counted.steps_skipped,
            },
        }
    }
}
