//! Text for people.
//!
//! In: the view of a run, and how wide and how colourful the text may be. Out: the lines of the progress display, and the
//! summary. It must never know where they are written.

pub mod bar;
pub(super) mod generator;
pub mod history;
pub(super) mod outputs;
mod paint;
pub(super) mod plain;
pub mod progress;
pub(super) mod protection;
pub mod session;
pub mod status;
pub mod summary;
pub mod table;
pub mod thresholds;

pub use paint::{Ink, Paint};
