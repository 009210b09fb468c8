//! A door for `tests/fuzz`: what reads text that comes from outside, and what copies Lua values. No part of the API; it
//! may change with the room behind it.

use std::collections::BTreeSet;

use mlua::{Lua, LuaString, Table};

use super::diagnostic::Diagnostic;
use super::session::state;
use super::source::bundle::Source;
use super::source::{require_graph, settings_file};
use crate::plan::Change;
use crate::plan::file::Baseline;

/// The modules that a source names, and whether it may need every module.
pub fn modules(source: &[u8]) -> (BTreeSet<String>, bool) {
    require_graph::named(source)
}

/// What a `throng.toml` says to a crowd of these types.
///
/// # Errors
/// Every fault with its line and column.
pub fn settings(text: &[u8], types: &[&str]) -> Result<Change, Vec<Diagnostic>> {
    let source = Source {
        path: "throng.toml".to_owned(),
        text: text.into(),
    };
    settings_file::read_source(&source, types, &Baseline::default())
}

/// Whether the state of a `user` table is plain data.
///
/// # Errors
/// The words for the first value that is not.
pub fn check_state(user: &Table, key: &LuaString) -> Result<(), String> {
    state::check(user, key)
}

/// Copies a checked state into another VM.
///
/// # Errors
/// When the other VM has no memory left.
pub fn copy_state(state: &Table, from: &Lua, to: &Lua) -> mlua::Result<Table> {
    state::copy(state, from, to)
}
