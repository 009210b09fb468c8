//! `throng api`, `throng init` and `throng new`: what an author of scripts needs before a run.
//!
//! In: the resolved line. Out: text on stdout, files that were not there. Must never know: what the files say.

mod api;
mod init;
mod write;

pub use api::api;
pub use init::{init, new};
