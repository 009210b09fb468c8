//! What is kept of a run, as plain data.
//!
//! In: facts and counts. Out: a run's [`Record`], and [`Block`]s of time with the [`Figures`] of each [`Label`]. It must
//! never know where they are kept.

mod block;
mod cost;
mod figures;
mod label;
mod record;
mod recorded_run;
mod times;

pub use block::Block;
pub use cost::Cost;
pub use figures::Figures;
pub use label::{Kind, Label};
pub use record::{Ending, Headline, Record, Start, State};
pub use recorded_run::RecordedRun;
pub use times::Times;

/// The document of a run's summary as JSON.
pub const SUMMARY_JSON: &str = "summary.json";
/// The document of its page, whole in one HTML file.
pub const PAGE: &str = "page.html";
/// The document of its summary as text, without colours, in lines as long as they need to be.
pub const SUMMARY_TEXT: &str = "summary.txt";
/// The same where tables that are wider than a terminal are parted.
pub const NARROW_SUMMARY_TEXT: &str = "summary-narrow.txt";
