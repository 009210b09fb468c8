//! The live page: its files, and what it is told of a run.
//!
//! In: views and the history of a run; the path of a file. Out: JSON, the same for the feed, the control API and reports; the
//! file's bytes.
//! Must never know: sockets, files, the engine, who reads it.

pub mod data;
mod files;

pub use files::{ASSETS, Asset, asset};
