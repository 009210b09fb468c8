//! A change of the plan, read from JSON with everything that is wrong with it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::body::{Object, unknown};
use crate::plan::{Change, Fault};

const KEYS: [&str; 5] = ["users", "error_rate", "think_factor", "canary", "weights"];

/// The change that an object asks for.
///
/// # Errors
/// Every fault: keys that are not known, values of another kind, values that cannot be.
pub(super) fn change(object: Object) -> Result<Change, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut change = Change::default();
    for (key, value) in object {
        match key.as_str() {
            "users" => change.users = users(&value, &mut faults),
            "error_rate" => change.error_rate = number(&key, &value, &mut faults),
            "canary" => change.canary = number(&key, &value, &mut faults),
            "think_factor" => change.think_factor = number(&key, &value, &mut faults),
            "weights" => change.weights = weights(value, &mut faults),
            _ => faults.push(unknown(&key, &KEYS)),
        }
    }
    if let Err(of_values) = change.validate() {
        faults.extend(of_values);
    }
    if faults.is_empty() && change.is_empty() {
        faults.push(Fault::new(
            "the body",
            "changes nothing",
            format!("give some of {}", KEYS.join(", ")),
        ));
    }
    if faults.is_empty() {
        Ok(change)
    } else {
        Err(faults)
    }
}

fn users(value: &Value, faults: &mut Vec<Fault>) -> Option<u32> {
    let users = value.as_u64().and_then(|users| u32::try_from(users).ok());
    if users.is_none() {
        faults.push(Fault::new(
            format!("users {value}"),
            "is not a size of a crowd",
            "give a whole number from 1 to 1000000, such as 300",
        ));
    }
    users
}

fn number(key: &str, value: &Value, faults: &mut Vec<Fault>) -> Option<f64> {
    let number = value.as_f64();
    if number.is_none() {
        faults.push(Fault::new(
            format!("{key} {value}"),
            "is not a number",
            "give one without quotes, such as 5 or 0.5",
        ));
    }
    number
}

fn weights(value: Value, faults: &mut Vec<Fault>) -> BTreeMap<String, f64> {
    let Value::Object(weights) = value else {
        faults.push(Fault::new(
            format!("weights {value}"),
            "is not an object of types and their shares",
            "give one such as {\"new\": 30}",
        ));
        return BTreeMap::new();
    };
    weights
        .into_iter()
        .filter_map(|(name, value)| {
            let weight = number(&format!("weights.{name}"), &value, faults)?;
            Some((name, weight))
        })
        .collect()
}
