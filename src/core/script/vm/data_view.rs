//! Plain data of the host as scripts see it: read-only, with the path to what a script tried to change.

use mlua::{Lua, Result, Table, Value};

use super::natives;
use super::read_only::{over, real};

/// Tables that are looked at for the path to one, when a script wrote to it.
const MOST_LOOKED_AT: usize = 10_000;

/// A view of plain data that nobody else holds, by the name under which scripts find it.
///
/// # Errors
/// When Lua has no memory left.
pub fn of(lua: &Lua, value: Value, name: &'static str) -> Result<Value> {
    let Value::Table(table) = value else {
        return Ok(value);
    };
    let meta = lua.create_table()?;
    natives::show(lua, &meta)?;
    meta.raw_set("__metatable", name)?;
    let root = wrap(lua, table, &meta)?;
    // The metatable holds its function and the function the root: all are Lua's, and its collector knows circles.
    let holder = lua.create_table()?;
    holder.raw_set(1, &root)?;
    let refuse = lua.create_function(
        move |_, (holder, view, key): (Table, Table, Value)| -> Result<()> {
            let root: Table = holder.raw_get(1)?;
            let mut looked_at = 0;
            let place = path(&root, &view, name.to_owned(), &mut looked_at);
            let place = step(place.as_deref().unwrap_or(name), &key)?;
            Err(mlua::Error::runtime(format!(
                "{place}: {name} is read-only"
            )))
        },
    )?;
    let bound = lua
        .load("local refuse, holder = ... return function(view, key) refuse(holder, view, key) end")
        .set_name("=view")
        .call::<mlua::Function>((refuse, holder))?;
    meta.raw_set("__newindex", bound)?;
    Ok(Value::Table(root))
}

fn wrap(lua: &Lua, table: Table, meta: &Table) -> Result<Table> {
    // A field that is there may be set while the table is walked.
    for pair in table.pairs::<Value, Value>() {
        if let (key, Value::Table(inner)) = pair? {
            table.raw_set(key, wrap(lua, inner, meta)?)?;
        }
    }
    let view = over(lua, table)?;
    view.set_metatable(Some(meta.clone()))?;
    Ok(view)
}

/// The way from a view down to another one.
fn path(from: &Table, to: &Table, so_far: String, looked_at: &mut usize) -> Option<String> {
    *looked_at += 1;
    if from == to {
        return Some(so_far);
    }
    let mut found = None;
    let walked = real(from).for_each(|key: Value, value: Value| {
        if let Value::Table(table) = value
            && found.is_none()
            && *looked_at < MOST_LOOKED_AT
        {
            found = path(&table, to, step(&so_far, &key)?, looked_at);
        }
        Ok(())
    });
    walked.ok().and(found)
}

fn step(path: &str, key: &Value) -> Result<String> {
    Ok(match key {
        Value::String(name) => format!("{path}.{}", name.to_string_lossy()),
        other => format!("{path}[{}]", other.to_string()?),
    })
}
