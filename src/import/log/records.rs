//! The lines of a log as records that take little memory.
//!
//! In: a file, line by line. Out: what could be read, in the order of time, and how many lines could not, by reason.
//! Must never know sessions.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Read as _};

use jiff::tz::TimeZone;

use super::line::{self, Shape};
use crate::import::wanted::LogOptions;
use crate::import::{ImportError, Note};

/// Longest line, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;
/// Most requests that are kept: 40 bytes each.
const MOST_RECORDS: usize = 10_000_000;
/// Most distinct texts of targets and of clients: an attack in a log has millions of paths.
const MOST_TEXTS: usize = 2_000_000;
/// How many lines of one fault are named.
const NAMED: usize = 3;

/// One request of a log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// Seconds since 1970 when it was sent.
    pub start: f64,
    /// Seconds until its answer; 0 where the log does not say.
    pub duration: f32,
    pub status: u16,
    /// A place in [`Log::methods`].
    pub method: u16,
    /// A place in [`Log::targets`].
    pub target: u32,
    /// A place in [`Log::clients`].
    pub client: u32,
}

/// A log that was read.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// By their start.
    pub records: Vec<Record>,
    pub methods: Vec<String>,
    /// Paths with queries.
    pub targets: Vec<String>,
    /// Sessions, or addresses with browsers.
    pub clients: Vec<String>,
    /// Whether `clients` are sessions.
    pub has_sessions: bool,
    pub notes: Vec<Note>,
}

impl Log {
    /// Seconds from the first request to the last answer.
    pub fn span(&self) -> f64 {
        let first = self.records.first().map_or(0.0, |record| record.start);
        let last = self
            .records
            .iter()
            .map(|record| record.start + f64::from(record.duration));
        last.fold(first, f64::max) - first
    }
}

/// Texts by numbers.
#[derive(Default)]
struct Interned(HashMap<String, u32>);

impl Interned {
    fn number(&mut self, text: String) -> Option<u32> {
        let next = u32::try_from(self.0.len()).ok()?;
        if self.0.len() >= MOST_TEXTS {
            return self.0.get(&text).copied();
        }
        Some(*self.0.entry(text).or_insert(next))
    }

    fn into_texts(self) -> Vec<String> {
        let mut texts: Vec<(String, u32)> = self.0.into_iter().collect();
        texts.sort_by_key(|(_, number)| *number);
        texts.into_iter().map(|(text, _)| text).collect()
    }
}

/// Lines that were left out, by reason.
#[derive(Default)]
struct LeftOut(BTreeMap<&'static str, (usize, Vec<usize>)>);

impl LeftOut {
    fn count(&mut self, number: usize, why: &'static str) {
        let (count, named) = self.0.entry(why).or_default();
        *count += 1;
        if named.len() < NAMED {
            named.push(number);
        }
    }

    fn notes(&self) -> Vec<Note> {
        let note = |(why, (count, named)): (&&str, &(usize, Vec<usize>))| {
            let numbers: Vec<String> = named.iter().map(ToString::to_string).collect();
            let more = if count > &named.len() { ", ..." } else { "" };
            let lines = if *count == 1 {
                "line was"
            } else {
                "lines were"
            };
            Note {
                place: Some(numbers.join(", ") + more),
                words: format!("{why}: {count} {lines} left out"),
            }
        };
        self.0.iter().map(note).collect()
    }
}

/// Reads all lines.
///
/// # Errors
/// When it cannot be read, or more than half of its lines say nothing of a request.
pub fn read(
    file: &mut dyn BufRead,
    shape: Shape,
    options: &LogOptions,
) -> Result<Log, ImportError> {
    let zone = options
        .zone
        .as_deref()
        .and_then(|zone| TimeZone::get(zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let mut left_out = LeftOut::default();
    let (mut methods, mut targets) = (Interned::default(), Interned::default());
    let (mut sessions, mut clients) = (Interned::default(), Interned::default());
    let mut records: Vec<(Record, Option<u32>)> = Vec::new();
    let (mut number, mut blank) = (0, 0);
    let mut first_fault = None;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = (&mut *file)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut bytes);
        let read = read.map_err(|why| {
            let why = format!("cannot be read: {why}");
            ImportError::at(format!("{}", number + 1), why, "see that the file is whole")
        })?;
        if read == 0 {
            break;
        }
        number += 1;
        if !bytes.ends_with(b"\n") && read as u64 == LONGEST_LINE {
            skip_line(file).map_err(|why| {
                ImportError::at(
                    number.to_string(),
                    format!("cannot be read: {why}"),
                    "try again",
                )
            })?;
            left_out.count(number, "is longer than 64 KiB");
            continue;
        }
        let text = bytes.trim_ascii();
        if text.is_empty() || text.starts_with(b"#") {
            blank += 1;
            continue;
        }
        let said = match line::line(text, shape, &options.fields, &zone) {
            Ok(said) => said,
            Err(why) => {
                first_fault.get_or_insert((number, why));
                left_out.count(number, why);
                continue;
            }
        };
        let duration = said.duration.unwrap_or(0.0);
        let numbers = (
            methods.number(said.method),
            targets.number(said.target),
            clients.number(said.client),
        );
        let (Some(method), Some(target), Some(client)) = numbers else {
            left_out.count(number, "has one path or client too many for an import");
            continue;
        };
        if records.len() >= MOST_RECORDS {
            left_out.count(number, "is beyond the first 10,000,000 requests");
            continue;
        }
        let start = match options.times_are_starts {
            true => said.time,
            false => said.time - duration,
        };
        let record = Record {
            start,
            duration: duration as f32,
            status: said.status,
            // Methods are few: those that there are not were refused.
            method: u16::try_from(method).unwrap_or(u16::MAX),
            target,
            client,
        };
        let session = said.session.and_then(|session| sessions.number(session));
        records.push((record, session));
    }
    if 2 * records.len() < number - blank || records.is_empty() {
        let (at, why) = first_fault.unwrap_or((1, "has no request"));
        return Err(ImportError::at(
            at.to_string(),
            format!(
                "{why}, as {} of {} lines",
                number - blank - records.len(),
                number - blank
            ),
            "give --format combined or json, and names of fields by --log-field, such as --log-field time=ts",
        ));
    }
    let mut log = Log {
        methods: methods.into_texts(),
        targets: targets.into_texts(),
        notes: left_out.notes(),
        ..Log::default()
    };
    let with_session = records
        .iter()
        .filter(|(_, session)| session.is_some())
        .count();
    log.has_sessions = 2 * with_session > records.len();
    log.clients = match log.has_sessions {
        true => sessions.into_texts(),
        false => clients.into_texts(),
    };
    let without = records.len() - with_session;
    let records = records.into_iter();
    log.records = match log.has_sessions {
        true => records
            .filter_map(|(record, session)| {
                Some(Record {
                    client: session?,
                    ..record
                })
            })
            .collect(),
        false => records.map(|(record, _)| record).collect(),
    };
    if log.has_sessions && without > 0 {
        let words = format!("{without} requests without a session were left out");
        log.notes.push(Note { place: None, words });
    }
    in_order(&mut log);
    Ok(log)
}

/// Sorts by time; servers write a line when its answer is sent.
fn in_order(log: &mut Log) {
    log.records.sort_by(|a, b| a.start.total_cmp(&b.start));
}

fn skip_line(file: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let (used, ended) = {
            let bytes = file.fill_buf()?;
            match memchr::memchr(b'\n', bytes) {
                _ if bytes.is_empty() => return Ok(()),
                Some(at) => (at + 1, true),
                None => (bytes.len(), false),
            }
        };
        file.consume(used);
        if ended {
            return Ok(());
        }
    }
}
