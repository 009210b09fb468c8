use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{RunNumber, Store};
use crate::history::error::HistoryError;
use crate::history::model::{Ending, Headline, Label, Start};
use crate::history::process::ProcessMark;

/// Pages of removed runs that are given back at a time: 4 MB.
const VACUUMED_PAGES: u32 = 1_000;

/// What is new of a run.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    /// When: milliseconds since 1970 (UTC).
    pub at_ms: u64,
    pub figures: &'a Headline,
    /// All labels; those from this number on are new.
    pub labels: (&'a [Label], usize),
    /// Blocks from this number on; with `all`, others than before are taken away.
    pub blocks: (&'a [Vec<u8>], usize),
    pub all: bool,
}

/// How a run ended, and its documents by name.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    pub ending: &'a Ending,
    pub documents: &'a [(&'a str, &'a str)],
}

impl Store {
    /// A run begins.
    ///
    /// # Errors
    /// That of SQLite; then nothing is written.
    pub fn begin(&mut self, start: &Start, by: &ProcessMark) -> Result<RunNumber, HistoryError> {
        let mut write = || -> rusqlite::Result<RunNumber> {
            let tx = self
                .db
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let short = Start {
                plan: Default::default(),
                ..start.clone()
            };
            let at = start.started_ms.cast_signed();
            tx.execute(
                "INSERT INTO run (id, started, seen, host, pid, began, start, figures)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    start.id,
                    at,
                    at,
                    by.host,
                    by.pid,
                    by.began.cast_signed(),
                    json(&short),
                    json(&Headline::default()),
                ],
            )?;
            let number = tx.last_insert_rowid();
            tx.execute(
                "INSERT INTO plan (run, plan) VALUES (?, ?)",
                params![number, json(&start.plan)],
            )?;
            tx.commit()?;
            Ok(RunNumber(number))
        };
        write().map_err(|why| HistoryError::database(&self.place, why))
    }

    /// A run goes on, or ends: all of it is written, or nothing. False where the run is gone: it was removed.
    ///
    /// # Errors
    /// That of SQLite; then nothing is written.
    pub fn write(
        &mut self,
        run: RunNumber,
        news: News<'_>,
        end: Option<End<'_>>,
    ) -> Result<bool, HistoryError> {
        let mut write = || {
            let tx = self
                .db
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let known = tx.execute(
                "UPDATE run SET seen = ?2, figures = ?3 WHERE number = ?1",
                params![run.0, news.at_ms.cast_signed(), json(news.figures)],
            )?;
            if known == 0 {
                return Ok(false);
            }
            write_blocks(&tx, run, news)?;
            if let Some(end) = end {
                tx.execute(
                    "UPDATE run SET ended = ?2, ending = ?3 WHERE number = ?1",
                    params![run.0, end.ending.ended_ms.cast_signed(), json(end.ending)],
                )?;
                for (name, text) in end.documents {
                    tx.execute(
                        "INSERT OR REPLACE INTO document (run, name, packed) VALUES (?, ?, ?)",
                        params![run.0, name, packed(text)],
                    )?;
                }
            }
            tx.commit()?;
            Ok(true)
        };
        write().map_err(|why| HistoryError::database(&self.place, why))
    }

    /// Keeps so many of the newest runs and removes others that are over. Runs that go on are kept.
    ///
    /// # Errors
    /// That of SQLite.
    pub fn keep(&mut self, runs: u32) -> Result<usize, HistoryError> {
        let older = "SELECT number FROM run ORDER BY started DESC, number DESC LIMIT -1 OFFSET ?";
        let numbers: rusqlite::Result<Vec<i64>> = self
            .db
            .prepare(older)
            .and_then(|mut query| query.query_map([runs], |row| row.get(0))?.collect());
        let numbers = self.of(numbers)?;
        let mut removed = 0;
        for number in numbers {
            if self.is_over(number)? {
                removed += usize::from(self.remove(RunNumber(number))?);
            }
        }
        Ok(removed)
    }

    /// Removes a run; whether it was there.
    ///
    /// # Errors
    /// That of SQLite.
    pub fn remove(&mut self, run: RunNumber) -> Result<bool, HistoryError> {
        let remove = || {
            let removed = self
                .db
                .execute("DELETE FROM run WHERE number = ?", [run.0])?;
            let vacuum = format!("PRAGMA incremental_vacuum({VACUUMED_PAGES})");
            self.db.execute_batch(&vacuum)?;
            Ok(removed > 0)
        };
        self.of(remove())
    }

    fn is_over(&self, number: i64) -> Result<bool, HistoryError> {
        let row = self
            .db
            .query_row(
                "SELECT ended, host, pid, began, seen FROM run WHERE number = ?",
                [number],
                |row| {
                    let ended: Option<i64> = row.get(0)?;
                    let mark = super::reading::mark(row, 1)?;
                    Ok((ended, mark, row.get::<_, i64>(4)?))
                },
            )
            .optional();
        Ok(self.of(row)?.is_some_and(|(ended, mark, seen)| {
            ended.is_some() || !super::reading::is_alive(&mark, seen)
        }))
    }
}

fn write_blocks(tx: &Transaction<'_>, run: RunNumber, news: News<'_>) -> rusqlite::Result<()> {
    let (labels, from) = news.labels;
    let mut insert =
        tx.prepare_cached("INSERT OR REPLACE INTO label (run, number, label) VALUES (?, ?, ?)")?;
    for (number, label) in labels.iter().enumerate().skip(from) {
        insert.execute(params![run.0, number as i64, json(label)])?;
    }
    if news.all {
        tx.execute("DELETE FROM block WHERE run = ?", [run.0])?;
    }
    let (blocks, from) = news.blocks;
    // One that was still open when it was written may have become part of the one before.
    let beyond = "DELETE FROM block WHERE run = ? AND number >= ?";
    tx.prepare_cached(beyond)?
        .execute(params![run.0, blocks.len() as i64])?;
    let mut insert =
        tx.prepare_cached("INSERT OR REPLACE INTO block (run, number, packed) VALUES (?, ?, ?)")?;
    for (number, block) in blocks.iter().enumerate().skip(from) {
        insert.execute(params![run.0, number as i64, block])?;
    }
    Ok(())
}

/// Plain data with keys of text always is JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    // Memory takes all that is written.
    let _ = packed.write_all(text.as_bytes());
    packed.finish().unwrap_or_default()
}
