//! An import as files: readable Lua, one script for each type, and a plan.
//!
//! In: an [`Import`]. Out: files, formatted as StyLua does; texts are written by [`literal`], names are
//! [`Name`](super::Name)s, so that nothing of an import becomes code. Must never know where the import came from.

mod auth;
mod functions;
mod layout;
pub mod literal;
mod pauses;
mod plan;
mod requests;
mod script;
mod syntax;
mod values;

use super::Import;
use crate::project::File;

/// The scripts of the import, each named after its type.
pub fn scripts(import: &Import) -> Vec<File> {
    let of_type = |behaviour| File {
        path: format!("{}.lua", behaviour_name(behaviour)).into(),
        text: script::text(behaviour),
    };
    import.behaviours.iter().map(of_type).collect()
}

fn behaviour_name(behaviour: &super::Behaviour) -> &str {
    behaviour.name.as_str()
}

/// The plan file of the import: its target, its users, its day. None where the import says nothing of a run.
///
/// `curve` is the name of the curve's file beside it.
pub fn plan(import: &Import, curve: &str) -> Option<String> {
    plan::text(import, curve)
}

/// The file of the curve that the plan names, beside it.
pub fn curve(import: &Import) -> Option<String> {
    plan::curve(&import.plan)
}
