use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

use super::error::LedgerError;
use super::lock::Lock;

/// Extension of a ledger.
const ENDING: &str = "ledger";
/// Extension of its lock.
const LOCK: &str = "lock";

/// The directory of ledgers: one file per run, named by the run's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory(PathBuf);

impl Directory {
    /// The ledgers in this directory, which need not exist yet.
    pub fn at(place: impl Into<PathBuf>) -> Self {
        Self(place.into())
    }

    /// Its path.
    pub fn place(&self) -> &Path {
        &self.0
    }

    /// The file of a run.
    pub fn file(&self, run: &str) -> PathBuf {
        self.0.join(format!("{run}.{ENDING}"))
    }

    /// Creates it if it does not exist, accessible to its user only.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn make(&self) -> Result<(), LedgerError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.0)
            .map_err(|why| LedgerError::at(&self.0, why))
    }

    /// Checks that ledgers can be written here, with a temporary file.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn probe(&self) -> Result<(), LedgerError> {
        self.make()?;
        let probe = self.0.join(format!(".probe-{}", std::process::id()));
        let tried = fs::write(&probe, [0; 4096]);
        let _ = fs::remove_file(&probe);
        tried.map_err(|why| LedgerError::at(&self.0, why))
    }

    /// The ids of all runs that have a ledger here, in order.
    ///
    /// # Errors
    /// When the directory exists but cannot be read.
    pub fn runs(&self) -> Result<Vec<String>, LedgerError> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(LedgerError::at(&self.0, why)),
        };
        let mut runs: Vec<String> = entries
            .flatten()
            .filter_map(|entry| {
                let file = entry.path();
                let named = file.extension().is_some_and(|ending| ending == ENDING);
                let run = file.file_stem()?.to_str()?;
                named.then(|| run.to_owned())
            })
            .collect();
        runs.sort_unstable();
        Ok(runs)
    }

    /// Locks the ledger of a run; none while the run or a clean-up holds the lock.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn lock(&self, run: &str) -> Result<Option<Lock>, LedgerError> {
        Lock::acquire(self.0.join(format!("{run}.{LOCK}")))
    }

    /// Removes the ledger of a run whatever is left in it, and releases its lock.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub fn forget(&self, run: &str, lock: Lock) -> Result<(), LedgerError> {
        let file = self.file(run);
        // The main file first: if it cannot be removed, nothing else is touched.
        fs::remove_file(&file).map_err(|why| LedgerError::at(&file, why))?;
        self.remove(run, Some(lock));
        Ok(())
    }

    /// Removes the ledger of a run, and releases its lock.
    pub(crate) fn remove(&self, run: &str, lock: Option<Lock>) {
        let file = self.file(run);
        for ending in ["-wal", "-shm", "-journal", ""] {
            let mut name = file.clone().into_os_string();
            name.push(ending);
            // SQLite removes most of them with the last connection.
            let _ = fs::remove_file(name);
        }
        if let Some(lock) = lock {
            lock.release();
        }
    }
}
