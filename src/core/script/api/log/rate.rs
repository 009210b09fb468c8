//! The rate of the log: how much the scripts of a shard may write in a second.

use std::cell::Cell;
use std::time::{Duration, Instant};

use tracing::Level;

/// Lines that a thread writes for its scripts in a second.
pub const LINES: u32 = 1_000;
/// Bytes of these lines.
pub const BYTES: usize = 256 << 10;

const SECOND: Duration = Duration::from_secs(1);

/// What was written in the present second.
#[derive(Clone, Copy, Default)]
struct Written {
    since: Option<Instant>,
    lines: u32,
    bytes: usize,
    dropped: u64,
}

/// How much the scripts of a shard have written in the present second. Dropped, it says what was left out.
#[derive(Default)]
pub struct LogRate {
    written: Cell<Written>,
}

impl LogRate {
    /// Whether another line of this level is written: the log wants it, and the second has room. What is not, is counted.
    pub(super) fn may_write(&self, level: Level) -> bool {
        let wanted = match level {
            Level::DEBUG => tracing::enabled!(target: "throng::script", Level::DEBUG),
            Level::INFO => tracing::enabled!(target: "throng::script", Level::INFO),
            Level::WARN => tracing::enabled!(target: "throng::script", Level::WARN),
            _ => tracing::enabled!(target: "throng::script", Level::ERROR),
        };
        if !wanted {
            return false;
        }
        self.advance(Instant::now());
        let mut written = self.written.get();
        let room = written.lines < LINES && written.bytes < BYTES;
        if !room {
            written.dropped += 1;
            self.written.set(written);
        }
        room
    }

    /// Writes a line, of a user of this type.
    pub(super) fn write(&self, level: Level, user_type: Option<&str>, line: &str) {
        let mut written = self.written.get();
        written.lines += 1;
        written.bytes += line.len();
        self.written.set(written);
        match level {
            Level::DEBUG => tracing::debug!(target: "throng::script", user_type, "{line}"),
            Level::INFO => tracing::info!(target: "throng::script", user_type, "{line}"),
            Level::WARN => tracing::warn!(target: "throng::script", user_type, "{line}"),
            _ => tracing::error!(target: "throng::script", user_type, "{line}"),
        }
    }

    /// Says how many lines were left out since the last time, if any were.
    pub fn settle(&self) {
        let written = self.written.get();
        if written.dropped == 0 {
            return;
        }
        self.written.set(Written {
            dropped: 0,
            ..written
        });
        tracing::warn!(
            target: "throng::script",
            "{} lines of log and print were dropped: a thread writes at most {LINES} lines and {} kB of them a second",
            written.dropped,
            BYTES >> 10
        );
    }

    /// Begins another second when the present one is over, and says what was left out in it.
    fn advance(&self, now: Instant) {
        let since = self.written.get().since;
        if since.is_none_or(|since| now - since >= SECOND) {
            self.settle();
            self.written.set(Written {
                since: Some(now),
                ..Written::default()
            });
        }
    }
}

impl Drop for LogRate {
    fn drop(&mut self) {
        self.settle();
    }
}
