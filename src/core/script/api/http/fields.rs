//! `headers = { Name = value }`, of a request and of a part of multipart.

use std::collections::BTreeMap;
use std::fmt::Display;

use mlua::{Table, Value};

use super::values::{bytes, items};
use crate::http::Headers;
use crate::script::vm::read_only;

/// Fields that a request cannot be without, and why.
const NEEDED: [(&str, &str); 2] = [
    (
        "host",
        "every request has one (RFC 9112, 3.2); write the host instead",
    ),
    (
        "content-length",
        "it is computed from the body and cannot be removed",
    ),
];

/// Puts the fields of a script's table into `headers`, sorted by name so that a seed gives the same requests. A list
/// gives a field several times; `false` sends none of that name, not even the one that is added by itself.
///
/// # Errors
/// Names the field that is no header, and what is wrong with it.
pub fn set(headers: &mut Headers, fields: &Table, what: &str) -> mlua::Result<()> {
    let mut sorted = BTreeMap::new();
    read_only::real(fields).for_each(|name: Value, value: Value| {
        let Value::String(name) = name else {
            let name = name.to_string()?;
            return Err(mlua::Error::runtime(format!(
                "{what} has a value at {name}, which is not a name; write \
                 {what} = {{ [\"X-Name\"] = \"value\" }}"
            )));
        };
        sorted.insert(name.to_string_lossy(), value);
        Ok(())
    })?;
    for (name, value) in sorted {
        let place = format_args!("{what}.{name}");
        let mut push = |value: &Value| {
            headers
                .push(&name, bytes(value, place)?)
                .map_err(|why| mlua::Error::runtime(format!("{place}: {why}")))
        };
        match &value {
            Value::Boolean(false) => leave_out(headers, &name, place)?,
            Value::Table(list) => items(list, place)?.iter().try_for_each(push)?,
            one => push(one)?,
        }
    }
    Ok(())
}

fn leave_out(headers: &mut Headers, name: &str, place: impl Display) -> mlua::Result<()> {
    let mut needed = NEEDED.iter();
    if let Some((_, why)) = needed.find(|(needed, _)| name.eq_ignore_ascii_case(needed)) {
        return Err(mlua::Error::runtime(format!("{place} is false, but {why}")));
    }
    headers.leave_out(name);
    Ok(())
}
