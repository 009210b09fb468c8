use std::fs::{self, File, TryLockError};
use std::path::PathBuf;

use super::error::Fault;

/// Somebody is at work on the ledger of a run: the run itself, or a clean-up. The system takes it back when the process
/// ends, however it ends.
#[derive(Debug)]
pub struct Claim {
    file: File,
    place: PathBuf,
}

impl Claim {
    /// Claims; none where another process is at work.
    ///
    /// # Errors
    /// When the file cannot be made or locked.
    pub(crate) fn take(place: PathBuf) -> Result<Option<Self>, Fault> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&place).map_err(|why| Fault::at(&place, why))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, place })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(Fault::at(&place, why)),
        }
    }

    /// Gives it back and takes its file away: there is no ledger to be claimed any more.
    pub(crate) fn end(self) {
        // Removed while it is held, so that nobody else's file is. Where it stays it is empty, and in nobody's way.
        let _ = fs::remove_file(&self.place);
        drop(self.file);
    }
}
