//! What one sees while the run goes on.
//!
//! [`Live`] redraws a few lines at the foot of a terminal and lets log lines pass above them;
//! [`Lines`] writes a plain line every few seconds where there is no terminal.

mod frame;
mod line;
mod lines;
mod live;
mod log;
mod moving;
mod pairs;
mod scripts;
mod stderr;

pub use frame::frame;
pub use lines::{EVERY, Lines, Printed};
pub use live::{Live, REDRAWS_PER_SECOND};
pub use log::{LogLine, LogLines};
pub use stderr::Stderr;
