//! `expect`: which answers a call counts on.

use mlua::Value;

use crate::request::Expect;
use crate::script::api::argument;
use crate::script::vm::read_only;

/// Reads `404`, `"4xx"` or a list of both.
///
/// # Errors
/// Says which value is no status.
pub fn expect(value: &Value) -> mlua::Result<Expect> {
    let mut ranges = Vec::new();
    match value {
        Value::Table(list) => {
            for item in read_only::real(list).sequence_values::<Value>() {
                ranges.push(range(&item?)?);
            }
            if ranges.is_empty() {
                return Err(fault("an empty list"));
            }
        }
        one => ranges.push(range(one)?),
    }
    Ok(Expect::Statuses(ranges))
}

fn range(value: &Value) -> mlua::Result<(u16, u16)> {
    match value {
        Value::Integer(status @ 100..=599) => {
            let status = u16::try_from(*status).unwrap_or(0);
            Ok((status, status))
        }
        Value::String(text) => {
            let text = text.to_string_lossy();
            match text.as_bytes() {
                [digit @ b'1'..=b'5', b'x', b'x'] => {
                    let low = u16::from(digit - b'0') * 100;
                    Ok((low, low + 99))
                }
                _ => Err(fault(&format!("\"{text}\""))),
            }
        }
        other => Err(fault(&argument::shown(other))),
    }
}

fn fault(got: &str) -> mlua::Error {
    mlua::Error::runtime(format!(
        "expect: {got} is not a status; write a number from 100 to 599, a class such as \"4xx\", or a list of these"
    ))
}
