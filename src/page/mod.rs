//! The live page: its files, and the data of a run that it shows.
//!
//! In: views and the history of a run; the path of a file. Out: JSON, the same for the feed, the control API and reports; the
//! file's bytes; the page in one file with the data of a run in it.
//! Must never know: sockets, files, the engine, who reads it.

pub mod data;
mod files;
pub mod frozen;

pub use files::{ASSETS, Asset, asset};
