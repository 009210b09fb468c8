//! The ledger of one run as a SQLite file: one row per item, with common parts in separate tables.
//!
//! In: entries, and their results. Out: what is still there, in the order in which it can be deleted, page by page.
//! It must never know threads, channels, or its callers.

mod reading;
mod row;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags, params};

use super::entry::{Entry, EntryId};
use super::error::LedgerError;
use super::run::Run;
use row::Numbers;

/// Marks a file as a ledger of throng (SQLite's `application_id`): "thrg".
const APPLICATION: i64 = 0x7468_7267;
/// The format version (SQLite's `user_version`).
const FORM: i64 = 1;
/// The number of the first pass of a clean-up; 0 is for sessions in progress.
pub(super) const FIRST_PASS: i64 = 1;
/// How long to wait for another process that has locked the file.
const PATIENCE: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
CREATE TABLE run (one INTEGER PRIMARY KEY CHECK (one = 1), run TEXT NOT NULL);
-- What things of one kind have in common: how they are deleted, and found.
CREATE TABLE recipe (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
-- Who may delete them, each once.
CREATE TABLE account (id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE);
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    recipe INTEGER NOT NULL,
    account INTEGER,
    params TEXT NOT NULL,
    more TEXT,                              -- what differs from thing to thing in its recipe
    confirmed INTEGER NOT NULL DEFAULT 0,
    given TEXT,                             -- the id that the target gave it
    over INTEGER NOT NULL DEFAULT 0,        -- not 0: the session that made it is over; which pass of the clean-up may see it
    at INTEGER NOT NULL,                    -- milliseconds since 1970 (UTC)
    why TEXT                                -- why the last try to delete it failed
);";

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Any end of the process and of the system, except a power failure.
    Process,
    /// Also a power failure: each commit waits for the disk.
    Power,
}

/// One change of the ledger.
#[derive(Debug, Clone)]
pub enum Write {
    /// This is about to be created.
    Intend(EntryId, Box<Entry>),
    /// The target confirmed it, under this id if it gave one.
    Confirm(EntryId, Option<String>),
    /// The response had no id, and what it had instead.
    Doubt(EntryId, String),
    /// It was never created, or it was deleted.
    Forget(EntryId),
    /// It could not be deleted.
    Fail(EntryId, String),
    /// The session that created these has ended.
    Over(Vec<EntryId>),
}

/// The ledger of one run.
pub struct Store {
    db: Connection,
    place: PathBuf,
    numbers: Numbers,
    /// The value of `over` for sessions that end from now on.
    pass: Cell<i64>,
}

impl Store {
    /// A new ledger, which only its user can read.
    ///
    /// # Errors
    /// The error of the system or SQLite; then there is no file.
    pub fn create(place: &Path, run: &Run, durability: Durability) -> Result<Self, LedgerError> {
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(place)
            .map_err(|why| LedgerError::at(place, why))?;
        let made = Self::connect(place, durability).and_then(|store| store.begin(run));
        made.inspect_err(|_| {
            // A partial ledger is removed.
            let _ = std::fs::remove_file(place);
        })
    }

    /// A ledger in memory.
    ///
    /// # Errors
    /// When memory is exhausted.
    pub fn in_memory(run: &Run) -> Result<Self, LedgerError> {
        let place = PathBuf::from(":memory:");
        let db = Connection::open_in_memory().map_err(|why| fault(&place, why))?;
        Self::of(db, place).begin(run)
    }

    /// An existing ledger.
    ///
    /// # Errors
    /// When it does not exist, is not a ledger, has another format, or is damaged. The file stays unchanged.
    pub fn open(place: &Path, durability: Durability) -> Result<Self, LedgerError> {
        let store = Self::connect(place, durability)?;
        let number = |pragma: &str| -> Result<i64, LedgerError> {
            let ask = store.db.pragma_query_value(None, pragma, |row| row.get(0));
            ask.map_err(|why| fault(place, why))
        };
        if number("application_id")? != APPLICATION {
            return Err(LedgerError::Strange {
                place: place.to_owned(),
            });
        }
        let found = number("user_version")?;
        if found != FORM {
            return Err(LedgerError::Form {
                place: place.to_owned(),
                found,
                known: FORM,
            });
        }
        Ok(store)
    }

    fn of(db: Connection, place: PathBuf) -> Self {
        Self {
            db,
            place,
            numbers: Numbers::default(),
            pass: Cell::new(FIRST_PASS),
        }
    }

    fn connect(place: &Path, durability: Durability) -> Result<Self, LedgerError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let db = Connection::open_with_flags(place, flags)?;
            db.busy_timeout(PATIENCE)?;
            let mode = match durability {
                Durability::Process => "NORMAL",
                Durability::Power => "FULL",
            };
            db.pragma_update(None, "synchronous", mode)?;
            Ok(db)
        };
        let db = open().map_err(|why| fault(place, why))?;
        Ok(Self::of(db, place.to_owned()))
    }

    fn begin(mut self, run: &Run) -> Result<Self, LedgerError> {
        let text = serde_json::to_string(run).map_err(|why| self.unreadable(why))?;
        let mut make = || {
            // The mode is stored in the file; a database in memory does not have it, which is not an error.
            self.db
                .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
            let tx = self.db.transaction()?;
            tx.pragma_update(None, "application_id", APPLICATION)?;
            tx.pragma_update(None, "user_version", FORM)?;
            tx.execute_batch(SCHEMA)?;
            tx.execute("INSERT INTO run (one, run) VALUES (1, ?)", [&text])?;
            tx.commit()
        };
        make().map_err(|why| fault(&self.place, why))?;
        Ok(self)
    }

    /// The run of this ledger.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn run(&self) -> Result<Run, LedgerError> {
        let text: String = self
            .db
            .query_row("SELECT run FROM run", [], |row| row.get(0))
            .map_err(|why| fault(&self.place, why))?;
        serde_json::from_str(&text).map_err(|why| self.unreadable(why))
    }

    /// Writes a group of changes: all of them, or none.
    ///
    /// # Errors
    /// The error of SQLite; then nothing has changed.
    pub fn apply(&mut self, writes: &[Write]) -> Result<(), LedgerError> {
        let done = self.try_apply(writes);
        if done.is_err() {
            // Numbers assigned in a rolled back transaction are invalid.
            self.numbers = Numbers::default();
        }
        done.map_err(|why| fault(&self.place, why))
    }

    /// A write without a change.
    pub(super) fn touch(&self) -> Result<(), LedgerError> {
        let touched = self.db.execute("UPDATE run SET run = run", []);
        touched.map(drop).map_err(|why| fault(&self.place, why))
    }

    /// Sessions that end from now on belong to this pass of the clean-up.
    pub(super) fn begin_pass(&self, pass: i64) {
        self.pass.set(pass);
    }

    fn try_apply(&mut self, writes: &[Write]) -> rusqlite::Result<()> {
        let now = row::millis(SystemTime::now());
        let pass = self.pass.get();
        let Self { db, numbers, .. } = self;
        let tx = db.transaction()?;
        for write in writes {
            match write {
                Write::Intend(id, entry) => row::insert(&tx, numbers, *id, entry, now)?,
                Write::Confirm(id, given) => {
                    tx.prepare_cached("UPDATE entry SET confirmed = 1, given = ?2 WHERE id = ?1")?
                        .execute(params![id.0, given])?;
                }
                Write::Doubt(id, why) => {
                    let doubt = "UPDATE entry SET more = json_set(ifnull(more, '{}'), '$.doubt', ?2) WHERE id = ?1";
                    tx.prepare_cached(doubt)?.execute(params![id.0, why])?;
                }
                Write::Forget(id) => {
                    tx.prepare_cached("DELETE FROM entry WHERE id = ?")?
                        .execute([id.0])?;
                }
                Write::Fail(id, why) => {
                    tx.prepare_cached("UPDATE entry SET why = ?2 WHERE id = ?1")?
                        .execute(params![id.0, why])?;
                }
                Write::Over(ids) => {
                    let mut over = tx.prepare_cached("UPDATE entry SET over = ?2 WHERE id = ?1")?;
                    for id in ids {
                        over.execute([id.0, pass])?;
                    }
                }
            }
        }
        tx.commit()
    }

    fn unreadable(&self, why: serde_json::Error) -> LedgerError {
        LedgerError::Content {
            place: self.place.clone(),
            why,
        }
    }
}

fn fault(place: &Path, why: rusqlite::Error) -> LedgerError {
    LedgerError::Store {
        place: place.to_owned(),
        why,
    }
}
