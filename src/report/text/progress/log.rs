//! Log lines that pass above the live display without tearing it.

use std::io::{self, Write};

use indicatif::{MultiProgress, TermLike};
use tracing_subscriber::fmt::MakeWriter;

/// For `tracing_subscriber::fmt().with_writer(...)`.
#[derive(Clone)]
pub struct LogLines<T> {
    screen: MultiProgress,
    term: T,
}

impl<T: TermLike + Clone> LogLines<T> {
    pub(crate) fn new(screen: MultiProgress, term: T) -> Self {
        LogLines { screen, term }
    }
}

impl<'a, T: TermLike + Clone + 'a> MakeWriter<'a> for LogLines<T> {
    type Writer = LogLine<T>;

    fn make_writer(&'a self) -> Self::Writer {
        LogLine {
            lines: self.clone(),
            buffer: Vec::new(),
        }
    }
}

/// One event of the log; it is written as a whole when it is dropped.
pub struct LogLine<T: TermLike> {
    lines: LogLines<T>,
    buffer: Vec<u8>,
}

impl<T: TermLike> Write for LogLine<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.buffer).into_owned();
        self.buffer.clear();
        let LogLines { screen, term } = &self.lines;
        screen.suspend(|| {
            for line in text.lines() {
                term.write_line(line)?;
            }
            term.flush()
        })
    }
}

impl<T: TermLike> Drop for LogLine<T> {
    fn drop(&mut self) {
        // A terminal that is gone has nobody to tell.
        let _ = self.flush();
    }
}
