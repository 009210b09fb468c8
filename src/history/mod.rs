//! The history: what is kept of each run, and how two runs compare.
//!
//! In: snapshots of a run as it goes, facts of its beginning and its end as masked texts. Out: a list of runs, one run with
//! its blocks of time, a [`compare::Comparison`] of two.
//! Must never know: the engine, views, terminals.
//!
//! In reading order: a [`Record`] is what is known of a run, a [`Block`] what it counted in some seconds; the recorder makes
//! blocks of snapshots, of which a [`Timeline`] keeps a bounded number; a [`Writer`] does that on a thread of its own, and
//! writes into the [`Store`]. [`find`] turns what a person types into a run, and [`file`] takes one to another machine.

pub mod compare;
mod error;
pub mod file;
mod find;
pub mod git;
mod model;
mod process;
mod recorder;
mod store;
mod timeline;
mod writer;

pub use error::HistoryError;
pub use find::{Found, PATIENCE, find, find_kept};
pub use model::{
    Block, Cost, Ending, Figures, Headline, Kind, Label, NARROW_SUMMARY_TEXT, PAGE, Record,
    RecordedRun, SUMMARY_JSON, SUMMARY_TEXT, Start, State, Times,
};
pub use process::ProcessMark;
pub use recorder::{Recorder, now_ms};
pub use store::{End, News, RunNumber, Store};
pub use timeline::{MAX_BLOCKS, MAX_BYTES, Timeline};
pub use writer::{Keeping, Last, Over, Writer};
