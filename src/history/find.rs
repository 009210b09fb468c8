//! From what a person types to a run.

use std::path::Path;
use std::time::Duration;

use super::error::HistoryError;
use super::file::{self, Content};
use super::model::RecordedRun;
use super::store::{RunNumber, Store};

/// How long to wait for a process that has locked the history.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Largest file of a run that is read: some times what a run's blocks can be.
const MOST: u64 = 256 << 20;

/// A run that was found.
pub enum Found {
    /// In the history.
    Kept(RunNumber),
    /// In a file of its own.
    File(Box<RecordedRun>),
}

impl Found {
    /// The run whole.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn whole(self, store: Option<&Store>) -> Result<RecordedRun, HistoryError> {
        match (self, store) {
            (Self::File(run), _) => Ok(*run),
            (Self::Kept(number), Some(store)) => store.run(number),
            (Self::Kept(_), None) => Err(HistoryError::Unknown(NO_HISTORY.to_owned())),
        }
    }
}

const NO_HISTORY: &str = "there is no history here; runs are kept in the folder of --state-dir";

/// The run of the history that has these words: `last`, `last~N`, an id, or the beginning of one.
///
/// # Errors
/// When there is none, or several; the words name what there is.
pub fn find_kept(words: &str, store: &Store) -> Result<RunNumber, HistoryError> {
    let none = "is not a run of the history; throng runs lists the runs";
    kept(words, store)?.ok_or_else(|| unknown(words, none))
}

/// The run of these words: as [`find_kept`], or in a file.
///
/// # Errors
/// When there is none, or several; the words name what there is.
pub fn find(words: &str, store: Option<&Store>) -> Result<Found, HistoryError> {
    let found = match store {
        Some(store) => kept(words, store)?,
        None if back(words).is_some() => return Err(unknown(words, NO_HISTORY)),
        None => None,
    };
    match found {
        Some(number) => Ok(Found::Kept(number)),
        None => in_file(words, store),
    }
}

fn unknown(words: &str, why: &str) -> HistoryError {
    HistoryError::Unknown(format!("{words}: {why}"))
}

/// None where the words are no id of the history.
fn kept(words: &str, store: &Store) -> Result<Option<RunNumber>, HistoryError> {
    if let Some(back) = back(words) {
        let last = store.last(back, None)?;
        let none = "the history has fewer runs that are over; throng runs lists them";
        return last.map(Some).ok_or_else(|| unknown(words, none));
    }
    if words.is_empty() || !words.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let runs = store.with_prefix(words)?;
    match runs.as_slice() {
        [] => Ok(None),
        [(number, _)] => Ok(Some(*number)),
        // A whole id is no prefix of another.
        [(number, id), ..] if id == words => Ok(Some(*number)),
        several => {
            let ids: Vec<&str> = several.iter().map(|(_, id)| id.as_str()).take(5).collect();
            let why = format!(
                "{} runs begin with it, such as {}; give more of the id",
                several.len(),
                ids.join(", ")
            );
            Err(unknown(words, &why))
        }
    }
}

fn in_file(words: &str, store: Option<&Store>) -> Result<Found, HistoryError> {
    let path = Path::new(words);
    if !path.is_file() {
        let why = match store {
            Some(_) => "is neither a run of the history nor a file; throng runs lists the runs",
            None => {
                "is not a file, and there is no history here; runs are kept in the folder of --state-dir"
            }
        };
        return Err(unknown(words, why));
    }
    let meta = std::fs::metadata(path).map_err(|why| HistoryError::at(path, why))?;
    if meta.len() > MOST {
        return Err(unknown(words, "is larger than the file of a run can be"));
    }
    let text = std::fs::read_to_string(path).map_err(|why| HistoryError::at(path, why))?;
    let id = match file::read(words, &text)? {
        Content::Run(run) => return Ok(Found::File(run)),
        Content::Summary(id) => id,
    };
    let runs = store.map(|store| store.with_prefix(&id)).transpose()?;
    let mut runs = runs.unwrap_or_default().into_iter();
    match runs.find(|(_, one)| *one == id) {
        Some((number, _)) => Ok(Found::Kept(number)),
        None => Err(unknown(
            words,
            &format!(
                "is the summary of run {id}, which is not in the history here; a summary has no blocks of time to \
                 compare: throng show {id} --export FILE writes them where that run is kept"
            ),
        )),
    }
}

/// How many runs before the last; none where the words are something else.
fn back(words: &str) -> Option<u32> {
    match words.strip_prefix("last")? {
        "" => Some(0),
        rest => rest.strip_prefix('~')?.parse().ok(),
    }
}
