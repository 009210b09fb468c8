//! Static checks of scripts: what only runs would show.
//!
//! In: the sources of a bundle, after Lua accepted them. Out: findings with file, line, column and rule.
//! Never knows what a script does when it runs; what cannot be decided from the text is no finding.

mod arguments;
mod bundle;
mod chain;
mod contract;
mod finding;
mod globals;
mod kinds;
mod lua_names;
mod mocks;
mod requests;
mod scope;
mod sending;
mod syntax;
mod table_places;
mod tables;
mod value;
mod walk;

pub use bundle::{Linted, beside, everything, own, placed};
pub use finding::{Finding, Rule, Severity};
pub use lua_names::{FUNCTIONS as LUA_FUNCTIONS, TABLES as LUA_TABLES};
