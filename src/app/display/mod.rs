//! Progress and the log on stderr during a run.
//!
//! In: snapshots, entries of the log, keys. Out: lines or a full-screen view; commands that keys give.
//! Must never know: how the run was put together, and what is reported at its end.

pub mod full_screen;
mod log_format;
mod log_writer;
pub mod plain_log;
mod run_log_layer;
pub mod screen;

pub use run_log_layer::TOKEN_LINE;
