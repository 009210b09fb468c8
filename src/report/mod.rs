//! A snapshot in words.
//!
//! Comes in: a [`Snapshot`](crate::metrics::Snapshot).
//! Goes out: the live display and plain lines ([`text::progress`]), the full-screen view ([`tui`]), the summary at the end
//! ([`summary`]), the same as JSON ([`json`]), and Prometheus text ([`exposition`]).
//! Must never know: the engine, scripts, or where a run's facts came from.

pub mod generator;
pub mod json;
mod paint;
mod plain;
pub mod prometheus;
pub mod protection;
pub mod text;
pub mod tui;

pub use paint::{Ink, Paint};
