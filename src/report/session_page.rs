//! The trace of a session as one file that a browser shows.

use std::io;

use crate::page::frozen;

/// The page of a trace, which is JSON with its secrets masked.
///
/// # Errors
/// When what the program carries is damaged.
pub fn document(trace: &str) -> io::Result<String> {
    frozen::session(trace)
}
