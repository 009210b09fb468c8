//! Parts that the four functions share: the text and the pattern of a call, and how Lua words its errors.

use std::rc::Rc;

use mlua::{
    BorrowedBytes, Error, FromLuaMulti, Function, Lua, LuaString, MultiValue, Result, Value,
};

use super::PatternError;
use super::matcher::{Capture, Match, Matcher};

/// What the host wants to know of the functions.
#[derive(Clone)]
pub struct Watch {
    /// Calls a function or a metamethod of the script for `gsub`: waiting is not possible in there.
    pub inside: Rc<Inside>,
    /// The steps of each call, of the order of a nanosecond or two: the instruction hook does not see them. An error ends
    /// the call with it.
    pub spent: Rc<dyn Fn(u64) -> Result<()>>,
    /// What a function or a metamethod of the script raised inside `gsub`, as the error that ends the call.
    pub raise: Rc<dyn Fn(Value) -> Error>,
    /// What a call gives to the script.
    pub answer: Rc<Answer>,
}

/// Calls what it is given.
pub type Inside = dyn Fn(&mut dyn FnMut() -> Result<MultiValue>) -> Result<MultiValue>;
/// The results of a call, or its error, as results for Lua.
pub type Answer = dyn Fn(&Lua, Result<MultiValue>) -> Result<MultiValue>;

impl Watch {
    /// For a VM without a budget.
    pub fn idle() -> Self {
        Watch {
            inside: Rc::new(|call| call()),
            spent: Rc::new(|_| Ok(())),
            raise: Rc::new(|value| match value {
                Value::Error(error) => *error,
                value => Error::runtime(value.to_string().unwrap_or_default()),
            }),
            answer: Rc::new(|_, answer| answer),
        }
    }
}

/// A function whose results and errors go through [`Watch::answer`].
pub(super) fn function<A: FromLuaMulti>(
    lua: &Lua,
    watch: &Watch,
    call: impl Fn(&Lua, A) -> Result<MultiValue> + 'static,
) -> Result<Function> {
    let answer = Rc::clone(&watch.answer);
    lua.create_function(move |lua, arguments: A| answer(lua, call(lua, arguments)))
}

pub(super) type Three = (Value, Value, Value);
pub(super) type Four = (Value, Value, Value, Value);

/// The text and the pattern of a call.
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) text: BorrowedBytes,
    pub(super) pattern: BorrowedBytes,
}

impl Call {
    pub(super) fn new(lua: &Lua, name: &'static str, text: Value, pattern: Value) -> Result<Self> {
        let text = string(lua, name, 1, text)?.as_bytes();
        let pattern = string(lua, name, 2, pattern)?.as_bytes();
        Ok(Call {
            name,
            text,
            pattern,
        })
    }

    /// Where the search begins, from 0; nothing behind the end of the text.
    pub(super) fn start(&self, lua: &Lua, init: &Value) -> Result<Option<usize>> {
        let length = self.text.len();
        let from = match optional_integer(lua, self.name, 3, init)? {
            None | Some(0) => 0,
            Some(init) if init > 0 => usize::try_from(init - 1).unwrap_or(usize::MAX),
            Some(init) => {
                length.saturating_sub(usize::try_from(init.unsigned_abs()).unwrap_or(usize::MAX))
            }
        };
        Ok((from <= length).then_some(from))
    }

    pub(super) fn search(
        &self,
        matcher: &mut Matcher,
        from: usize,
        watch: &Watch,
    ) -> Result<Option<Match>> {
        let before = matcher.steps();
        let found = matcher.search(&self.text, from);
        (watch.spent)(matcher.steps() - before)?;
        found.map_err(|fault| self.fault(fault))
    }

    /// A fault as Lua says it; of ours, with the function and the pattern.
    pub(super) fn fault(&self, fault: PatternError) -> Error {
        match fault {
            PatternError::Steps(_) | PatternError::Result => {
                let pattern = String::from_utf8_lossy(&self.pattern);
                let short: String = pattern.chars().take(60).collect();
                let more = if short.len() < pattern.len() {
                    "..."
                } else {
                    ""
                };
                let length = self.text.len();
                let name = self.name;
                Error::runtime(format!(
                    "string.{name}: {fault} on {length} bytes: '{short}{more}'"
                ))
            }
            fault => Error::runtime(fault.to_string()),
        }
    }

    pub(super) fn captures(
        &self,
        lua: &Lua,
        matcher: &Matcher,
        found: Match,
    ) -> Result<MultiValue> {
        let captures = matcher.captures(found).map_err(|fault| self.fault(fault))?;
        captures
            .into_iter()
            .map(|capture| self.value(lua, capture))
            .collect()
    }

    pub(super) fn value(&self, lua: &Lua, capture: Capture) -> Result<Value> {
        Ok(match capture {
            Capture::Span(from, to) => Value::String(lua.create_string(&self.text[from..to])?),
            Capture::Place(at) => position(at),
        })
    }
}

pub(super) fn nothing() -> Result<MultiValue> {
    Ok([Value::Nil].into_iter().collect())
}

/// A place from 0 as Lua counts.
pub(super) fn position(at: usize) -> Value {
    Value::Integer(at as i64 + 1)
}

pub(super) fn string(lua: &Lua, name: &str, place: usize, value: Value) -> Result<LuaString> {
    match value {
        Value::String(string) => Ok(string),
        Value::Integer(_) | Value::Number(_) => {
            let string = lua.coerce_string(value)?;
            string.ok_or_else(|| bad(name, place, "string expected"))
        }
        other => Err(bad(
            name,
            place,
            &format!("string expected, got {}", lua_type(&other)),
        )),
    }
}

pub(super) fn optional_integer(
    lua: &Lua,
    name: &str,
    place: usize,
    value: &Value,
) -> Result<Option<i64>> {
    if value.is_nil() {
        return Ok(None);
    }
    if let Some(integer) = lua.coerce_integer(value.clone())? {
        return Ok(Some(integer));
    }
    Err(match value {
        Value::Number(_) => bad(name, place, "number has no integer representation"),
        other => bad(
            name,
            place,
            &format!("number expected, got {}", lua_type(other)),
        ),
    })
}

pub(super) fn bad(name: &str, place: usize, words: &str) -> Error {
    Error::runtime(format!("bad argument #{place} to '{name}' ({words})"))
}

/// The name that Lua's `type` gives.
pub(super) fn lua_type(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) | Value::Number(_) => "number",
        Value::LightUserData(_) => "userdata",
        other => other.type_name(),
    }
}
