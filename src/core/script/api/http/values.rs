//! Tables of a script that stand for names and values: parameters of a path, a query, a form, tags.
//!
//! Bytes that are no UTF-8 are values like others where they can be sent: percent-encoded, or as they are.

use std::collections::BTreeMap;
use std::fmt::Display;

use mlua::{Table, Value};

use crate::script::api::{argument, big_integer};
use crate::script::vm::read_only;

/// Values for the braces of a path, by name; any bytes.
pub type Params = BTreeMap<String, Vec<u8>>;

/// Names and values of a flat table as bytes, sorted by name.
///
/// # Errors
/// Names the key whose value is neither text, number, boolean nor a list of these.
pub fn pairs(table: &Table, what: &str) -> mlua::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut pairs = Vec::new();
    read_only::real(table).for_each(|name: Value, value: Value| {
        let name = bytes(&name, what)?;
        let shown = LossyUtf8(&name);
        let place = format_args!("{what}.{shown}");
        match &value {
            Value::Table(list) => {
                for item in items(list, place)? {
                    pairs.push((name.clone(), bytes(&item, place)?));
                }
            }
            one => {
                let value = bytes(one, place)?;
                pairs.push((name, value));
            }
        }
        Ok(())
    })?;
    // By name only: a list keeps its order.
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(pairs)
}

/// The same as text.
///
/// # Errors
/// As `pairs`, and for what is no UTF-8.
pub fn texts(table: &Table, what: &str) -> mlua::Result<Vec<(String, String)>> {
    pairs(table, what)?
        .into_iter()
        .map(|(name, value)| Ok((utf8(name, what)?, utf8(value, what)?)))
        .collect()
}

/// The values of a list in their order, without its holes.
///
/// # Errors
/// When the table has names.
pub fn items(list: &Table, place: impl Display) -> mlua::Result<Vec<Value>> {
    let mut items = BTreeMap::new();
    read_only::real(list).for_each(|key: Value, value: Value| match key {
        Value::Integer(index) => {
            items.insert(index, value);
            Ok(())
        }
        _ => Err(mlua::Error::runtime(format!(
            "{place} is a table with names; write a list of strings, numbers or booleans"
        ))),
    })?;
    Ok(items.into_values().collect())
}

/// Values for braces: one each, no lists.
///
/// # Errors
/// Names the key whose value is neither text, number nor boolean.
pub fn values(table: &Table, what: &str) -> mlua::Result<Params> {
    let mut params = Params::new();
    read_only::real(table).for_each(|name: Value, value: Value| {
        let name = text(&name, what)?;
        let value = bytes(&value, format_args!("{what}.{name}"))?;
        params.insert(name, value);
        Ok(())
    })?;
    Ok(params)
}

/// The same as text: what is kept in the ledger is JSON.
///
/// # Errors
/// As `values`, and for what is no UTF-8.
pub fn params(table: &Table, what: &str) -> mlua::Result<BTreeMap<String, String>> {
    as_text(values(table, what)?, what)
}

/// Values for braces as text.
///
/// # Errors
/// Names the one that is no UTF-8.
pub fn as_text(params: Params, what: &str) -> mlua::Result<BTreeMap<String, String>> {
    params
        .into_iter()
        .map(|(name, value)| {
            let value = utf8(value, format_args!("{what}.{name}"))?;
            Ok((name, value))
        })
        .collect()
}

/// A Lua value that is used as text, as its bytes. Its place is written only in messages.
///
/// # Errors
/// Names the place and the type that is none.
pub fn bytes(value: &Value, place: impl Display) -> mlua::Result<Vec<u8>> {
    match value {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        Value::Integer(number) => Ok(number.to_string().into_bytes()),
        Value::Number(number) => Ok(number.to_string().into_bytes()),
        Value::Boolean(flag) => Ok(flag.to_string().into_bytes()),
        other => match big_integer::digits(other) {
            Some(digits) => Ok(digits.into_bytes()),
            None => Err(mlua::Error::runtime(format!(
                "{place} is {}; write a string, a number or a boolean",
                argument::kind(other)
            ))),
        },
    }
}

/// A Lua value that is used as text.
///
/// # Errors
/// Names the place and the type that is none, or what is no UTF-8.
pub fn text(value: &Value, place: impl Display) -> mlua::Result<String> {
    utf8(bytes(value, &place)?, place)
}

/// Bytes as text in a message.
struct LossyUtf8<'a>(&'a [u8]);

impl Display for LossyUtf8<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.0))
    }
}

fn utf8(bytes: Vec<u8>, place: impl Display) -> mlua::Result<String> {
    String::from_utf8(bytes).map_err(|why| {
        let found = String::from_utf8_lossy(why.as_bytes());
        mlua::Error::runtime(format!("{place} is {found:?}, which is not UTF-8"))
    })
}
