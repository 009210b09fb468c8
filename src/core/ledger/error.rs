use std::path::{Path, PathBuf};

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The directory of the ledgers, or a file in it.
    #[error("{}: {why}", place.display())]
    Place { place: PathBuf, why: String },
    /// An error of SQLite: a full disk, a damaged file.
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
    /// It is not a ledger.
    #[error("{}: is not a ledger of throng", place.display())]
    Strange { place: PathBuf },
    /// Its content cannot be read.
    #[error("{}: has unreadable content: {why}", place.display())]
    Content {
        place: PathBuf,
        why: serde_json::Error,
    },
    /// There is no directory for it.
    #[error("{0}")]
    Nowhere(String),
    /// Its thread cannot be started.
    #[error("cannot start the ledger's thread: {0}")]
    Thread(std::io::Error),
    /// The thread that writes it has ended.
    #[error("the ledger's thread has ended; this is a bug in throng")]
    Gone,
}

impl LedgerError {
    /// Whether the file is not a ledger, as far as can be determined.
    pub fn is_strange(&self) -> bool {
        match self {
            Self::Strange { .. } => true,
            Self::Store { why, .. } => {
                why.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
            }
            _ => false,
        }
    }

    /// An error of the operating system for a path.
    pub(crate) fn at(place: &Path, why: impl ToString) -> Self {
        Self::Place {
            place: place.to_owned(),
            why: why.to_string(),
        }
    }
}
