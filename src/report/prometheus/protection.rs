//! What is done to spare the target: requests throttled, circuit breakers, steps left out.

use prometheus::proto::MetricFamily;

use super::family::{counter, family, gauge};
use crate::metrics::{BreakerState, Snapshot};

pub(crate) fn families(snapshot: &Snapshot) -> Vec<MetricFamily> {
    let protection = &snapshot.totals.protection;
    let waits = [
        ("rate", protection.throttled),
        ("connections", protection.unseated),
        ("breaker", protection.broken),
    ];
    let one = |name: &str, help: &str, count: u64| family(name, help, [counter(&[], count as f64)]);
    let mut families = vec![
        family(
            "throng_throttled_requests_total",
            "Requests that throng itself throttled, by what: rate (--max-rps), connections (--max-connections), breaker.",
            waits.map(|(by, waits)| counter(&[("by", by)], waits.requests as f64)),
        ),
        family(
            "throng_throttled_seconds_total",
            "Seconds for which they were throttled, in all; no latency has them in it.",
            waits.map(|(by, waits)| counter(&[("by", by)], waits.time.as_secs_f64())),
        ),
        one(
            "throng_calls_not_sent_total",
            "Calls that ended without a request, because a circuit breaker stayed open.",
            protection.given_up,
        ),
        one(
            "throng_retries_total",
            "Requests that were retried after a failure.",
            protection.retries,
        ),
        one(
            "throng_stale_retries_total",
            "Requests that the client retried by itself, because their connection was closing: it had been idle, or HTTP/2 said that they were not begun.",
            protection.stale_retries,
        ),
        one(
            "throng_adaptive_timeouts_total",
            "Requests that timed out by what their endpoint usually takes.",
            protection.adaptive_timeouts,
        ),
        one(
            "throng_steps_left_out_total",
            "Heavy steps that were left out because the target suffered.",
            protection.left_out,
        ),
        family(
            "throng_degradation_level",
            "How much the target suffers: 0 is nothing left out, 3 every heavy step.",
            [gauge(&[], f64::from(snapshot.guard.level))],
        ),
    ];
    families.extend(breakers(snapshot));
    families
}

fn breakers(snapshot: &Snapshot) -> [MetricFamily; 2] {
    let all = &snapshot.guard.breakers;
    let state = all.iter().map(|(scope, breaker)| {
        let state = match breaker.state {
            BreakerState::Closed => 0.0,
            BreakerState::HalfOpen => 1.0,
            BreakerState::Open => 2.0,
        };
        gauge(&[("kind", scope.kind()), ("scope", scope.name())], state)
    });
    let opens = all.iter().flat_map(|(scope, breaker)| {
        [("failures", breaker.opens), ("retry_after", breaker.asked)].map(|(why, count)| {
            let labels = [
                ("kind", scope.kind()),
                ("scope", scope.name()),
                ("why", why),
            ];
            counter(&labels, count as f64)
        })
    });
    [
        family(
            "throng_breaker_state",
            "Circuit breakers that opened once: 0 closed, 1 half open, 2 open.",
            state,
        ),
        family(
            "throng_breaker_opens_total",
            "How often a circuit breaker opened, by why: failures in a row, or the target's Retry-After.",
            opens,
        ),
    ]
}
