//! `throng api`, `throng init` and `throng new`: what an author of scripts needs before a run.
//!
//! In: the resolved line, and the file or URL of an import. Out: text on stdout, files that were not there. Must never know:
//! what the files say.

mod api;
mod import;
mod init;
mod write;

pub use api::api;
pub use import::{open_log, refused};
pub use init::{init, new};
