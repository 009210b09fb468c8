//! `user.state` is plain data: it is copied to another VM at a reload, and to another machine one day.

use std::fmt;

use crate::script::api::big_integer;
use crate::script::api::big_integer::BigInteger;
use crate::script::diagnostic;
use crate::script::load::memory;
use crate::script::vm::natives::{Bounds, PlainSizes, plain_bytes, plain_fields};
use crate::script::vm::read_only;
use mlua::{Lua, LuaSerdeExt, LuaString, Table, Value};

/// How deeply tables may nest.
const DEPTH: usize = 32;
/// Values in one state. It is walked after every step, and what two places share is walked twice: thirty tables that hold the
/// next one twice would take years.
const MOST_VALUES: usize = 100_000;
const BOUNDS: Bounds = Bounds {
    depth: DEPTH,
    values: MOST_VALUES,
};

/// Checks the state of a `user` table, which is at `key`, after a step.
///
/// # Errors
/// Names the path of the first value that is no plain data, and what to do.
pub fn check(user: &Table, key: &LuaString) -> Result<(), String> {
    look_at("user.state", user, key, None).map(drop)
}

/// Whether a `user` table has nothing wrong or rare in its state and in its memory, as after nearly every step: with both keys.
pub fn is_usual(user: &Table, state_key: &LuaString, memory_key: &LuaString) -> bool {
    let lua = user.weak_lua().upgrade();
    let fields = [(state_key, None), (memory_key, Some(&memory::SIZES))];
    let found = plain_fields(&lua, user, &lua.array_metatable(), (&BOUNDS, fields));
    matches!(found, Ok([Some(_), Some(bytes)]) if bytes <= memory::MOST_BYTES)
}

/// The same for a field that messages call `name`; gives the bytes that it takes when it is kept between two sessions.
///
/// # Errors
/// As [`check`].
pub fn measure(name: &'static str, user: &Table, key: &LuaString) -> Result<usize, String> {
    look_at(name, user, key, Some(&memory::SIZES))
}

fn look_at(
    name: &'static str,
    user: &Table,
    key: &LuaString,
    sizes: Option<&PlainSizes>,
) -> Result<usize, String> {
    match user.raw_get::<Value>(key) {
        Ok(Value::Table(state)) => {
            if let Some(bytes) = usual(&state, sizes) {
                return Ok(bytes);
            }
            let mut walk = Walk::new(name);
            walk.table(&state, &Path::Root(name))?;
            Ok(walk.bytes)
        }
        Ok(Value::Nil) => Ok(0),
        Ok(other) => Err(format!(
            "{name} is {}; keep it a table and put values into it",
            diagnostic::one(other.type_name())
        )),
        Err(why) => Err(why.to_string()),
    }
}

/// The bytes of a state in which nothing is wrong or rare: nearly every one after nearly every step.
fn usual(state: &Table, sizes: Option<&PlainSizes>) -> Option<usize> {
    if state.is_empty() {
        return None;
    }
    let lua = state.weak_lua().upgrade();
    plain_bytes(&lua, state, &lua.array_metatable(), (&BOUNDS, sizes)).ok()?
}

/// One look at a state.
struct Walk {
    /// What is walked, as messages call it.
    name: &'static str,
    /// The tables that hold the present one, outermost first.
    above: Vec<usize>,
    values: usize,
    /// What it takes in the form of [`memory`].
    bytes: usize,
}

impl Walk {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            above: Vec::new(),
            values: 0,
            bytes: 0,
        }
    }

    fn table(&mut self, table: &Table, path: &Path<'_>) -> Result<(), String> {
        // Nearly none has one.
        if let Some(meta) = table.metatable() {
            let named = meta.raw_get::<Option<String>>("__name").ok().flatten();
            if named.as_deref() == Some("response") {
                return Err(format!(
                    "{path} is a response; keep the values that you need of it, such as res:json().id"
                ));
            }
            if let Some(real) = read_only::behind(table) {
                // A part of `crowd`, which is plain data.
                return self.table(&real, path);
            }
            // The mark of an empty JSON list is plain data, anything else would be lost on the way to another VM.
            if table.weak_lua().upgrade().array_metatable() != meta {
                return Err(format!(
                    "{path} has a metatable; {} holds plain data only: strings, numbers, booleans, \
                     tables",
                    self.name
                ));
            }
        }
        self.bytes += memory::TABLE_BYTES;
        if table.is_empty() {
            return Ok(());
        }
        let address = table.to_pointer() as usize;
        if self.above.contains(&address) {
            return Err(format!("{path} holds itself; plain data has no circles"));
        }
        if self.above.len() >= DEPTH {
            return Err(format!("{path} is nested more than {DEPTH} tables deep"));
        }
        self.above.push(address);
        let mut fault = None;
        let walked = table.for_each(|key: Value, value: Value| {
            let plain_key = matches!(
                key,
                Value::String(_) | Value::Integer(_) | Value::Number(_) | Value::Boolean(_)
            );
            self.values += 1;
            self.bytes += memory::size_of(&key);
            let found = if self.values > MOST_VALUES {
                Err(format!(
                    "{} has more than {MOST_VALUES} values, those that two places share \
                     counted twice; keep what all users read in a module",
                    self.name
                ))
            } else if !plain_key {
                Err(format!(
                    "{path} has a key that is {}; use strings or numbers",
                    diagnostic::one(key.type_name())
                ))
            } else {
                self.plain(&value, path, &key)
            };
            found.map_err(|message| {
                fault = Some(message);
                mlua::Error::runtime("stop")
            })
        });
        self.above.pop();
        match (fault, walked) {
            (Some(message), _) => Err(message),
            (None, Err(why)) => Err(why.to_string()),
            (None, Ok(())) => Ok(()),
        }
    }

    fn plain(&mut self, value: &Value, path: &Path<'_>, key: &Value) -> Result<(), String> {
        match value {
            Value::Nil
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Number(_)
            | Value::String(_) => {
                self.bytes += memory::size_of(value);
                Ok(())
            }
            Value::LightUserData(pointer) if pointer.0.is_null() => {
                self.bytes += memory::size_of(value);
                Ok(())
            }
            Value::Table(inner) => self.table(inner, &Path::Step(path, key)),
            Value::UserData(_) if big_integer::digits(value).is_some() => {
                self.bytes += memory::size_of(value);
                Ok(())
            }
            other => Err(format!(
                "{} is {}; {} holds plain data only: strings, numbers, booleans, tables",
                Path::Step(path, key),
                diagnostic::one(other.type_name()),
                self.name
            )),
        }
    }
}

/// Where a value stands, written only in messages.
enum Path<'a> {
    /// The field of the user that is walked.
    Root(&'static str),
    /// What that has at this key.
    Step(&'a Path<'a>, &'a Value),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(name) => f.write_str(name),
            Self::Step(path, Value::String(name)) => write!(f, "{path}.{}", name.to_string_lossy()),
            Self::Step(path, other) => {
                write!(f, "{path}[{}]", other.to_string().unwrap_or_default())
            }
        }
    }
}

/// Copies a checked state into another VM. What two places share there are two copies here.
///
/// # Errors
/// When the other VM has no memory left.
pub fn copy(state: &Table, from: &Lua, to: &Lua) -> mlua::Result<Table> {
    let copied = to.create_table()?;
    let state = &read_only::real(state);
    if state.metatable().as_ref() == Some(&from.array_metatable()) {
        copied.set_metatable(Some(to.array_metatable()))?;
    }
    state.for_each(|key: Value, value: Value| {
        copied.raw_set(carry(key, from, to)?, carry(value, from, to)?)
    })?;
    Ok(copied)
}

fn carry(value: Value, from: &Lua, to: &Lua) -> mlua::Result<Value> {
    Ok(match value {
        Value::String(bytes) => Value::String(to.create_string(bytes.as_bytes())?),
        Value::Table(inner) => Value::Table(copy(&inner, from, to)?),
        Value::UserData(data) => match big_integer::digits(&Value::UserData(data.clone())) {
            Some(digits) => BigInteger::of(to, &digits)?,
            None => Value::UserData(data),
        },
        // Numbers, booleans and json.null are the same everywhere; nothing else passed the check.
        plain => plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(lua: &Lua, source: &str) -> (Option<usize>, Result<usize, String>) {
        let state: Table = lua.load(source).eval().unwrap();
        let mut walk = Walk::new("user.state");
        let slow = walk.table(&state, &Path::Root("user.state"));
        let quick = usual(&state, Some(&memory::SIZES));
        assert_eq!(usual(&state, None).is_some(), quick.is_some(), "{source}");
        (quick, slow.map(|()| walk.bytes))
    }

    #[test]
    fn plain_data_has_the_same_bytes_either_way() {
        let lua = Lua::new();
        let list = lua.create_table().unwrap();
        list.set_metatable(Some(lua.array_metatable())).unwrap();
        lua.globals().set("list", list).unwrap();
        lua.globals().set("null", Value::NULL).unwrap();
        for source in [
            "return { a = 1, b = 1.5, c = 'text', d = true, [1] = 'x', [2.5] = false, [true] = 1 }",
            "return { list = list, null = null, inner = { { {} } } }",
            "local shared = { 1, 2 } return { shared, shared }",
        ] {
            let (quick, slow) = measured(&lua, source);
            assert!(quick.is_some(), "{source}");
            assert_eq!(quick, slow.ok(), "{source}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_one_that_says_why() {
        let lua = Lua::new();
        for source in [
            "return { f = function() end }",
            "return { [{}] = 1 }",
            "return { inner = setmetatable({ 1 }, {}) }",
            "local a = { 1 } a.a = a return a",
            "local a = { 1 } for _ = 1, 40 do a = { a } end return a",
            "local a = { 1 } for _ = 1, 20 do a = { a, a } end return a",
        ] {
            let (quick, slow) = measured(&lua, source);
            assert_eq!(quick, None, "{source}");
            assert!(slow.is_err(), "{source}");
        }
    }
}
