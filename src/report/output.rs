//! The interface between a run and whatever reports it: a display, lines in a log, a file at the end.

use std::io;

use crate::view::RunView;

/// One place to which a run is reported.
pub trait Output {
    /// Before the first view.
    ///
    /// # Errors
    /// When nothing can be reported there; the run goes on without it.
    fn start(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// The run as it is now: once a second, and after each thing that is done to it.
    fn show(&mut self, _now: &RunView) {}

    /// Nothing more will come; `last` is the run as it ended, or its last view.
    ///
    /// # Errors
    /// When what belongs there could not be written.
    fn finish(&mut self, _last: &RunView) -> io::Result<()> {
        Ok(())
    }
}
