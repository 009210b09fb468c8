use std::fs::{self, File, TryLockError};
use std::path::PathBuf;

use super::error::LedgerError;

/// Held by the process that uses the ledger of a run: the run itself, or a clean-up. The system releases it when the
/// process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    place: PathBuf,
}

impl Lock {
    /// Takes the lock; none where another process holds it.
    ///
    /// # Errors
    /// When the file cannot be created or locked.
    pub(crate) fn acquire(place: PathBuf) -> Result<Option<Self>, LedgerError> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&place)
            .map_err(|why| LedgerError::at(&place, why))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, place })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(LedgerError::at(&place, why)),
        }
    }

    /// Releases it and removes its file.
    pub(crate) fn release(self) {
        // Removed while it is locked, so that no file of another process is removed. An empty file may stay; it is harmless.
        let _ = fs::remove_file(&self.place);
        drop(self.file);
    }
}
