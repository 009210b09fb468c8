//! The folder of a cluster: its server's configuration and store, and the key. It goes with the process; what of one that was
//! killed is left goes with the next.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::app::cluster::key::write_new;

/// How the names of such folders begin.
const PREFIX: &str = "throng-cluster-";

/// Whoever holds a lock on it is alive.
const LOCK: &str = "lock";

/// A folder of this user alone.
pub struct Folder {
    folder: TempDir,
    _lock: File,
}

impl Folder {
    /// A new one. Removes those whose processes have gone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new() -> std::io::Result<Self> {
        let within = std::env::temp_dir();
        remove_left(&within);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(within)?;
        // It gets its name once it is locked, so that nobody takes it for one that is left.
        let unlocked = folder.path().join("lock.new");
        let lock = File::create(&unlocked)?;
        lock.try_lock()?;
        fs::rename(unlocked, folder.path().join(LOCK))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A new file that only this user reads.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> std::io::Result<PathBuf> {
        let path = self.folder.path().join(name);
        write_new(&path, text)?;
        Ok(path)
    }
}

fn remove_left(within: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let user = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir(within).into_iter().flatten().flatten() {
        let is_one = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let meta = entry.metadata();
        if !is_one || !meta.is_ok_and(|meta| meta.is_dir() && meta.uid() == user) {
            continue;
        }
        let lock = File::open(entry.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            // What cannot be removed is tried again next time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_whose_process_has_gone_is_removed_and_no_other() {
        let within = tempfile::tempdir().expect("a folder");
        let folder = |name: &str| {
            let folder = within.path().join(name);
            fs::create_dir(&folder).expect("a folder");
            folder
        };
        let (left, held) = (folder("throng-cluster-left"), folder("throng-cluster-held"));
        let (new, other) = (folder("throng-cluster-new"), folder("other"));
        for of in [&left, &held, &other] {
            File::create(of.join(LOCK)).expect("a file");
        }
        let lock = File::open(held.join(LOCK)).expect("a file");
        lock.try_lock().expect("nobody has it");
        remove_left(within.path());
        let is_there = [&left, &held, &new, &other].map(|folder| folder.exists());
        assert_eq!(is_there, [false, true, true, true]);
    }
}
