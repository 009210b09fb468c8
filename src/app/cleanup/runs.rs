//! The runs that have a ledger here.

use std::fmt;
use std::time::Duration;

use crate::app::process::exit::Failure;
use crate::app::state_dir;
use crate::cli::{Cleanup, RunSelection};
use crate::ledger::{Counts, Directory, Durability, LedgerError, Run, Store};

/// A run that has a ledger.
pub struct Found {
    /// Its id: the name of its file.
    pub id: String,
    /// The run as its ledger tells it, and what it left; none where that cannot be read.
    pub read: Option<(Run, Counts)>,
    /// What it is doing.
    pub state: State,
}

/// What a run with a ledger is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is in progress, or a clean-up is processing it.
    InProgress,
    /// It is over.
    Over,
    /// Its ledger cannot be read; it is skipped.
    Unreadable(String),
    /// It has the name of a ledger and is none; it is skipped.
    Strange(String),
}

impl State {
    /// In a word or two.
    pub fn as_str(&self) -> &str {
        match self {
            Self::InProgress => "in progress",
            Self::Over => "over",
            Self::Unreadable(why) | Self::Strange(why) => why,
        }
    }
}

/// The runs that are meant, in the order in which they began.
///
/// # Errors
/// When the folder cannot be read, or the named run has no ledger there.
pub fn find(folder: &Directory, cleanup: &Cleanup) -> Result<Vec<Found>, Failure> {
    let usage = |why: LedgerError| Failure::Usage(why.to_string());
    let mut ids = folder.runs().map_err(usage)?;
    if let RunSelection::Run(named) = &cleanup.whose {
        ids.retain(|id| id == named);
        if ids.is_empty() {
            let option = if cleanup.forget { "forget" } else { "run" };
            return Err(Failure::Usage(format!(
                "--{option} {named}: {} has no ledger of this run; throng cleanup --list shows those that it has",
                folder.place().display()
            )));
        }
    }
    let mut found: Vec<Found> = ids.into_iter().map(|id| look(folder, id)).collect();
    if let Some(age) = cleanup.older_than {
        found.retain(|run| is_older(run, age));
    }
    found.sort_by_key(|run| run.read.as_ref().map(|(run, _)| run.started));
    Ok(found)
}

/// What is known of a run without touching it.
fn look(folder: &Directory, id: String) -> Found {
    let read = || {
        let store = Store::open(&folder.file(&id), Durability::Process)?;
        Ok((store.run()?, store.counts()?))
    };
    let read: Result<_, LedgerError> = read();
    let locked = match folder.lock(&id) {
        Ok(lock) => lock.is_none(),
        Err(_) => false,
    };
    match read {
        Ok(read) => Found {
            id,
            read: Some(read),
            state: if locked {
                State::InProgress
            } else {
                State::Over
            },
        },
        Err(why) => Found {
            id,
            read: None,
            state: match why {
                _ if locked => State::InProgress,
                why if why.is_strange() => State::Strange(why.to_string()),
                why => State::Unreadable(why.to_string()),
            },
        },
    }
}

/// Of a run that tells nothing nobody knows; it is shown.
fn is_older(run: &Found, age: Duration) -> bool {
    let Some((run, _)) = &run.read else {
        return true;
    };
    state_dir::now().saturating_sub(run.started) > age.as_secs()
}

/// What became of a run that was to be forgotten.
pub struct Forgotten<'a> {
    /// The run, as it was read before.
    pub run: &'a Found,
    /// Why its ledger is still there, if it is.
    pub skipped: Option<String>,
}

impl fmt::Display for Forgotten<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {}", self.run.id)?;
        if let Some((run, _)) = &self.run.read {
            write!(f, " at {}", run.target.base_url)?;
        }
        match (&self.skipped, &self.run.read) {
            (Some(why), _) => write!(f, ": skipped: {why}"),
            (None, Some((_, left))) => {
                write!(f, ": forgotten: {left}; nothing was deleted on the target")
            }
            (None, None) => f.write_str(": forgotten, whatever it left"),
        }
    }
}
