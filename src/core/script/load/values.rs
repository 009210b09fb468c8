//! Values of a contract: read, and shown in faults.

use mlua::Value;

use crate::script::diagnostic;

/// A finite number.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "weights and seconds are small")]
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) if number.is_finite() => Some(*number),
        _ => None,
    }
}

/// A value as its author would write it; short lists whole, so that a wrong range is seen.
pub fn show(value: &Value) -> String {
    match value {
        Value::Table(table) => {
            let ends = [1, 2].map(|at| table.raw_get(at).unwrap_or(Value::Nil));
            let plain = |value: &Value| !matches!(value, Value::Table(_));
            if matches!(ends, [Value::Nil, _]) || table.raw_len() > 2 || !ends.iter().all(plain) {
                return "a table".to_owned();
            }
            format!("{{ {}, {} }}", show(&ends[0]), show(&ends[1]))
        }
        Value::Nil => "nil".to_owned(),
        Value::String(text) => format!("\"{}\"", text.to_string_lossy()),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        other => diagnostic::one(other.type_name()),
    }
}
