//! What one sees while the run goes on.
//!
//! In: views, as they come. Out: [`Live`], a few lines at the foot of a terminal below those of the log, and [`Lines`], a line
//! every few seconds where there is no terminal. It must never know what the run does with a key or a signal.

mod endpoints;
mod frame;
mod line;
mod lines;
mod live;
mod log;
mod moving;
mod pairs;
mod room;
mod scripts;
mod stderr;
mod top;

pub use frame::frame;
pub use lines::{EVERY, Lines, Printed};
pub use live::{Live, REDRAWS_PER_SECOND};
pub use log::{LogLine, LogLines};
pub use room::Room;
pub use stderr::Stderr;
