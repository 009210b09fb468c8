//! Tables of the host as scripts see them: read-only, down to the last table.
//!
//! What a script writes into a table of the host, every user of its VM would have. So it gets a view, an empty table with the
//! real one under a key that no script has: reading goes through, writing is refused. Lua's `pairs`, `ipairs`, `#`, `next` and
//! the functions of `table` work on it; functions of the host that look at a table itself ask [`real`] first.

use std::ffi::c_void;

use mlua::{LightUserData, Lua, Result, Table, Value};

static KEY: u8 = 0;
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
