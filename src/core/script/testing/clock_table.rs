//! `clock`: the virtual time of a test.

use std::time::Duration;

use mlua::{Lua, Table, Value};
use tokio::time::Instant;

use crate::plan::span::{parse_span, span_of_seconds};
use crate::script::api::argument;
use crate::script::api::signature::Registration;
use crate::script::api::test_api::{ADVANCE, CLOCK_TABLE, NOW};

/// The table `clock`: `now()`, seconds since the file was loaded, and `advance(time)`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = Registration::new(lua, &CLOCK_TABLE)?;
    let began = Instant::now();
    table.function(&NOW, move |_, ()| Ok(began.elapsed().as_secs_f64()))?;
    table.waiting(&ADVANCE, |_, span: Value| async move {
        tokio::time::sleep(span_of(&span)?).await;
        Ok(())
    })?;
    table.finish()
}

fn span_of(value: &Value) -> mlua::Result<Duration> {
    let span = match value {
        Value::Integer(seconds) => span_of_seconds(*seconds as f64),
        Value::Number(seconds) => span_of_seconds(*seconds),
        Value::String(text) => parse_span(&text.to_string_lossy()),
        _ => None,
    };
    span.ok_or_else(|| {
        argument::wrong(
            "clock.advance",
            "the time",
            value,
            "seconds, or text such as \"5m\",",
        )
    })
}
