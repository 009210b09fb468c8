//! What was done to spare the target.

use serde_json::{Value, json};

use crate::metrics::{Breaker, Scope, Snapshot, Waits};

pub(crate) fn protection(snapshot: &Snapshot) -> Value {
    let protection = &snapshot.totals.protection;
    let guard = &snapshot.guard;
    let breakers = guard.breakers.iter().map(breaker);
    let mut held = waits(protection.broken);
    held["not_sent"] = json!(protection.given_up);
    held["opens"] = json!(guard.opens());
    held["scopes"] = breakers.collect();
    json!({
        "throttled": waits(protection.throttled),
        "connections": waits(protection.unseated),
        "breaker": held,
        "retries": protection.retries,
        "stale_retries": protection.stale_retries,
        "adaptive_timeouts": protection.adaptive_timeouts,
        "degradation": { "level": guard.level, "steps_left_out": protection.left_out },
    })
}

fn waits(waits: Waits) -> Value {
    json!({ "requests": waits.requests, "seconds": waits.time.as_secs_f64() })
}

fn breaker((scope, breaker): (&Scope, &Breaker)) -> Value {
    json!({
        "kind": scope.kind(),
        "name": scope.name(),
        "state": breaker.state.as_str(),
        "opens": breaker.opens,
        "asked": breaker.asked,
    })
}
