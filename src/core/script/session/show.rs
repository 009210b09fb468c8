//! A value of Lua in words, for a person who looks at a user.

use mlua::{Table, Value};

use crate::script::api::big_integer;
use crate::script::vm::read_only;
use crate::secrets::{MASK, is_secret_field};

/// How deeply tables are shown.
const DEPTH: usize = 6;
/// Entries of a table that are shown.
const MOST: usize = 100;
/// Letters of a text that are shown.
const LONGEST: usize = 2_000;
/// A table that is longer is parted into lines.
const WIDTH: usize = 72;

/// A value as its author would write it; values of fields with names such as `password` are masked.
pub fn value(value: &Value) -> String {
    shown(value, 0)
}

fn shown(value: &Value, depth: usize) -> String {
    match value {
        Value::Nil => "nil".to_owned(),
        Value::LightUserData(pointer) if pointer.0.is_null() => "json.null".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(&text.to_string_lossy()),
        Value::Table(one) => table(one, depth),
        other => match big_integer::digits(other) {
            Some(digits) => digits,
            None => format!("<{}>", other.type_name()),
        },
    }
}

fn quoted(text: &str) -> String {
    let mut letters = text.chars();
    let shown: String = letters.by_ref().take(LONGEST).collect();
    match letters.count() {
        0 => format!("{shown:?}"),
        more => format!("{shown:?}... ({more} more)"),
    }
}

fn table(table: &Table, depth: usize) -> String {
    let table = &read_only::real(table);
    if depth >= DEPTH {
        return "{ ... }".to_owned();
    }
    let mut list = Vec::new();
    let mut fields = Vec::new();
    let mut more = 0;
    let walked = table.for_each(|key: Value, value: Value| {
        if list.len() + fields.len() >= MOST {
            more += 1;
            return Ok(());
        }
        let is_next =
            matches!(key, Value::Integer(at) if usize::try_from(at).ok() == Some(list.len() + 1));
        if is_next {
            list.push(shown(&value, depth + 1));
            return Ok(());
        }
        let name = match &key {
            Value::String(name) => name.to_string_lossy(),
            other => format!("[{}]", shown(other, depth + 1)),
        };
        let is_secret = is_secret_field(&name) && !matches!(value, Value::Nil | Value::Function(_));
        let words = match is_secret {
            true => MASK.to_owned(),
            false => shown(&value, depth + 1),
        };
        fields.push(format!("{name} = {words}"));
        Ok(())
    });
    if walked.is_err() {
        more += 1;
    }
    fields.sort();
    list.append(&mut fields);
    if more > 0 {
        list.push(format!("... ({more} more)"));
    }
    if list.is_empty() {
        return "{}".to_owned();
    }
    let one_line = format!("{{ {} }}", list.join(", "));
    if one_line.len() <= WIDTH && !one_line.contains('\n') {
        return one_line;
    }
    let lines = list
        .iter()
        .map(|entry| format!("  {}", entry.replace('\n', "\n  ")));
    format!("{{\n{},\n}}", lines.collect::<Vec<_>>().join(",\n"))
}
