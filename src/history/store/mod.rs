//! The history as a SQLite file: one for all runs, which several processes write at the same time.
//!
//! In: runs as they begin, go on and end. Out: the list of runs, one run whole. It must never know threads, snapshots, or
//! its callers.

mod reading;
mod writing;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::HistoryError;
pub use writing::{End, News};

/// The file's name in the folder of the state.
const FILE: &str = "history.sqlite";
/// Marks a file as a history of throng (SQLite's `application_id`): "thrh".
const APPLICATION: i64 = 0x7468_7268;
/// The version of its form (SQLite's `user_version`).
const FORM: i64 = 1;

/// A list reads small rows only: what is large, summaries and blocks, is in tables of its own.
const SCHEMA: &str = "
CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,               -- milliseconds since 1970 (UTC), as all times
    seen INTEGER NOT NULL,                  -- when it was last written
    ended INTEGER,                          -- none: it goes on, or it was killed
    host TEXT NOT NULL, pid INTEGER NOT NULL, began INTEGER NOT NULL,
    start TEXT NOT NULL,                    -- JSON, as the next two
    figures TEXT NOT NULL,
    ending TEXT
);
CREATE INDEX run_by_start ON run (started, number);
CREATE TABLE plan (run INTEGER PRIMARY KEY REFERENCES run (number) ON DELETE CASCADE, plan TEXT NOT NULL);
CREATE TABLE document (
    run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
    name TEXT NOT NULL,                     -- such as summary.json
    packed BLOB NOT NULL,                   -- deflated
    PRIMARY KEY (run, name)
);
CREATE TABLE label (
    run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE block (
    run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (run, number)
);";

/// The number of a run in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RunNumber(i64);

/// The history of one folder.
pub struct Store {
    db: Connection,
    place: PathBuf,
}

impl Store {
    /// Where it lies in a folder.
    pub fn place(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// To be written: made where there is none, readable by its user only. `patience` is how long to wait for another process
    /// that has locked it.
    ///
    /// # Errors
    /// The error of the system or SQLite, or the file is no history, or that of a newer throng.
    pub fn open(folder: &Path, patience: Duration) -> Result<Self, HistoryError> {
        let place = Self::place(folder);
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(folder)
            .map_err(|why| HistoryError::at(folder, why))?;
        let mut options = std::fs::File::options();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&place)
            .map_err(|why| HistoryError::at(&place, why))?;
        let mut store = Self::connect(&place, OpenFlags::SQLITE_OPEN_READ_WRITE, patience)?;
        if store.form()? == 0 {
            store
                .make()
                .map_err(|why| HistoryError::database(&place, why))?;
        }
        store.check()?;
        Ok(store)
    }

    /// To be read; none where there is none.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn read(folder: &Path, patience: Duration) -> Result<Option<Self>, HistoryError> {
        let place = Self::place(folder);
        match std::fs::metadata(&place) {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(HistoryError::at(&place, why)),
            // One that was just made and has no tables yet, here and below.
            Ok(meta) if meta.len() == 0 => return Ok(None),
            Ok(_) => {}
        }
        // A file that may be read only is read all the same.
        let store = Self::connect(&place, OpenFlags::SQLITE_OPEN_READ_WRITE, patience)
            .or_else(|_| Self::connect(&place, OpenFlags::SQLITE_OPEN_READ_ONLY, patience))?;
        if store.form()? == 0 && store.number("application_id")? == 0 {
            return Ok(None);
        }
        store.check()?;
        Ok(Some(store))
    }

    fn connect(place: &Path, flags: OpenFlags, patience: Duration) -> Result<Self, HistoryError> {
        let open = || {
            let db = Connection::open_with_flags(place, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            db.busy_timeout(patience)?;
            db.pragma_update(None, "synchronous", "NORMAL")?;
            db.pragma_update(None, "foreign_keys", true)?;
            Ok(db)
        };
        let db = open().map_err(|why| HistoryError::database(place, why))?;
        Ok(Self {
            db,
            place: place.to_owned(),
        })
    }

    /// How long to wait from now on for another process that has locked it.
    ///
    /// # Errors
    /// That of SQLite.
    pub fn patience(&self, patience: Duration) -> Result<(), HistoryError> {
        self.of(self.db.busy_timeout(patience))
    }

    fn make(&mut self) -> rusqlite::Result<()> {
        // Space of runs that are gone is given back little by little; that can be said of an empty file only.
        self.db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        self.db
            .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        let tx = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have been quicker.
        let form: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if form == 0 {
            tx.execute_batch(SCHEMA)?;
            tx.pragma_update(None, "application_id", APPLICATION)?;
            tx.pragma_update(None, "user_version", FORM)?;
        }
        tx.commit()
    }

    fn form(&self) -> Result<i64, HistoryError> {
        self.number("user_version")
    }

    fn number(&self, pragma: &str) -> Result<i64, HistoryError> {
        let asked = self.db.pragma_query_value(None, pragma, |row| row.get(0));
        self.of(asked)
    }

    fn check(&self) -> Result<(), HistoryError> {
        let place = self.place.clone();
        let found = self.form()?;
        if self.number("application_id")? != APPLICATION {
            return Err(HistoryError::Strange { place });
        }
        if found > FORM {
            let known = FORM;
            return Err(HistoryError::Newer {
                place,
                found,
                known,
            });
        }
        Ok(())
    }

    fn of<T>(&self, result: rusqlite::Result<T>) -> Result<T, HistoryError> {
        result.map_err(|why| HistoryError::database(&self.place, why))
    }
}
