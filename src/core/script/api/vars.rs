//! `vars`: what was given with `-e KEY=VALUE`; texts, read-only.

use std::collections::BTreeMap;
use std::sync::Arc;

use mlua::{Lua, Value};

use crate::script::vm::data_view;

/// The table `vars`; a key that was not given is nil.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua, vars: &Arc<BTreeMap<String, String>>) -> mlua::Result<Value> {
    let values = lua.create_table()?;
    for (key, value) in vars.iter() {
        values.raw_set(key.as_str(), value.as_str())?;
    }
    data_view::of(lua, Value::Table(values), "vars")
}
