use std::fmt::Write as _;
use std::io::BufRead;

use super::log::line::Shape;
use super::log::records::{self, Log};
use super::log::sessions;
use super::wanted::LogOptions;
use super::{ImportError, Note};

/// A log as it is played again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replay {
    /// A JSON line for each session, in the order in which they begin: its number `i`, and its `requests`: seconds from
    /// the log's beginning, method, target, and the status where it is a failure, else 0.
    pub rows: String,
    /// How many sessions there are.
    pub sessions: usize,
    /// How many requests.
    pub requests: usize,
    /// Most sessions at a time.
    pub at_a_time: u32,
    /// Seconds from the first request to the last.
    pub seconds: f64,
    pub notes: Vec<Note>,
}

/// Reads a log to play it `speed` times as fast.
///
/// # Errors
/// As [`super::read`] of a log.
pub fn replay(
    file: &mut dyn BufRead,
    shape: Shape,
    options: &LogOptions,
    speed: f64,
) -> Result<Replay, ImportError> {
    let mut log = records::read(file, shape, options)?;
    let notes = std::mem::take(&mut log.notes);
    let sessions = sessions::sessions(&log, options);
    let first = log.records.first().map_or(0.0, |record| record.start);
    let at = |seconds: f64| (seconds - first) / speed;
    let mut rows = String::new();
    let mut moments: Vec<(f64, i32)> = Vec::new();
    for (place, session) in sessions.iter().enumerate() {
        let _ = write!(rows, "{{\"i\":{},\"requests\":[", place + 1);
        for (number, record) in session.records.iter().enumerate() {
            if number > 0 {
                rows.push(',');
            }
            rows.push_str(&row(&log, *record as usize, at));
        }
        rows.push_str("]}\n");
        let ends = [session.records.first(), session.records.last()];
        let [Some(begin), Some(end)] =
            ends.map(|place| place.map(|place| log.records[*place as usize]))
        else {
            continue;
        };
        moments.push((at(begin.start), 1));
        // A user is free for the next session once its last answer has come, which takes as long at any speed.
        moments.push((at(end.start) + f64::from(end.duration) + 1.0, -1));
    }
    moments.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut now, mut most) = (0, 1);
    for (_, change) in moments {
        now += change;
        most = most.max(now);
    }
    let last = log.records.last().map_or(first, |record| record.start);
    Ok(Replay {
        rows,
        sessions: sessions.len(),
        requests: log.records.len(),
        at_a_time: u32::try_from(most).unwrap_or(1),
        seconds: at(last),
        notes,
    })
}

fn row(log: &Log, place: usize, at: impl Fn(f64) -> f64) -> String {
    let record = &log.records[place];
    let method = &log.methods[usize::from(record.method)];
    // Braces would be read as parameters.
    let target = log.targets[record.target as usize]
        .replace('{', "%7B")
        .replace('}', "%7D");
    let failure = if record.status >= 400 {
        record.status
    } else {
        0
    };
    // A text of JSON, whatever is in it.
    let target = serde_json::Value::String(target);
    format!("[{:.4},\"{method}\",{target},{failure}]", at(record.start))
}
