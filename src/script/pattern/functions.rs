//! `find`, `match` and `gmatch` for Lua, and what the four functions share.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{
    BorrowedBytes, Error, FromLuaMulti, Function, Lua, LuaString, MultiValue, Result, Table, Value,
};

use super::matcher::{Capture, Match, Matcher};
use super::parse::{Pattern, is_plain};
use super::{PatternError, gsub};

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

/// `find`, `match`, `gmatch` and `gsub`, to be put over those in `string`.
///
/// # Errors
/// When the VM has no memory left.
pub fn table(lua: &Lua, watch: &Watch) -> Result<Table> {
    let functions = lua.create_table_with_capacity(0, 4)?;
    functions.raw_set("find", find(lua, watch.clone())?)?;
    functions.raw_set("match", r#match(lua, watch.clone())?)?;
    functions.raw_set("gmatch", gmatch(lua, watch.clone())?)?;
    functions.raw_set("gsub", gsub::function(lua, watch.clone())?)?;
    Ok(functions)
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

fn find(lua: &Lua, watch: Watch) -> Result<Function> {
    let answered = watch.clone();
    function(
        lua,
        &answered,
        move |lua, (text, pattern, init, plain): Four| {
            let call = Call::new(lua, "find", text, pattern)?;
            let Some(from) = call.start(lua, &init)? else {
                return nothing();
            };
            let plain = !matches!(plain, Value::Nil | Value::Boolean(false));
            if plain || is_plain(&call.pattern) {
                let place = memchr::memmem::find(&call.text[from..], &call.pattern);
                (watch.spent)((call.text.len() - from) as u64 / 16)?;
                let Some(place) = place else { return nothing() };
                let from = from + place;
                let to = Value::Integer((from + call.pattern.len()) as i64);
                return Ok([position(from), to].into_iter().collect());
            }
            let mut matcher = Matcher::new(Pattern::new(&call.pattern), &call.text);
            let Some(found) = call.search(&mut matcher, from, &watch)? else {
                return nothing();
            };
            let ends = [position(found.from), Value::Integer(found.to as i64)];
            let mut values: MultiValue = ends.into_iter().collect();
            if matcher.count() > 0 {
                values.extend(call.captures(lua, &matcher, found)?);
            }
            Ok(values)
        },
    )
}

fn r#match(lua: &Lua, watch: Watch) -> Result<Function> {
    let answered = watch.clone();
    function(lua, &answered, move |lua, (text, pattern, init): Three| {
        let call = Call::new(lua, "match", text, pattern)?;
        let Some(from) = call.start(lua, &init)? else {
            return nothing();
        };
        let mut matcher = Matcher::new(Pattern::new(&call.pattern), &call.text);
        match call.search(&mut matcher, from, &watch)? {
            Some(found) => call.captures(lua, &matcher, found),
            None => nothing(),
        }
    })
}

fn gmatch(lua: &Lua, watch: Watch) -> Result<Function> {
    let answered = watch.clone();
    function(lua, &answered, move |lua, (text, pattern, init): Three| {
        let call = Call::new(lua, "gmatch", text, pattern)?;
        let from = call.start(lua, &init)?;
        let matcher = Matcher::new(Pattern::unanchored(&call.pattern), &call.text);
        let state = RefCell::new((from, matcher, None));
        let steps = watch.clone();
        let next = function(lua, &watch, move |lua, _: MultiValue| {
            let (from, matcher, last) = &mut *state.borrow_mut();
            // An empty match right behind the one before does not count.
            while let Some(start) = *from {
                let found = call.search(matcher, start, &steps)?;
                let again = found.filter(|found| Some(found.to) == *last);
                match (found, again) {
                    (None, _) => *from = None,
                    (_, Some(again)) => {
                        *from = Some(again.from + 1).filter(|next| *next <= call.text.len());
                    }
                    (Some(found), None) => {
                        *from = Some(found.to);
                        *last = *from;
                        return call.captures(lua, matcher, found);
                    }
                }
            }
            // As C has it: no value, where the others give nil.
            Ok(MultiValue::new())
        })?;
        Ok([Value::Function(next)].into_iter().collect())
    })
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
    fn start(&self, lua: &Lua, init: &Value) -> Result<Option<usize>> {
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

fn nothing() -> Result<MultiValue> {
    Ok([Value::Nil].into_iter().collect())
}

/// A place from 0 as Lua counts.
fn position(at: usize) -> Value {
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
