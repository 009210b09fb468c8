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

/// The run of these words: `last`, `last~N`, an id, the beginning of one, or a file.
///
/// # Errors
/// When there is none, or several; the words name what there is.
pub fn find(words: &str, store: Option<&Store>) -> Result<Found, HistoryError> {
    let unknown = |why: &str| HistoryError::Unknown(format!("{words}: {why}"));
    if let Some(back) = back(words) {
        let store = store.ok_or_else(|| unknown(NO_HISTORY))?;
        let last = store.last(back, None)?;
        return last.map(Found::Kept).ok_or_else(|| {
            unknown("the history has fewer runs that are over; throng runs lists them")
        });
    }
    let path = Path::new(words);
    let is_name = !words.is_empty() && words.chars().all(|c| c.is_ascii_alphanumeric());
    if let (Some(store), true) = (store, is_name) {
        let runs = store.with_prefix(words)?;
        match runs.as_slice() {
            [(number, _)] => return Ok(Found::Kept(*number)),
            // A whole id is no prefix of another.
            [(number, id), ..] if id == words => return Ok(Found::Kept(*number)),
            [] => {}
            several => {
                let ids: Vec<&str> = several.iter().map(|(_, id)| id.as_str()).take(5).collect();
                return Err(unknown(&format!(
                    "{} runs begin with it, such as {}; give more of the id",
                    several.len(),
                    ids.join(", ")
                )));
            }
        }
    }
    if !path.is_file() {
        let why = match store {
            Some(_) => "is neither a run of the history nor a file; throng runs lists the runs",
            None => {
                "is no file, and there is no history here; runs are kept in the folder of --state-dir"
            }
        };
        return Err(unknown(why));
    }
    let meta = std::fs::metadata(path).map_err(|why| HistoryError::at(path, why))?;
    if meta.len() > MOST {
        return Err(unknown("is larger than the file of a run can be"));
    }
    let text = std::fs::read_to_string(path).map_err(|why| HistoryError::at(path, why))?;
    match file::read(words, &text)? {
        Content::Run(run) => Ok(Found::File(run)),
        Content::Summary(id) => {
            let kept = store.map(|store| store.with_prefix(&id)).transpose()?;
            let kept = kept
                .unwrap_or_default()
                .into_iter()
                .find(|(_, one)| *one == id);
            kept.map(|(number, _)| Found::Kept(number)).ok_or_else(|| {
                unknown(&format!(
                    "is the summary of run {id}, which is not in the history here; a summary has no blocks of time to compare: \
                     throng show {id} --export FILE writes them where that run is kept"
                ))
            })
        }
    }
}

/// How many runs before the last; none where the words are something else.
fn back(words: &str) -> Option<u32> {
    match words.strip_prefix("last")? {
        "" => Some(0),
        rest => rest.strip_prefix('~')?.parse().ok(),
    }
}
