//! The files of the script folders, for the editor of the page.
//!
//! In: a path below one of the folders, and a new text. Out: files, and what became of a save.
//! Must never know: what a script means: the run reads it.

mod folders;
mod handlers;

pub use folders::{File, ScriptFolders, TEXT_LIMIT};
pub use handlers::{Files, Script};
pub(super) use handlers::{Scripts, list, read, save};
