//! The files of scripts: read once, the same on every shard.
//! In: folders. Out: a bundle of sources, modules, settings and data files, and a fingerprint of each type.
//! Never knows Lua's VM, users, or when something changed.

pub mod bundle;
pub mod data_files;
pub mod file;
pub mod fingerprint;
pub mod function_name;
pub mod lexer;
pub mod lua_text;
pub(crate) mod require_graph;
pub(crate) mod settings_file;
pub(crate) mod source_tree;
pub mod watch_roots;
