//! `crowd`: what `setup` of `_crowd.lua` returned, read-only.

use mlua::{Lua, Value};
use serde_json::Value as Json;

use super::json;
use crate::script::vm::data_view;

/// The value `crowd`; nil without a result of `setup`.
///
/// # Errors
/// When Lua has no memory left.
pub fn value(lua: &Lua, crowd: Option<&Json>) -> mlua::Result<Value> {
    let Some(crowd) = crowd else {
        return Ok(Value::Nil);
    };
    let text = serde_json::to_vec(crowd).map_err(mlua::Error::external)?;
    data_view::of(lua, json::to_lua(lua, &text)?, "crowd")
}
