use std::path::{Path, PathBuf};

/// What is wrong with the history, or with a file of a run.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("{}: {why}", .place.display())]
    System { place: PathBuf, why: std::io::Error },
    #[error("{}: {why}", .place.display())]
    Database {
        place: PathBuf,
        why: rusqlite::Error,
    },
    #[error("{} is not a history of throng", .place.display())]
    Strange { place: PathBuf },
    #[error(
        "{} was written by a newer throng: its form is {found}, this throng reads up to {known}; use that throng, or another --state-dir",
        .place.display()
    )]
    Newer {
        place: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("{}: run {run} is damaged: {why}", .place.display())]
    Damaged {
        place: PathBuf,
        run: String,
        why: String,
    },
    #[error("{0}")]
    Unknown(String),
}

impl HistoryError {
    pub(super) fn at(place: &Path, why: std::io::Error) -> Self {
        Self::System {
            place: place.to_owned(),
            why,
        }
    }

    pub(super) fn database(place: &Path, why: rusqlite::Error) -> Self {
        let place = place.to_owned();
        match why.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::Strange { place },
            _ => Self::Database { place, why },
        }
    }
}
