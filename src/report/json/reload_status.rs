//! The versions of a type side by side, what was done to the run, and where its dials stand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{latency, outcomes};
use crate::metrics::{
    Canary, Event, MOVES, RELOAD_RESULTS, Refusal, Reload, ReloadStatus, Snapshot, TypeId, Version,
};

/// Oldest first; version 0 is all that are too old to be told apart.
pub(super) fn versions(snapshot: &Snapshot, kind: TypeId) -> Value {
    let versions = snapshot.versions_of(kind);
    let one = |one: &Version<'_>| {
        json!({
            "version": one.number,
            "users": one.users.max(0),
            "requests": outcomes(&one.totals.outcomes),
            "latency_us": latency(&one.totals.service),
            "steps": one.totals.steps,
            "script_errors": one.totals.script_errors,
        })
    };
    versions.iter().map(one).collect()
}

pub(super) fn reload_status(snapshot: &Snapshot) -> Value {
    let reload_status = &snapshot.reload_status;
    let canary = reload_status.canary.as_ref();
    let last = reload_status.last.as_ref();
    json!({
        "release": reload_status.release,
        "reloads": counts(&RELOAD_RESULTS, &snapshot.reloads),
        "moved": counts(&MOVES, &reload_status.moved),
        "last": last.map(|last| reload(snapshot, last)),
        "canary": canary.map(|canary| trial(snapshot, canary)),
        "rolled_back": reload_status.rolled_back,
        "refusal": reload_status.refusal.as_ref().map(refusal),
        "previous": previous(snapshot, reload_status),
        "events": reload_status.events.iter().map(event).collect::<Value>(),
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
        "release": last.release,
        "types": names(snapshot, &last.types),
        "at_seconds": last.at.as_secs_f64(),
        "took_seconds": last.took.map(|took| took.as_secs_f64()),
    })
}

fn trial(snapshot: &Snapshot, canary: &Canary) -> Value {
    json!({
        "release": canary.release,
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

fn previous(snapshot: &Snapshot, reload_status: &ReloadStatus) -> Value {
    let previous = reload_status.previous.iter();
    previous
        .map(|(kind, versions)| json!({ "type": snapshot.type_name(*kind), "versions": versions }))
        .collect()
}

fn event(event: &Event) -> Value {
    json!({ "at_seconds": event.at.as_secs_f64(), "what": event.what, "by": event.by, "text": event.text })
}
