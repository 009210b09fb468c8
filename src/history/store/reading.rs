use std::io::Read as _;

use flate2::read::DeflateDecoder;
use rusqlite::{OptionalExtension as _, Row};

use super::{RunNumber, Store};
use crate::history::error::HistoryError;
use crate::history::model::{Block, Label, Record, RecordedRun, SUMMARY_JSON, State};
use crate::history::process::ProcessMark;
use crate::history::recorder::now_ms;
use crate::history::timeline;

/// A run of another machine that was not written for so long is taken for killed: milliseconds.
const SILENCE_MS: i64 = 120_000;

/// The columns of a record.
const RECORD: &str = "number, started, seen, ended, host, pid, began, start, figures, ending, id";

impl Store {
    /// All runs, the newest first, at most so many.
    ///
    /// # Errors
    /// That of SQLite.
    pub fn runs(&self, most: Option<u32>) -> Result<Vec<(RunNumber, Record)>, HistoryError> {
        let most = most.map_or(-1, i64::from);
        let query = format!("SELECT {RECORD} FROM run ORDER BY started DESC, number DESC LIMIT ?");
        let read = || -> rusqlite::Result<Vec<_>> {
            let mut query = self.db.prepare(&query)?;
            query.query_map([most], record)?.collect()
        };
        self.of(read())
    }

    /// The ids of runs that begin with this text, and their numbers.
    ///
    /// # Errors
    /// That of SQLite.
    pub fn with_prefix(&self, prefix: &str) -> Result<Vec<(RunNumber, String)>, HistoryError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            let mut query = self.db.prepare(
                "SELECT number, id FROM run WHERE substr(id, 1, length(?1)) = ?1
                 ORDER BY id = ?1 DESC, started DESC",
            )?;
            let rows = query.query_map([prefix], |row| {
                Ok((RunNumber(row.get(0)?), row.get::<_, String>(1)?))
            })?;
            rows.collect()
        };
        self.of(read())
    }

    /// The run that is so many before the newest one that is over, but for the one of this id.
    ///
    /// # Errors
    /// That of SQLite.
    pub fn last(&self, back: u32, but: Option<&str>) -> Result<Option<RunNumber>, HistoryError> {
        let number = self
            .db
            .query_row(
                "SELECT number FROM run WHERE ended IS NOT NULL AND id IS NOT ?1
                 ORDER BY started DESC, number DESC LIMIT 1 OFFSET ?2",
                rusqlite::params![but, back],
                |row| row.get(0).map(RunNumber),
            )
            .optional();
        self.of(number)
    }

    /// A run's record, with its plan.
    ///
    /// # Errors
    /// That of SQLite, or when it is damaged.
    pub fn record(&self, run: RunNumber) -> Result<Record, HistoryError> {
        let query = format!("SELECT {RECORD} FROM run WHERE number = ?");
        let (_, mut found) = self.of(self.db.query_row(&query, [run.0], record))?;
        let plan: Option<String> = self.of(self
            .db
            .query_row("SELECT plan FROM plan WHERE run = ?", [run.0], |row| {
                row.get(0)
            })
            .optional())?;
        let plan = plan.map_or_else(
            || Ok(Default::default()),
            |plan| serde_json::from_str(&plan),
        );
        found.start.plan = plan.map_err(|why| self.damaged(&found.start.id, &why))?;
        Ok(found)
    }

    /// A document of a run; none where it has none of this name.
    ///
    /// # Errors
    /// That of SQLite, or when it is damaged.
    pub fn document(&self, run: RunNumber, name: &str) -> Result<Option<String>, HistoryError> {
        let query = "SELECT packed FROM document WHERE run = ? AND name = ?";
        let packed: Option<Vec<u8>> = self.of(self
            .db
            .query_row(query, rusqlite::params![run.0, name], |row| row.get(0))
            .optional())?;
        let Some(packed) = packed else {
            return Ok(None);
        };
        let mut text = String::new();
        DeflateDecoder::new(packed.as_slice())
            .read_to_string(&mut text)
            .map_err(|why| self.damaged(name, &why))?;
        Ok(Some(text))
    }

    /// A run whole.
    ///
    /// # Errors
    /// That of SQLite, or when it is damaged.
    pub fn run(&self, run: RunNumber) -> Result<RecordedRun, HistoryError> {
        let record = self.record(run)?;
        let id = record.start.id.clone();
        let read = || -> rusqlite::Result<(Vec<String>, Vec<Vec<u8>>)> {
            let mut labels = self
                .db
                .prepare("SELECT label FROM label WHERE run = ? ORDER BY number")?;
            let labels = labels
                .query_map([run.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut blocks = self
                .db
                .prepare("SELECT packed FROM block WHERE run = ? ORDER BY number")?;
            let blocks = blocks
                .query_map([run.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok((labels, blocks))
        };
        let (labels, blocks) = self.of(read())?;
        let labels: Result<Vec<Label>, _> = labels
            .iter()
            .map(|text| serde_json::from_str(text))
            .collect();
        let blocks: Result<Vec<Block>, _> =
            blocks.iter().map(|bytes| timeline::decode(bytes)).collect();
        let summary = self.document(run, SUMMARY_JSON)?;
        Ok(RecordedRun {
            record,
            summary: summary.and_then(|text| serde_json::from_str(&text).ok()),
            labels: labels.map_err(|why| self.damaged(&id, &why))?,
            blocks: blocks.map_err(|why| self.damaged(&id, &why))?,
        })
    }

    fn damaged(&self, run: &str, why: &dyn std::fmt::Display) -> HistoryError {
        HistoryError::Damaged {
            place: self.place.clone(),
            run: run.to_owned(),
            why: why.to_string(),
        }
    }
}

/// A row of [`RECORD`], without the plan.
fn record(row: &Row<'_>) -> rusqlite::Result<(RunNumber, Record)> {
    let text = |place: usize| row.get::<_, String>(place);
    let (seen, ended): (i64, Option<i64>) = (row.get(2)?, row.get(3)?);
    let mark = mark(row, 4)?;
    // A row that is damaged is shown with what can be read.
    let mut start: crate::history::model::Start =
        serde_json::from_str(&text(7)?).unwrap_or_default();
    start.id = text(10)?;
    start.started_ms = row.get::<_, i64>(1)?.cast_unsigned();
    let ending: Option<String> = row.get(9)?;
    Ok((
        RunNumber(row.get(0)?),
        Record {
            start,
            state: match ended {
                Some(_) => State::Ended,
                None if is_alive(&mark, seen) => State::Running,
                None => State::Killed,
            },
            figures: serde_json::from_str(&text(8)?).unwrap_or_default(),
            ending: ending.and_then(|text| serde_json::from_str(&text).ok()),
        },
    ))
}

/// The process of a run, in three columns from this one on.
pub(super) fn mark(row: &Row<'_>, from: usize) -> rusqlite::Result<ProcessMark> {
    Ok(ProcessMark {
        host: row.get(from)?,
        pid: row.get(from + 1)?,
        began: row.get::<_, i64>(from + 2)?.cast_unsigned(),
    })
}

pub(super) fn is_alive(mark: &ProcessMark, seen: i64) -> bool {
    let silence = || now_ms().cast_signed() - seen < SILENCE_MS;
    mark.is_alive().unwrap_or_else(silence)
}
