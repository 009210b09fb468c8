//! The reference of the Lua API, made of the descriptions beside the functions.
//!
//! In: descriptions, a name. Out: types for editors (LuaCATS), Markdown pages, text for a terminal.
//! Never knows files, terminals, or what a function does.

mod about;
mod catalogue;
mod kinds;
mod lookup;
mod luacats;
mod markdown;
mod terminal;
mod wrap;

pub use catalogue::{functions, globals, is_of_tests, namespaces, objects, options};
pub use kinds::type_names;
pub use lookup::{Entry, NotFound, find, names};
pub use luacats::{META_MARK, types};
pub use markdown::pages;
pub use terminal::{describe, list};
