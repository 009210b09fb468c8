//! Progress and the log.

pub mod full_screen;
mod log_format;
mod log_writer;
pub mod screen;
