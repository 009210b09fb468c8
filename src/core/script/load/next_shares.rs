//! `next` of a step: the shares of the steps that follow it, by name.

use mlua::{Table, Value};

use super::values::{number, show};

/// How far from 1 the shares may add up, by rounding.
const TOLERANCE: f64 = 1e-6;

/// The shares after a step, as its script writes them.
pub type NextShares = Vec<(String, f64)>;

/// Reads the key `next` of a step.
///
/// # Errors
/// What is wrong with it.
pub fn read(step: &Table) -> Result<Option<NextShares>, String> {
    let table = match step.raw_get("next").unwrap_or(Value::Nil) {
        Value::Nil => return Ok(None),
        Value::Table(table) => table,
        other => {
            return Err(format!(
                "has next = {}; it takes the shares of the steps after it, such as \
                 {{ browse = 0.9, leave = 0.1 }}",
                show(&other)
            ));
        }
    };
    let mut shares = NextShares::new();
    for (name, value) in table.pairs::<Value, Value>().flatten() {
        let Value::String(name) = name else {
            return Err(format!(
                "has a share at next[{}]; each share has the name of a step, as in \
                 {{ browse = 0.9, leave = 0.1 }}",
                show(&name)
            ));
        };
        let name = name.to_string_lossy();
        match number(&value) {
            Some(share) if share >= 0.0 => shares.push((name, share)),
            _ => {
                return Err(format!(
                    "has next.{name} = {}; a share is a number from 0 to 1",
                    show(&value)
                ));
            }
        }
    }
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    if (sum - 1.0).abs() > TOLERANCE {
        return Err(format!(
            "has a next whose shares add up to {}; they add up to 1",
            (sum * 1e6).round() / 1e6 + 0.0
        ));
    }
    // Lua gives them in no order.
    shares.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(Some(shares))
}
