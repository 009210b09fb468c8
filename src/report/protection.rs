//! What was done to spare the target, in words.

use crate::metrics::{Breaker, BreakerState, Scope, Snapshot, Waits};

use crate::view::format::{count, time};

/// Requests that were throttled, steps that were left out: one piece each.
pub fn counts(snapshot: &Snapshot) -> Vec<String> {
    let protection = &snapshot.totals.protection;
    let held = |waits: Waits, by: &str| {
        (waits.requests > 0).then(|| {
            let mean = waits.time.as_micros() as f64 / waits.requests as f64;
            format!("{} {by}, {} each", count(waits.requests), time(mean))
        })
    };
    let number =
        |number: u64, words: &str| (number > 0).then(|| format!("{} {words}", count(number)));
    [
        held(protection.throttled, "waited for the rate"),
        held(protection.unseated, "waited for a connection"),
        held(protection.broken, "waited for a breaker"),
        number(protection.given_up, "not sent"),
        number(protection.retries, "retried"),
        number(protection.stale_retries, "retried on a new connection"),
        number(
            protection.adaptive_timeouts,
            "timed out by --adaptive-timeout",
        ),
        number(protection.left_out, "heavy steps left out"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A breaker that is not closed: `http://127.0.0.1:9501 is left alone, tries again in 3 s`.
pub fn shut(snapshot: &Snapshot, scope: &Scope, breaker: &Breaker) -> String {
    let what = match (breaker.state, breaker.trying) {
        (BreakerState::Closed, _) => "works".to_owned(),
        (BreakerState::HalfOpen, true) => "is being tried".to_owned(),
        (BreakerState::HalfOpen, false) => "is to be tried by the next request".to_owned(),
        (BreakerState::Open, _) => {
            let left = breaker
                .tries_at
                .unwrap_or_default()
                .saturating_sub(snapshot.elapsed);
            format!(
                "is left alone, tries again in {:.0} s",
                left.as_secs_f64().ceil()
            )
        }
    };
    format!("{scope} {what}")
}
