//! TODO: what comes in, what goes out, what it must never know.

pub mod bundle;
pub mod data_files;
pub mod fingerprint;
pub(crate) mod graph;
pub mod lexer;
pub(crate) mod settings_file;
pub(crate) mod source_tree;
