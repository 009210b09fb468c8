//! The arguments of API functions: one place for their types' names and for the words when they are wrong.
//!
//! In: the value that a script gave and the name of the function and the argument. Out: the Rust value, or an error such
//! as `random.int: lo is a string, an integer was expected`.

use mlua::{Error, LuaString, Result, Table, Value};

use super::big_integer;
use crate::script::vm::read_only;
use crate::text::did_you_mean;

/// What helps where a value of an account is missing.
pub const FROM_VARS: &str = "if it comes from vars, give it with -e NAME=VALUE";

/// Bytes of a word under which something is counted or listed: `name`, `creates.kind`, checks, tags, labels, steps.
pub const LONGEST_NAME: usize = 200;

/// What a value is, with its article: `nil`, `a number`, `a table`.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "nil",
        Value::Boolean(_) => "a boolean",
        Value::LightUserData(pointer) if pointer.0.is_null() => "json.null",
        Value::Integer(_) | Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Table(_) => "a table",
        Value::Function(_) => "a function",
        Value::Thread(_) => "a coroutine",
        _ => "userdata",
    }
}

/// An argument of the wrong type: `{function}: {name} is a table, {expected} was expected`.
pub fn wrong(function: &str, name: &str, value: &Value, expected: &str) -> Error {
    let kind = kind(value);
    Error::runtime(format!(
        "{function}: {name} is {kind}, {expected} was expected"
    ))
}

/// An integer, also from a float without a fraction.
///
/// # Errors
/// For any other value, strings among them.
pub fn integer(function: &str, name: &str, value: &Value) -> Result<i64> {
    match value {
        Value::Integer(integer) => Ok(*integer),
        // Both bounds are exact floats; 2^63 itself is out of range.
        Value::Number(n) if n.fract() == 0.0 && *n >= -(2f64.powi(63)) && *n < 2f64.powi(63) => {
            Ok(*n as i64)
        }
        Value::Number(number) => Err(Error::runtime(format!(
            "{function}: {name} is {number}, an integer was expected"
        ))),
        other => Err(wrong(function, name, other, "an integer")),
    }
}

/// A finite number.
///
/// # Errors
/// For NaN, infinity and any other value.
pub fn number(function: &str, name: &str, value: &Value) -> Result<f64> {
    match value {
        Value::Integer(integer) => Ok(*integer as f64),
        Value::Number(number) if number.is_finite() => Ok(*number),
        Value::Number(number) => Err(Error::runtime(format!(
            "{function}: {name} is {number}, a finite number was expected"
        ))),
        other => match big_integer::digits(other) {
            Some(digits) => Ok(digits.parse().unwrap_or(f64::MAX)),
            None => Err(wrong(function, name, other, "a number")),
        },
    }
}

/// A string.
///
/// # Errors
/// For any other value, numbers among them.
pub fn string(function: &str, name: &str, value: &Value) -> Result<LuaString> {
    match value {
        Value::String(string) => Ok(string.clone()),
        other => Err(wrong(function, name, other, "a string")),
    }
}

/// Refuses a word for something counted that is too long: it would stand in every table and every line of the metrics.
///
/// # Errors
/// Says how long it is and how long it may be.
pub fn name(what: &str, word: &str) -> Result<()> {
    if word.len() <= LONGEST_NAME {
        return Ok(());
    }
    Err(Error::runtime(format!(
        "{what} has {} bytes; it is a label, of at most {LONGEST_NAME}",
        word.len()
    )))
}

/// A table; of one that is read-only to scripts that which is behind it, to be looked at and not changed.
///
/// # Errors
/// For any other value.
pub fn table(function: &str, name: &str, value: &Value) -> Result<Table> {
    match value {
        Value::Table(table) => Ok(read_only::real(table)),
        other => Err(wrong(function, name, other, "a table")),
    }
}

/// A table, or none for nil.
///
/// # Errors
/// For any other value.
pub fn optional_table(function: &str, name: &str, value: &Value) -> Result<Option<Table>> {
    match value {
        Value::Nil => Ok(None),
        other => table(function, name, other).map(Some),
    }
}

/// A number or a boolean as it is written, any other value by its kind.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        other => kind(other).to_owned(),
    }
}

/// Refuses a table with a key that nothing reads: it is misspelt, and would do nothing in silence.
///
/// # Errors
/// Names the first such key and those there are, `keys` with commas between.
pub fn known(what: &str, table: &Table, keys: &str) -> Result<()> {
    read_only::real(table).for_each(|key: Value, _: Value| {
        let key = key.to_string()?;
        if keys.split(", ").any(|known| known == key) {
            return Ok(());
        }
        Err(Error::runtime(format!(
            "{what} has the unknown key '{key}'; there are: {keys}{}",
            did_you_mean(&key, keys.split(", "))
        )))
    })
}

/// The words of an error without mlua's own.
pub fn words(error: &Error) -> String {
    match error {
        Error::RuntimeError(text) => text.clone(),
        Error::CallbackError { cause, .. } => words(cause),
        other => other.to_string(),
    }
}
