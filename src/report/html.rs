//! A run as one file that a browser shows: the live page, frozen with its data.

use std::io;

use crate::page::frozen;
use crate::view::{History, RunView};

/// The page of a run that is over, or of one until now; `mask` replaces secrets in JSON.
///
/// # Errors
/// When what the program carries is damaged.
pub fn document(
    view: &RunView,
    history: &History,
    mask: &dyn Fn(&str) -> String,
) -> io::Result<String> {
    frozen::html(view, history, mask)
}
