use serde::{Deserialize, Serialize};

use crate::metrics::{self, BreakerState, Snapshot};

/// What is done to spare the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Protection {
    /// 0: nothing is left out; 3: every heavy step.
    pub level: u8,
    /// Heavy steps that were left out.
    pub left_out: u64,
    /// Requests that were retried after a failure.
    pub retries: u64,
    /// Requests that the client retried by itself, because their connection was closing.
    pub stale_retries: u64,
    /// Requests that waited for the run's rate.
    pub throttled: Waits,
    /// Requests that waited for a connection of the run.
    pub unseated: Waits,
    /// Requests that waited for a circuit breaker.
    pub broken: Waits,
    /// Calls that ended without a request, because a breaker stayed open.
    pub not_sent: u64,
    /// Circuit breakers that opened once.
    pub breakers: Vec<Breaker>,
}

/// Requests that were throttled, and for how many seconds in all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waits {
    pub requests: u64,
    pub seconds: f64,
}

/// A circuit breaker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Breaker {
    /// `host` or `endpoint`.
    pub kind: String,
    /// The host's URL, or the endpoint's method and name.
    pub name: String,
    pub state: BreakerState,
    /// How often failures in a row opened it.
    pub opens: u64,
    /// How often the target's `Retry-After` did.
    pub asked: u64,
    /// Seconds until it tries again; null when it does not wait for that.
    pub tries_in: Option<f64>,
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
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let counted = &snapshot.totals.protection;
        let breakers = snapshot.guard.breakers.iter();
        Self {
            level: snapshot.guard.level,
            left_out: counted.left_out,
            retries: counted.retries,
            stale_retries: counted.stale_retries,
            throttled: counted.throttled.into(),
            unseated: counted.unseated.into(),
            broken: counted.broken.into(),
            not_sent: counted.given_up,
            breakers: breakers
                .map(|(scope, breaker)| Breaker {
                    kind: scope.kind().to_owned(),
                    name: scope.name().to_owned(),
                    state: breaker.state,
                    opens: breaker.opens,
                    asked: breaker.asked,
                    tries_in: breaker.tries_at.map(|at| {
                        let left = at.saturating_sub(snapshot.elapsed);
                        left.as_secs_f64()
                    }),
                })
                .collect(),
        }
    }
}
