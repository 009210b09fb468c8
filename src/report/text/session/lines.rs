//! The lines of one event: the time, then what happened.

use crate::report::text::{Ink, Paint};
use crate::text;

/// Columns before what happened: the time.
pub const MARGIN: &str = "            ";

/// The lines of one event.
pub struct Lines {
    paint: Paint,
    width: usize,
    /// Seconds since the session began.
    pub at: f64,
    pub text: String,
}

impl Lines {
    /// None yet, of an event at this time.
    pub fn of(paint: Paint, width: usize, at: f64) -> Self {
        Self {
            paint,
            width,
            at,
            text: String::new(),
        }
    }

    /// A line that begins with the time.
    pub fn timed(&mut self, indent: usize, words: &str) {
        let time = self.paint.ink(Ink::Dim, &format!("{:>8.3} s", self.at));
        self.push(&time, indent, words);
    }

    /// A line that belongs to the one above it.
    pub fn below(&mut self, indent: usize, words: &str) {
        self.push(&MARGIN[..10], indent, words);
    }

    /// A line that is never cut: it is there to be copied.
    pub fn whole(&mut self, indent: usize, words: &str) {
        let line = format!("{MARGIN}{:indent$}{}\n", "", text::line(words));
        self.text.push_str(&line);
    }

    fn push(&mut self, margin: &str, indent: usize, words: &str) {
        let line = format!("{margin}  {:indent$}{words}", "");
        let line = console::truncate_str(&line, self.width, "...");
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}
