//! `vars`: what was given with `-e KEY=VALUE`; texts, read-only.

use std::collections::BTreeMap;
use std::sync::Arc;

use mlua::{Lua, Table};

/// The table `vars`; a key that was not given is nil.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua, vars: &Arc<BTreeMap<String, String>>) -> mlua::Result<Table> {
    let values = lua.create_table()?;
    for (key, value) in vars.iter() {
        values.raw_set(key.as_str(), value.as_str())?;
    }
    read_only(lua, values, "vars")
}

/// A view of a table that refuses to be written to.
///
/// # Errors
/// When Lua has no memory left.
pub fn read_only(lua: &Lua, values: Table, name: &'static str) -> mlua::Result<Table> {
    let meta = lua.create_table()?;
    meta.raw_set("__pairs", {
        let values = values.clone();
        let next: mlua::Function = lua.globals().get("next")?;
        lua.create_function(move |_, _: Table| Ok((next.clone(), values.clone())))?
    })?;
    meta.raw_set("__len", {
        let values = values.clone();
        lua.create_function(move |_, _: Table| Ok(values.raw_len()))?
    })?;
    meta.raw_set("__index", values)?;
    meta.raw_set(
        "__newindex",
        lua.create_function(move |_, (_, key): (Table, String)| -> mlua::Result<()> {
            Err(mlua::Error::runtime(format!(
                "{name}.{key}: {name} is read-only"
            )))
        })?,
    )?;
    meta.raw_set("__metatable", name)?;
    let view = lua.create_table()?;
    view.set_metatable(Some(meta))?;
    Ok(view)
}
