use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

/// Lines kept: the newest.
const MOST: usize = 200;

/// The log while the view has the terminal: its last lines, which stay on the terminal when the view goes.
#[derive(Clone, Default)]
pub struct LogBuffer(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
    news: bool,
    /// The terminal is free again.
    released: bool,
}

impl LogBuffer {
    pub fn lines(&self) -> Vec<String> {
        self.lock().lines.iter().cloned().collect()
    }

    /// Whether there is anything new since this was asked last.
    pub fn take_news(&self) -> bool {
        std::mem::take(&mut self.lock().news)
    }

    /// Writes what was kept to stderr, and from now on everything at once.
    pub fn release(&self) {
        let mut kept = self.lock();
        kept.released = true;
        for line in kept.lines.drain(..) {
            // Where stderr is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for LogBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.lock();
        if kept.released {
            return io::stderr().write(bytes);
        }
        for line in String::from_utf8_lossy(bytes).lines() {
            if kept.lines.len() == MOST {
                kept.lines.pop_front();
            }
            kept.lines.push_back(line.to_owned());
        }
        kept.news = true;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogBuffer {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
