//! A request of a user, as a test reads it.

use mlua::{Lua, Table, Value};

use super::answers::Asked;
use crate::script::api::json;

/// One of `user.requests`; `json` is nil where a body is no JSON.
///
/// # Errors
/// When Lua has no memory left.
pub(super) fn request_table(lua: &Lua, asked: &Asked) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    table.raw_set("method", asked.method.as_str())?;
    table.raw_set("path", asked.path.as_str())?;
    table.raw_set("query", asked.query.as_deref())?;
    table.raw_set("url", asked.url.as_str())?;
    table.raw_set("body", lua.create_string(&asked.body)?)?;
    table.raw_set("json", json::decode(lua, &asked.body).unwrap_or(Value::Nil))?;
    table.raw_set("status", asked.status)?;
    table.raw_set("error", asked.error)?;
    table.raw_set("seconds", asked.took.as_secs_f64())?;
    let answer = lua.create_table()?;
    answer.raw_set("body", lua.create_string(&asked.answer)?)?;
    answer.raw_set(
        "json",
        json::decode(lua, &asked.answer).unwrap_or(Value::Nil),
    )?;
    table.raw_set("answer", answer)?;
    Ok(table)
}
