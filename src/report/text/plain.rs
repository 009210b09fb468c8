//! Words from elsewhere - targets, scripts - made harmless.

use crate::text;

/// The text on one line, without blanks around it: what a target answers must neither move the cursor nor colour the terminal.
pub(crate) fn line(text: &str) -> String {
    text::line(text.trim()).into_owned()
}
