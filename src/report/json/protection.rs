//! What was done to spare the target.

use serde_json::{Value, json};

use crate::metrics::{Breaker, Scope, Snapshot, Waits};

pub(crate) fn restraint(snapshot: &Snapshot) -> Value {
    let restraint = &snapshot.totals.restraint;
    let guard = &snapshot.guard;
    let breakers = guard.breakers.iter().map(breaker);
    let mut held = waits(restraint.broken);
    held["not_sent"] = json!(restraint.given_up);
    held["opens"] = json!(guard.opens());
    held["scopes"] = breakers.collect();
    json!({
        "throttled": waits(restraint.throttled),
        "connections": waits(restraint.unseated),
        "breaker": held,
        "retries": restraint.retries,
        "stale_resends": restraint.stale_resends,
        "adaptive_timeouts": restraint.adaptive_timeouts,
        "degradation": { "level": guard.level, "steps_left_out": restraint.left_out },
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
