//! What was done to spare the target, in words.

use crate::view::format::{count, span, time};
use crate::view::{Breaker, BreakerState, Protection, Waits};

/// Requests that were throttled, steps that were skipped: one piece each.
pub fn counts(protection: &Protection) -> Vec<String> {
    let held = |waits: Waits, by: &str| {
        (waits.requests > 0).then(|| {
            let mean = waits.seconds / waits.requests as f64;
            format!("{} {by}, {} each", count(waits.requests), time(mean))
        })
    };
    let number =
        |number: u64, words: &str| (number > 0).then(|| format!("{} {words}", count(number)));
    [
        held(protection.throttled, "waited for the rate"),
        held(protection.connections, "waited for a connection"),
        held(protection.breaker.waits, "waited for a breaker"),
        number(protection.breaker.not_sent, "not sent"),
        number(protection.retries, "retried"),
        number(protection.stale_retries, "retried on a new connection"),
        number(
            protection.adaptive_timeouts,
            "timed out by --adaptive-timeout",
        ),
        number(protection.degradation.steps_skipped, "heavy steps skipped"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A breaker that is not closed: `http://127.0.0.1:9501 is open, tries again in 3 s`.
pub fn shut(breaker: &Breaker) -> String {
    let what = match (breaker.state, breaker.is_tried) {
        (BreakerState::Closed, _) => "works".to_owned(),
        (BreakerState::HalfOpen, true) => "is being tried".to_owned(),
        (BreakerState::HalfOpen, false) => "is to be tried by the next request".to_owned(),
        (BreakerState::Open, _) => {
            let left = span(breaker.tries_in_seconds.unwrap_or_default().ceil());
            format!("is open, tries again in {left}")
        }
    };
    format!("{} {what}", breaker.name)
}
