//! `log`: words of a script, among those of the run. `log.info("made", { id = 7 })`.

use mlua::{Lua, Table, Value};

use super::json;
use crate::script::context;

/// The table `log`: debug, info, warn, error.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for level in ["debug", "info", "warn", "error"] {
        table.set(
            level,
            lua.create_function(move |_, (text, fields): (Value, Option<Value>)| {
                say(level, &text, fields.as_ref())
            })?,
        )?;
    }
    Ok(table)
}

fn say(level: &str, text: &Value, fields: Option<&Value>) -> mlua::Result<()> {
    let mut line = text.to_string()?;
    if let Some(fields) = fields {
        line.push(' ');
        line.push_str(&String::from_utf8_lossy(&json::to_bytes(fields)?));
    }
    let who = context::current().map_or_else(String::new, |context| {
        let user = &context.user;
        let kind = user.world.name(user.kind.get());
        match user.session.get() {
            // Nobody of the crowd: setup, teardown or clean-up.
            0 => format!("{kind}: "),
            _ => format!("{kind} #{}: ", user.number),
        }
    });
    match level {
        "debug" => tracing::debug!(target: "throng::script", "{who}{line}"),
        "info" => tracing::info!(target: "throng::script", "{who}{line}"),
        "warn" => tracing::warn!(target: "throng::script", "{who}{line}"),
        _ => tracing::error!(target: "throng::script", "{who}{line}"),
    }
    Ok(())
}
