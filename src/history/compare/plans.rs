use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::history::model::Start;

/// Options that say how many users or arrivals there are, when, and what they do: with other ones, other rates are no
/// surprise.
const LOAD: [&str; 20] = [
    "arrivals",
    "arrivals_even",
    "continuous",
    "curve",
    "day_length",
    "duration",
    "error_rate",
    "max_requests",
    "max_rps",
    "max_users",
    "min_requests",
    "noise",
    "ramp",
    "sessions",
    "spike",
    "stage",
    "think_factor",
    "timezone",
    "user_types",
    "users",
];

/// Whether an option, what a plan file says of a type, or an incident is of the load.
fn is_load(key: &str) -> bool {
    LOAD.contains(&key) || key.starts_with("types.") || key.starts_with("incident ")
}

/// What is not the same in two runs, beside chance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The option, or `target`, `scripts of TYPE`, `throng`, `commit`.
    pub what: String,
    pub a: String,
    pub b: String,
    /// Whether it changes how much load there is, so that rates say little.
    pub is_load: bool,
}

/// Everything in which two runs were not meant to be the same. Seeds differ from run to run.
pub(super) fn differences(a: &Start, b: &Start) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut add = |what: &str, a: Option<String>, b: Option<String>, is_load| {
        if a != b {
            let word = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
            all.push(Difference {
                what: what.to_owned(),
                a: word(a),
                b: word(b),
                is_load,
            });
        }
    };
    add(
        "target",
        Some(a.target.clone()),
        Some(b.target.clone()),
        false,
    );
    let keys: BTreeSet<&String> = a.plan.keys().chain(b.plan.keys()).collect();
    for key in keys {
        let text = |start: &Start| start.plan.get(key).map(words);
        add(key, text(a), text(b), is_load(key));
    }
    let types: BTreeSet<&String> = a.hashes.keys().chain(b.hashes.keys()).collect();
    for kind in types {
        let hash = |start: &Start| start.hashes.get(kind).cloned();
        add(&format!("scripts of {kind}"), hash(a), hash(b), false);
    }
    add("commit", a.commit.clone(), b.commit.clone(), false);
    add(
        "throng",
        Some(a.version.clone()),
        Some(b.version.clone()),
        false,
    );
    all
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
