//! The terminal that stderr is, for as long as there is one.

use std::io;

use console::Term;
use indicatif::TermLike;

/// Stderr as a terminal that may go away: what it does not take any more is lost. indicatif panics where its terminal has an
/// error, and a terminal that was closed must not end what is shown on it.
#[derive(Clone, Debug)]
pub struct Stderr(Term);

impl Stderr {
    pub(crate) fn new() -> Self {
        Self(Term::stderr())
    }
}

/// There is nobody to tell.
fn lost(_: io::Result<()>) -> io::Result<()> {
    Ok(())
}

impl TermLike for Stderr {
    fn width(&self) -> u16 {
        TermLike::width(&self.0)
    }

    fn height(&self) -> u16 {
        TermLike::height(&self.0)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        lost(TermLike::move_cursor_up(&self.0, n))
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        lost(TermLike::move_cursor_down(&self.0, n))
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        lost(TermLike::move_cursor_right(&self.0, n))
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        lost(TermLike::move_cursor_left(&self.0, n))
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        lost(TermLike::write_line(&self.0, text))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        lost(TermLike::write_str(&self.0, text))
    }

    fn clear_line(&self) -> io::Result<()> {
        lost(TermLike::clear_line(&self.0))
    }

    fn flush(&self) -> io::Result<()> {
        lost(TermLike::flush(&self.0))
    }
}
