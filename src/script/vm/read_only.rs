//! Tables of the host as scripts see them: read-only, down to the last table.
//!
//! What a script writes into a table of the host, every user of its VM would have. So it gets a view, an empty table with the
//! real one under a key that no script has: reading goes through, writing is refused. Lua's `pairs`, `ipairs`, `#`, `next` and
//! the functions of `table` work on it; functions of the host that look at a table itself ask [`real`] first.

use std::ffi::c_void;

use mlua::{LightUserData, Lua, Result, Table, Value};

use super::natives;

static KEY: u8 = 0;
/// Tables that are looked at for the path to one, when a script wrote to it.
const MOST_LOOKED_AT: usize = 10_000;

/// The key of the real table in its view; its address is what counts.
pub fn key() -> *mut c_void {
    std::ptr::from_ref(&KEY).cast_mut().cast()
}

fn key_value() -> Value {
    Value::LightUserData(LightUserData(key()))
}

/// The table behind a view; none where the table is no view. Tables in it are views themselves: they may be given to scripts.
pub fn behind(table: &Table) -> Option<Table> {
    // Most tables have no metatable, and a view has one.
    table.metatable()?;
    table.raw_get(key_value()).ok().flatten()
}

/// The table behind a view, any other table as it is.
pub fn real(table: &Table) -> Table {
    behind(table).unwrap_or_else(|| table.clone())
}

/// A view without a metatable.
///
/// # Errors
/// When Lua has no memory left.
pub fn over(lua: &Lua, real: Table) -> Result<Table> {
    let view = lua.create_table_with_capacity(0, 1)?;
    view.raw_set(key_value(), real)?;
    Ok(view)
}

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
