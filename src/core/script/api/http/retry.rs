//! `retry`: when a call is retried.

use mlua::{LuaString, Table, Value};

use super::option_value;
use crate::request::Retry;
use crate::script::api::argument;
use crate::script::api::signature::{Options, optional};

/// The option `retry` as a table.
pub const RETRY: Options = Options {
    kind: "Retry",
    doc: "How often a call is retried, and after what.",
    fields: &[
        optional("times", "integer")
            .doc("How often, 0 to 100; also as the first value of the table.")
            .unitless()
            .or("1"),
        optional("any_method", "boolean")
            .doc("Also POST and PATCH, whose work may then be done twice.")
            .or("false"),
        optional("on", "integer|integer[]")
            .doc("The statuses to retry.")
            .unitless()
            .or("{ 429, 502, 503, 504 }"),
        optional("pause", "number")
            .doc("Least time before the first retry.")
            .unit("s")
            .or("0.2"),
        optional("expected", "boolean")
            .doc("Whether responses that are retried count as `expected`, not as `unexpected`.")
            .or("false"),
    ],
    example: include_str!("../examples/Retry.lua"),
};

/// Reads `2`, or `{ times = 2, any_method = true, on = { 500 }, pause = 0.5 }`, where `times` may stand first without
/// its name.
///
/// # Errors
/// Names the key, what is wrong with it and what to write.
pub fn retry(value: Value) -> mlua::Result<Retry> {
    let table = match value {
        Value::Table(table) => table,
        times => {
            return Ok(Retry {
                times: option_value::count("retry", &times)?,
                ..Retry::default()
            });
        }
    };
    let mut retry = Retry {
        times: 1,
        ..Retry::default()
    };
    table.for_each(|key: Value, value: Value| {
        match key {
            Value::Integer(1) => retry.times = option_value::count("retry[1]", &value)?,
            Value::String(key) => read(&mut retry, &key, value)?,
            other => return Err(unknown(&argument::shown(&other))),
        }
        Ok(())
    })?;
    Ok(retry)
}

fn read(retry: &mut Retry, key: &LuaString, value: Value) -> mlua::Result<()> {
    match &*key.to_string_lossy() {
        "times" => retry.times = option_value::count("retry.times", &value)?,
        "any_method" => retry.any_method = flag("retry.any_method", &value)?,
        "expected" => retry.expected = flag("retry.expected", &value)?,
        "on" => retry.on = statuses(value)?.into(),
        "pause" => retry.pause = option_value::seconds("retry.pause", &value)?,
        other => return Err(unknown(other)),
    }
    Ok(())
}

fn flag(name: &str, value: &Value) -> mlua::Result<bool> {
    match value {
        Value::Boolean(flag) => Ok(*flag),
        other => Err(option_value::fault(name, other, "true or false")),
    }
}

fn statuses(value: Value) -> mlua::Result<Vec<u16>> {
    const WANTED: &str = "a status, or a list of them such as { 500, 503 }";
    let one = |value: &Value| match value {
        Value::Integer(status @ 100..=599) => Ok(*status as u16),
        other => Err(option_value::fault("retry.on", other, WANTED)),
    };
    match &value {
        Value::Table(list) => {
            let list: Table = list.clone();
            if list.raw_len() == 0 {
                return Err(option_value::fault("retry.on", &value, WANTED));
            }
            let listed = list.sequence_values::<Value>();
            listed.map(|status| one(&status?)).collect()
        }
        status => one(status).map(|status| vec![status]),
    }
}

fn unknown(key: &str) -> mlua::Error {
    mlua::Error::runtime(format!("option retry {}", RETRY.unknown(key)))
}
