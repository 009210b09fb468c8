//! One file of a script folder, and where such folders are.

use std::path::PathBuf;
use std::sync::Arc;

/// Where scripts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of the user's.
    Folder(PathBuf),
    /// Those built into the program.
    Stock,
}

/// One Lua file, or `throng.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As messages name it: `scripts/active.lua`.
    pub path: String,
    /// Its text.
    pub text: Arc<[u8]>,
}
