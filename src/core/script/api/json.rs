//! `json`: text to Lua values and back.
//!
//! In: a Lua value, or the bytes of a JSON text (RFC 8259). Out: bytes, or Lua values built while the text is read.
//! It never knows who sends the text or where it came from.
//!
//! What a script sees: `json.encode(value [, { pretty = true }])`, `json.decode(text)`, `json.null`, `json.array(t)`.
//! A value that JSON cannot hold is a mistake of the script's author and raises; a text that is not JSON came from the
//! world, so `decode` returns `nil, message`.
//!
//! - Integers stay 64-bit integers; larger ones keep their digits as a value of their own ([`BigInteger`](super::big_integer::BigInteger)). A float keeps its
//!   point: `3.0` is written `3.0`.
//! - An array carries a mark (a metatable), so that a decoded `[]` is written as `[]`; an unmarked `{}` is `{}`.
//! - Keys are written in the order of their bytes, so that one value has one text.
//! - `null` is `json.null`, also inside objects: it is true in a condition; compare with `== json.null`.

mod decode;
mod decode_small;
mod encode;
mod fault;
mod key;
mod limits;
mod part;

pub use crate::text::json_input::{has_long_number, mended, read, without_mark};
pub use decode::{DecodeError, decode, to_lua};
pub use encode::{Form, Layout, encode, to_bytes};
pub use limits::{MAX_BYTES, MAX_DEPTH, MAX_VALUES};
pub use part::part;

use mlua::{Error, Lua, LuaSerdeExt, Result, Table, Value};

use super::argument;
use super::signature::{Function, Namespace, Options, Registration, optional, required, returned};
use crate::script::vm::cpu_budget;

const ENCODE: Function = Function::new(
    "json",
    "encode",
    "A value as JSON text, keys in alphabetical order.",
)
.takes(&[
    required("value", "any").doc("A table is a list where its keys are 1, 2, 3 and so on."),
    optional("opts", "JsonOptions").doc("How it is laid out."),
])
.returns(&[returned("string", "The text, of at most 16 MiB.")])
.fails("An error for what JSON cannot hold: functions, cycles, NaN, more than 127 levels.")
.example(include_str!("examples/json.encode.lua"));
const DECODE: Function = Function::new("json", "decode", "The value that a JSON text says.")
    .takes(&[required("text", "string").doc("One JSON value.")])
    .returns(&[
        returned("any", "Tables for objects and lists, `json.null` for null."),
        returned("string?", "Why there is none, with line and column."),
    ])
    .fails("nil and a message when it is not valid JSON.")
    .example(include_str!("examples/json.decode.lua"));
const ARRAY: Function = Function::new(
    "json",
    "array",
    "Marks a table as a list, so that an empty one is encoded as `[]` and not `{}`.",
)
.takes(&[optional("list", "any[]")
    .doc("The table to mark.")
    .or("a new one")])
.returns(&[returned("any[]", "The same table.")])
.fails("An error when the table has a metatable of its own, or is read-only and no list.")
.example(include_str!("examples/json.array.lua"));

/// `json`.
pub const TABLE: Namespace = Namespace {
    name: "json",
    doc: "JSON text to Lua values and back.",
    functions: &[&ENCODE, &DECODE, &ARRAY],
    values: &[required("null", "lightuserdata")
        .doc("JSON's null. It is true in a condition: compare with `==`.")],
};

/// What [`ENCODE`] takes beside the value.
pub const OPTIONS: Options = Options {
    kind: "JsonOptions",
    doc: "The format of JSON.",
    fields: &[optional("pretty", "boolean")
        .doc("Over several lines, indented by two blanks.")
        .or("false")],
    example: include_str!("examples/JsonOptions.lua"),
};

/// The table `json`.
///
/// # Errors
/// When the VM has no memory left.
pub fn table(lua: &Lua) -> Result<Table> {
    let json = Registration::new(lua, &TABLE)?;
    json.value("null", Value::NULL)?;
    json.function(&ENCODE, |lua, (value, options): (Value, Value)| {
        cpu_budget::in_time(lua)?;
        let form = Form {
            caller: "json.encode",
            root: "value",
            layout: layout(&options)?,
            any_bytes: false,
        };
        lua.create_string(encode(&value, form)?)
    })?;
    json.function(&DECODE, |lua, text: Value| {
        cpu_budget::in_time(lua)?;
        let text = argument::string("json.decode", "the text", &text)?;
        match decode(lua, &text.as_bytes()) {
            Ok(value) => Ok((value, None)),
            Err(DecodeError::Text(message)) => Ok((Value::Nil, Some(message))),
            Err(DecodeError::Lua(error)) => Err(error),
        }
    })?;
    json.function(&ARRAY, |lua, list: Value| match list {
        Value::Nil => marked(lua, lua.create_table()?),
        list => {
            let table = argument::table("json.array", "the list", &list)?;
            match list {
                Value::Table(list) if list != table => read_only(lua, list, &table),
                _ => marked(lua, table),
            }
        }
    })?;
    json.finish()
}

/// A Lua value as JSON in Rust's hands, for the few places that keep one: accounts in the ledger, the crowd.
///
/// # Errors
/// Names what cannot be JSON.
pub fn to_value(value: &Value) -> Result<serde_json::Value> {
    serde_json::from_slice(&to_bytes(value)?).map_err(Error::external)
}

fn marked(lua: &Lua, table: Table) -> Result<Table> {
    let mark = lua.array_metatable();
    match table.metatable() {
        Some(other) if other != mark => Err(Error::runtime(
            "json.array: the table has a metatable of its own, a plain table was expected",
        )),
        _ => {
            table.set_metatable(Some(mark))?;
            Ok(table)
        }
    }
}

/// A list that scripts cannot change: it has its mark already, or gets none.
fn read_only(lua: &Lua, list: Table, real: &Table) -> Result<Table> {
    if real.metatable() == Some(lua.array_metatable()) {
        return Ok(list);
    }
    Err(Error::runtime(
        "json.array: the table is read-only, a table of your own was expected",
    ))
}

fn layout(options: &Value) -> Result<Layout> {
    let pretty = match options {
        Value::Nil => Value::Nil,
        options => argument::table("json.encode", "options", options)?.raw_get("pretty")?,
    };
    match pretty {
        Value::Nil | Value::Boolean(false) => Ok(Layout::Compact),
        Value::Boolean(true) => Ok(Layout::Pretty),
        other => Err(argument::wrong(
            "json.encode",
            "options.pretty",
            &other,
            "a boolean",
        )),
    }
}
