//! The process itself: its exit codes, signals, limits, and what it writes to stdout and stderr.
//!
//! In: texts, failures, signals of the system. Out: what is written, commands that a signal gives, an exit code.
//! Must never know: what a command of the line does.

pub mod clock;
pub mod exit;
pub mod open_files;
pub mod output;
pub mod panics;
pub mod signals;
pub mod terminal;
pub mod threads;
pub mod version;
