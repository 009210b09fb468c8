//! What is done to spare the target: requests throttled, circuit breakers, steps skipped.

use super::family::{MetricFamily, counter, family, gauge};
use crate::view::{Breaker, BreakerState, Protection};

pub(crate) fn families(protection: &Protection) -> Vec<MetricFamily> {
    let waits = [
        ("rate", protection.throttled),
        ("connections", protection.connections),
        ("breaker", protection.breaker.waits),
    ];
    let one = |name: &str, help: &str, count: u64| family(name, help, [counter(&[], count as f64)]);
    let mut families = vec![
        family(
            "throng_throttled_requests_total",
            "Requests that throng itself throttled, by cause: rate (--max-rps), connections (--max-connections), breaker.",
            waits.map(|(by, waits)| counter(&[("by", by)], waits.requests as f64)),
        ),
        family(
            "throng_throttled_seconds_total",
            "Total seconds for which requests were throttled; not part of any latency.",
            waits.map(|(by, waits)| counter(&[("by", by)], waits.seconds)),
        ),
        one(
            "throng_calls_not_sent_total",
            "Calls that ended without a request, because a circuit breaker stayed open.",
            protection.breaker.not_sent,
        ),
        one(
            "throng_retries_total",
            "Requests that were retried after a failure.",
            protection.retries,
        ),
        one(
            "throng_stale_retries_total",
            "Requests that the client retried on its own because their connection was closing: it had been idle, or HTTP/2 reported that they were not processed.",
            protection.stale_retries,
        ),
        one(
            "throng_adaptive_timeouts_total",
            "Requests that timed out by --adaptive-timeout.",
            protection.adaptive_timeouts,
        ),
        one(
            "throng_steps_skipped_total",
            "Heavy steps that were skipped because the target was overloaded.",
            protection.degradation.steps_skipped,
        ),
        family(
            "throng_degradation_level",
            "Level of load shedding: 0 skips nothing, 3 every heavy step.",
            [gauge(&[], f64::from(protection.degradation.level))],
        ),
    ];
    families.extend(breakers(&protection.breaker.scopes));
    families
}

fn breakers(all: &[Breaker]) -> [MetricFamily; 2] {
    let state = all.iter().map(|breaker| {
        let state = match breaker.state {
            BreakerState::Closed => 0.0,
            BreakerState::HalfOpen => 1.0,
            BreakerState::Open => 2.0,
        };
        gauge(&[("kind", &breaker.kind), ("scope", &breaker.name)], state)
    });
    let opens = all.iter().flat_map(|breaker| {
        [("failures", breaker.opens), ("retry_after", breaker.asked)].map(|(why, count)| {
            let labels = [
                ("kind", breaker.kind.as_str()),
                ("scope", &breaker.name),
                ("why", why),
            ];
            counter(&labels, count as f64)
        })
    });
    [
        family(
            "throng_breaker_state",
            "State of the circuit breakers that have ever opened: 0 closed, 1 half open, 2 open.",
            state,
        ),
        family(
            "throng_breaker_opens_total",
            "How often a circuit breaker opened, by reason: consecutive failures, or the target's Retry-After.",
            opens,
        ),
    ]
}
