//! `find`, `match` and `gmatch` for Lua.

use std::cell::RefCell;

use mlua::{Function, Lua, MultiValue, Result, Table, Value};

use super::call::{Call, Four, Three, Watch, function, nothing, position};
use super::gsub;
use super::matcher::Matcher;
use super::parse::{Pattern, is_plain};

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
