//! `gsub`: each match replaced by a text, a field of a table or what a function says.

use mlua::{Error, Function, Lua, MultiValue, Result, Table, Value};

use super::call::{self, Call, Four, Watch, bad, lua_type, optional_integer, string};
use super::matcher::{Capture, Match, Matcher};
use super::parse::Pattern;
use super::{MAX_RESULT, PatternError};

/// `gsub(text, pattern, replacement [, most])`.
pub(super) fn function(lua: &Lua, watch: Watch) -> Result<Function> {
    let catch = Catch {
        pcall: lua.globals().get("pcall")?,
        index: lua
            .load("local table, key = ... return table[key]")
            .set_name("=gsub")
            .into_function()?,
        watch: watch.clone(),
    };
    call::function(
        lua,
        &watch.clone(),
        move |lua, (text, pattern, replacement, most): Four| {
            let call = Call::new(lua, "gsub", text, pattern)?;
            let replacement = Replacement::new(lua, replacement)?;
            let most = optional_integer(lua, "gsub", 4, &most)?.unwrap_or(i64::MAX);
            let mut matcher = Matcher::new(Pattern::new(&call.pattern), &call.text);
            let mut result = Vec::new();
            let (mut count, mut at, mut last) = (0, 0, None);
            // What is passed over is copied in one go, up to the next match.
            let mut copied = 0;
            while count < most {
                let Some(found) = call.search(&mut matcher, at, &watch)? else {
                    break;
                };
                if last == Some(found.to) {
                    // An empty match right behind the one before does not count.
                    at = found.from + 1;
                } else {
                    count += 1;
                    result.extend_from_slice(&call.text[copied..found.from]);
                    replacement.add(lua, &call, &matcher, found, &catch, &mut result)?;
                    (at, copied, last) = (found.to, found.to, Some(found.to));
                }
                if at > call.text.len() || matcher.anchored() {
                    break;
                }
            }
            result.extend_from_slice(&call.text[copied..]);
            let result = Value::String(lua.create_string(result)?);
            Ok([result, Value::Integer(count)].into_iter().collect())
        },
    )
}

enum Replacement {
    Text(mlua::LuaString),
    Table(Table),
    Function(Function),
}

impl Replacement {
    fn new(lua: &Lua, value: Value) -> Result<Self> {
        match value {
            Value::Table(table) => Ok(Replacement::Table(table)),
            Value::Function(function) => Ok(Replacement::Function(function)),
            Value::String(_) | Value::Integer(_) | Value::Number(_) => {
                string(lua, "gsub", 3, value).map(Replacement::Text)
            }
            other => {
                let words = format!("string/function/table expected, got {}", lua_type(&other));
                Err(bad("gsub", 3, &words))
            }
        }
    }

    /// Adds what replaces the match.
    fn add(
        &self,
        lua: &Lua,
        call: &Call,
        matcher: &Matcher,
        found: Match,
        catch: &Catch,
        result: &mut Vec<u8>,
    ) -> Result<()> {
        let value: Value = match self {
            Replacement::Text(text) => {
                fill(&text.as_bytes(), &call.text, matcher, found, result)
                    .map_err(|fault| call.fault(fault))?;
                Value::Nil
            }
            Replacement::Table(table) => {
                let key = matcher
                    .capture(found, 0)
                    .map_err(|fault| call.fault(fault))?;
                let key = call.value(lua, key)?;
                if table.metatable().is_some() {
                    let table = Value::Table(table.clone());
                    catch.call(&catch.index, [table, key].into_iter().collect())?
                } else {
                    table.raw_get(key)?
                }
            }
            Replacement::Function(function) => {
                let captures = call.captures(lua, matcher, found)?;
                catch.call(function, captures)?
            }
        };
        match value {
            Value::Nil if matches!(self, Replacement::Text(_)) => {}
            Value::Nil | Value::Boolean(false) => {
                result.extend_from_slice(&call.text[found.from..found.to]);
            }
            Value::String(string) => result.extend_from_slice(&string.as_bytes()),
            Value::Integer(_) | Value::Number(_) => {
                result.extend_from_slice(&string(lua, "gsub", 3, value)?.as_bytes());
            }
            other => {
                let kind = lua_type(&other);
                return Err(Error::runtime(format!(
                    "invalid replacement value (a {kind})"
                )));
            }
        }
        if result.len() > MAX_RESULT {
            return Err(call.fault(PatternError::Result));
        }
        Ok(())
    }
}

/// Calls the script's code, and keeps what it raises as it is: mlua would make words of a table.
struct Catch {
    /// Lua's own.
    pcall: Function,
    /// Reads a field as a script does.
    index: Function,
    watch: Watch,
}

impl Catch {
    /// The first result.
    fn call(&self, function: &Function, arguments: MultiValue) -> Result<Value> {
        let mut arguments = Some(arguments);
        let mut results = (self.watch.inside)(&mut || {
            let mut all = arguments.take().unwrap_or_default();
            all.push_front(Value::Function(function.clone()));
            self.pcall.call(all)
        })?;
        let good = results.pop_front();
        let value = results.pop_front().unwrap_or(Value::Nil);
        if good == Some(Value::Boolean(true)) {
            Ok(value)
        } else {
            Err((self.watch.raise)(value))
        }
    }
}

/// Adds a replacement text, in which `%1` is a capture, `%0` the match and `%%` a `%`.
fn fill(
    replacement: &[u8],
    text: &[u8],
    matcher: &Matcher,
    found: Match,
    result: &mut Vec<u8>,
) -> std::result::Result<(), PatternError> {
    let mut rest = replacement;
    while let Some(escape) = memchr::memchr(b'%', rest) {
        result.extend_from_slice(&rest[..escape]);
        match rest.get(escape + 1) {
            Some(b'%') => result.push(b'%'),
            Some(b'0') => result.extend_from_slice(&text[found.from..found.to]),
            Some(digit @ b'1'..=b'9') => match matcher.capture(found, usize::from(digit - b'1'))? {
                Capture::Span(from, to) => result.extend_from_slice(&text[from..to]),
                Capture::Place(at) => result.extend_from_slice((at + 1).to_string().as_bytes()),
            },
            _ => return Err(PatternError::ReplacementEscape),
        }
        if result.len() > MAX_RESULT {
            return Err(PatternError::Result);
        }
        rest = &rest[escape + 2..];
    }
    result.extend_from_slice(rest);
    Ok(())
}
