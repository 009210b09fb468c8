//! What one sees while the run goes on.
//!
//! [`Live`] redraws a few lines at the foot of a terminal and lets log lines pass above them;
//! [`Lines`] writes a plain line every few seconds where there is no terminal.

mod frame;
mod line;
mod lines;
mod live;
mod log;

use std::io::IsTerminal;

use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::metrics::Snapshot;

pub use frame::frame;
pub use lines::{EVERY, Lines};
pub use live::{Live, REDRAWS_PER_SECOND};
pub use log::{LogLine, LogLines};

/// Progress on stderr, in the form that fits what stderr is.
pub enum Progress {
    Live(Live<console::Term>),
    Lines(Lines),
}

impl Progress {
    /// The live display on a terminal, plain lines elsewhere.
    pub fn on_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Progress::Live(Live::on_stderr())
        } else {
            Progress::Lines(Lines::new())
        }
    }

    /// Where log lines go, so that they and the progress do not mix.
    pub fn log_writer(&self) -> BoxMakeWriter {
        match self {
            Progress::Live(live) => BoxMakeWriter::new(live.log_lines()),
            Progress::Lines(_) => BoxMakeWriter::new(std::io::stderr),
        }
    }

    /// Shows a snapshot; wants every one.
    pub fn update(&mut self, snapshot: &Snapshot) {
        match self {
            Progress::Live(live) => live.update(snapshot),
            Progress::Lines(lines) => {
                if let Some(line) = lines.update(snapshot) {
                    eprintln!("{line}");
                }
            }
        }
    }

    /// Takes the live display away, before the summary.
    pub fn finish(&self) {
        if let Progress::Live(live) = self {
            live.finish();
        }
    }
}
