//! A source as a function of a VM.

use mlua::chunk::ChunkMode;
use mlua::{Function, Lua};

use crate::script::source::file::Source;
use crate::script::source::lua_text::code;

/// Compiles a source: text only, bytecode could break the VM.
///
/// # Errors
/// A syntax error with its line.
pub fn chunk(lua: &Lua, source: &Source) -> mlua::Result<Function> {
    lua.load(code(&source.text))
        .set_name(format!("@{}", source.path))
        .set_mode(ChunkMode::Text)
        .into_function()
}
