//! The generations of a type side by side, what was done to the run, and where its dials stand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{latency, outcomes};
use crate::metrics::{
    Canary, Event, Generation, MOVES, RELOAD_RESULTS, Refusal, Reload, Reloading, Snapshot, TypeId,
};

/// Oldest first; generation 0 is all that are too old to be told apart.
pub(super) fn generations(snapshot: &Snapshot, kind: TypeId) -> Value {
    let generations = snapshot.generations_of(kind);
    let one = |one: &Generation<'_>| {
        json!({
            "generation": one.number,
            "users": one.users.max(0),
            "requests": outcomes(&one.totals.outcomes),
            "latency_us": latency(&one.totals.service),
            "steps": one.totals.steps,
            "script_errors": one.totals.script_errors,
        })
    };
    generations.iter().map(one).collect()
}

pub(super) fn reloading(snapshot: &Snapshot) -> Value {
    let reloading = &snapshot.reloading;
    let canary = reloading.canary.as_ref();
    let last = reloading.last.as_ref();
    json!({
        "bundle": reloading.bundle,
        "reloads": counts(&RELOAD_RESULTS, &snapshot.reloads),
        "moved": counts(&MOVES, &reloading.moved),
        "last": last.map(|last| reload(snapshot, last)),
        "canary": canary.map(|canary| trial(snapshot, canary)),
        "barred": reloading.barred,
        "refusal": reloading.refusal.as_ref().map(refusal),
        "kept": kept(snapshot, reloading),
        "events": reloading.events.iter().map(event).collect::<Value>(),
    })
}

pub(super) fn settings(snapshot: &Snapshot) -> Value {
    let settings = &snapshot.settings;
    json!({
        "users": settings.users,
        "error_rate": settings.error_rate,
        "think_factor": settings.think_factor,
        "canary": settings.canary,
        "weights": settings.weights,
    })
}

/// The known words, also at 0.
fn counts(known: &[&str], counted: &BTreeMap<String, u64>) -> Value {
    let none = known.iter().map(|word| ((*word).to_owned(), 0));
    let counted = counted.iter().map(|(word, count)| (word.clone(), *count));
    let all: Map<_, _> = none
        .chain(counted)
        .map(|(word, count)| (word, json!(count)))
        .collect();
    Value::Object(all)
}

fn names(snapshot: &Snapshot, types: &[TypeId]) -> Value {
    types
        .iter()
        .map(|kind| json!(snapshot.type_name(*kind)))
        .collect()
}

fn reload(snapshot: &Snapshot, last: &Reload) -> Value {
    json!({
        "bundle": last.bundle,
        "types": names(snapshot, &last.types),
        "at_seconds": last.at.as_secs_f64(),
        "took_seconds": last.took.map(|took| took.as_secs_f64()),
    })
}

fn trial(snapshot: &Snapshot, canary: &Canary) -> Value {
    json!({
        "bundle": canary.bundle,
        "types": names(snapshot, &canary.types),
        "share": canary.share,
        "users": canary.users,
        "steps": canary.steps,
        "steps_needed": canary.steps_needed,
        "left_seconds": canary.left.as_secs_f64(),
    })
}

fn refusal(refusal: &Refusal) -> Value {
    let faults = refusal.faults.iter();
    let faults: Value = faults
        .map(|(place, cause)| json!({ "place": place, "cause": cause }))
        .collect();
    json!({ "at_seconds": refusal.at.as_secs_f64(), "faults": faults })
}

fn kept(snapshot: &Snapshot, reloading: &Reloading) -> Value {
    let kept = reloading.kept.iter();
    kept.map(|(kind, generations)| {
        json!({ "type": snapshot.type_name(*kind), "generations": generations })
    })
    .collect()
}

fn event(event: &Event) -> Value {
    json!({ "at_seconds": event.at.as_secs_f64(), "what": event.what, "by": event.by, "text": event.text })
}
