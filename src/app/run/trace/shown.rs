//! The events of a session so far, and where they are printed.

use crate::app::process::output;
use crate::report::text::session::SessionText;
use crate::session_trace::{Event, Joined, Trace};

/// The events of the session so far.
pub struct Shown {
    pub trace: Trace,
    pub joined: Joined,
    pub text: SessionText,
    pub on_stdout: bool,
    pub is_quiet: bool,
}

impl Shown {
    /// Keeps an event, and prints it.
    pub fn add(&mut self, event: Event) {
        let event = self.joined.place(event);
        let lines = self.text.lines(&event);
        self.trace.add(event);
        if !lines.is_empty() && !self.is_quiet {
            self.print(&lines);
        }
    }

    /// Prints lines that are escaped already, with their colours.
    pub fn print(&mut self, lines: &str) {
        if self.on_stdout && output::write(lines).is_err() {
            // Nobody reads there any more.
            self.on_stdout = false;
            return;
        }
        if !self.on_stdout {
            output::to_stderr(lines);
        }
    }
}
