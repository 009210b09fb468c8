//! How much the scripts of a thread write in a second.

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

thread_local! {
    static WRITTEN: Cell<Written> = const { Cell::new(Written { since: None, lines: 0, bytes: 0, dropped: 0 }) };
}

/// Whether another line of this level is written: the log wants it, and the second has room. What is not, is counted.
pub(super) fn may_say(level: Level) -> bool {
    let wanted = match level {
        Level::DEBUG => tracing::enabled!(target: "throng::script", Level::DEBUG),
        Level::INFO => tracing::enabled!(target: "throng::script", Level::INFO),
        Level::WARN => tracing::enabled!(target: "throng::script", Level::WARN),
        _ => tracing::enabled!(target: "throng::script", Level::ERROR),
    };
    if !wanted {
        return false;
    }
    turn(Instant::now());
    let mut written = WRITTEN.get();
    let room = written.lines < LINES && written.bytes < BYTES;
    if !room {
        written.dropped += 1;
        WRITTEN.set(written);
    }
    room
}

/// Writes a line.
pub(super) fn write(level: Level, line: &str) {
    let mut written = WRITTEN.get();
    written.lines += 1;
    written.bytes += line.len();
    WRITTEN.set(written);
    match level {
        Level::DEBUG => tracing::debug!(target: "throng::script", "{line}"),
        Level::INFO => tracing::info!(target: "throng::script", "{line}"),
        Level::WARN => tracing::warn!(target: "throng::script", "{line}"),
        _ => tracing::error!(target: "throng::script", "{line}"),
    }
}

/// Begins another second when the present one is over, and says what was left out in it.
fn turn(now: Instant) {
    let written = WRITTEN.get();
    if written.since.is_none_or(|since| now - since >= SECOND) {
        settle();
        WRITTEN.set(Written {
            since: Some(now),
            ..Written::default()
        });
    }
}

/// Says how many lines were left out since the last time, if any were.
pub fn settle() {
    let written = WRITTEN.get();
    if written.dropped == 0 {
        return;
    }
    WRITTEN.set(Written {
        dropped: 0,
        ..written
    });
    tracing::warn!(
        target: "throng::script",
        "{} lines of log and print were left out: a thread writes at most {LINES} lines and {} kB of them a second",
        written.dropped,
        BYTES >> 10
    );
}
