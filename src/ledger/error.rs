use std::path::{Path, PathBuf};

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The directory of the ledgers, or a file in it.
    #[error("{}: {why}", place.display())]
    Place { place: PathBuf, why: String },
    /// SQLite says no: a full disk, a file that was damaged.
    #[error("{}: {why}", place.display())]
    Store {
        place: PathBuf,
        why: rusqlite::Error,
    },
    /// Another version of throng wrote it.
    #[error("{}: has format {found}, and this version of throng supports {known}; use the version that wrote it", place.display())]
    Form {
        place: PathBuf,
        found: i64,
        known: i64,
    },
    /// It is no ledger at all.
    #[error("{}: is not a ledger of throng", place.display())]
    Strange { place: PathBuf },
    /// What stands in it cannot be read.
    #[error("{}: has unreadable content: {why}", place.display())]
    Content {
        place: PathBuf,
        why: serde_json::Error,
    },
    /// There is no directory for it.
    #[error("{0}")]
    Nowhere(String),
    /// There is no thread that could write it.
    #[error("cannot start the ledger's thread: {0}")]
    Thread(std::io::Error),
    /// The thread that writes it has ended.
    #[error("the ledger's thread has ended; this is a bug in throng")]
    Gone,
}

impl LedgerError {
    /// Whether the file is none of throng's, as far as anybody can tell.
    pub fn is_strange(&self) -> bool {
        match self {
            Self::Strange { .. } => true,
            Self::Store { why, .. } => {
                why.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
            }
            _ => false,
        }
    }

    /// What the system says of a place.
    pub(crate) fn at(place: &Path, why: impl ToString) -> Self {
        Self::Place {
            place: place.to_owned(),
            why: why.to_string(),
        }
    }
}
