//! The tables of the Lua API that need no engine: by value, in a real Lua 5.4 VM.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod crypto;
mod data;
mod described;
mod draw;
mod json;
mod jwt;
mod pattern;
mod random;
mod time;

/// The words of the error that a chunk raises, without the traceback.
fn raised(lua: &mlua::Lua, chunk: &str) -> String {
    let (ok, words): (bool, mlua::Value) = lua
        .load(format!("return pcall(function() {chunk} end)"))
        .eval()
        .unwrap();
    assert!(!ok, "{chunk}: nothing was raised");
    words_of(&words)
}

fn words_of(error: &mlua::Value) -> String {
    let words = match error {
        mlua::Value::Error(error) => innermost(error).to_string(),
        other => other.to_string().unwrap(),
    };
    words
        .strip_prefix("runtime error: ")
        .unwrap_or(&words)
        .to_owned()
}

fn innermost(error: &mlua::Error) -> &mlua::Error {
    match error {
        mlua::Error::CallbackError { cause, .. } => innermost(cause),
        other => other,
    }
}
