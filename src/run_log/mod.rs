//! The log of a run: its last entries, numbered, for those who follow it from elsewhere.
//!
//! In: entries, from any thread. Out: those after a number that pass a filter, and word of new ones.
//! Must never know: who writes and who reads, secrets: what leaves the process is masked there.

mod entry;
mod filter;
mod ring;

pub use entry::{Entry, Kind, Level, NewEntry};
pub use filter::Filter;
pub use ring::{LONGEST, MAX_BYTES, MAX_ENTRIES, Page, RunLog};
