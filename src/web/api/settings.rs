//! A change of the settings, read from JSON with everything that is wrong with it.

use serde_json::Value;

use crate::plan::live::{Scalar, ShapeKey, keys};
use crate::plan::{Change, Fault};
use crate::web::request_body::Object;

/// The change that an object asks for.
///
/// # Errors
/// Every fault: keys that are not known, values that cannot be, or that it changes nothing.
pub(super) fn change(object: Object) -> Result<Change, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut change = Change::default();
    let mut read = |key: &str, value: &Value| {
        let written = value.to_string();
        let scalar = match value {
            Value::String(text) if ShapeKey::named(key).is_some() => Scalar::Text(text),
            value => scalar(value, &written),
        };
        faults.extend(change.read(key, scalar).err());
    };
    for (key, value) in object {
        match value {
            Value::Object(weights) if key == "weights" => {
                for (name, weight) in weights {
                    read(&format!("weights.{name}"), &weight);
                }
            }
            value => read(&key, &value),
        }
    }
    if faults.is_empty() && change.is_empty() {
        faults.push(Fault::new(
            "the body",
            "changes nothing",
            format!("give some of {}", keys()),
        ));
    }
    if faults.is_empty() {
        Ok(change)
    } else {
        Err(faults)
    }
}

fn scalar<'a>(value: &Value, written: &'a str) -> Scalar<'a> {
    let whole = value
        .as_i64()
        .map(i128::from)
        .or_else(|| value.as_u64().map(i128::from));
    match (whole, value.as_f64()) {
        (Some(whole), _) => Scalar::Whole(whole),
        (None, Some(number)) => Scalar::Number(number),
        (None, None) => Scalar::Other(written),
    }
}
