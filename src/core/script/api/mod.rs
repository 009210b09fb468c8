//! The API of scripts: one file for each Lua table, conversions only, each function with its description.
//! In: a fresh VM, and the user at work. Out: tables and functions, and their descriptions as data.
//! Never knows how a script is loaded, and never sends, counts or limits by itself.

pub mod argument;
pub mod auth;
pub mod big_integer;
mod catalogue;
pub mod crowd;
pub mod crypto;
pub mod current_user;
pub mod data;
pub mod element;
pub mod http;
pub mod journey;
pub mod json;
pub mod log;
pub mod metrics;
mod module_declarations;
pub mod parallel;
pub mod random;
pub mod require;
pub mod signature;
pub mod test_api;
pub mod think;
pub mod time;
pub mod vars;

pub use argument::words;
pub use catalogue::{GLOBALS, NAMESPACES, OBJECTS, OPTIONS};
pub use module_declarations::ModuleDeclarations;
