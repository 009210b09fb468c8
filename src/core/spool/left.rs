//! The files of workers whose process is gone.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{FlockOperation, flock};

use super::counts::Counts;
use super::records::{self, Owner, Record};

/// What a process left; nobody else takes it while this lives.
#[derive(Debug)]
pub struct Left {
    pub owner: Owner,
    /// The records that nobody acknowledged, in their order.
    pub records: Vec<Record>,
    /// Locked, and with the counts.
    counts: Counts,
    path: PathBuf,
}

impl Left {
    /// How many requests had left.
    pub fn sent(&self) -> u64 {
        self.counts.sent()
    }

    /// The number of the last record that was made.
    pub fn made(&self) -> u64 {
        let last = self.records.last().map_or(0, |record| record.n);
        self.counts.records().0.max(last)
    }

    /// How long ago something was written there last.
    pub fn age(&self) -> Duration {
        let changed = std::fs::metadata(&self.path).and_then(|of| of.modified());
        let changed = changed.unwrap_or(SystemTime::UNIX_EPOCH);
        changed.elapsed().unwrap_or_default()
    }

    /// Nothing of it is wanted any more.
    pub fn remove(self) {
        records::remove(&self.path);
    }
}

/// All that processes left in this folder.
pub fn left(folder: &Path) -> Vec<Left> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        // Nobody has left anything.
        return Vec::new();
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let spools = paths.filter(|path| path.extension().is_some_and(|of| of == "spool"));
    spools.filter_map(|path| open(&path)).collect()
}

/// None: somebody is at it, or it is not whole.
fn open(path: &Path) -> Option<Left> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true);
    let counts = options.open(records::counts_of(path)).ok()?;
    flock(&counts, FlockOperation::NonBlockingLockExclusive).ok()?;
    let (owner, mut records) = records::read(File::open(path).ok()?).ok()?;
    let counts = Counts::open(counts).ok()?;
    let (_, acknowledged) = counts.records();
    records.retain(|record| record.n > acknowledged);
    Some(Left {
        owner,
        records,
        counts,
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::atomic::Ordering;

    use super::super::Spool;
    use super::*;

    fn owner() -> Owner {
        Owner {
            run: "1f0c".to_owned(),
            index: 2,
            incarnation: "a".to_owned(),
            name: "w2".to_owned(),
            server: "here".to_owned(),
        }
    }

    fn record(n: u64) -> Record {
        Record {
            n,
            last: n == 4,
            body: vec![b'x'; n as usize],
        }
    }

    #[test]
    fn what_nobody_acknowledged_is_found_once_its_process_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::begin(folder.path(), &owner(), 2).unwrap();
        for n in 1..=3 {
            spool.append(&record(n)).unwrap();
        }
        spool.acknowledged(2, false);
        let way = spool.counts().way(1).unwrap();
        way.fetch_add(5, Ordering::Relaxed);
        assert!(left(folder.path()).is_empty(), "its process is there");
        let path = spool.path().to_owned();
        drop(spool);
        // A record that was not written whole.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&[200, 0, 0, 0, 4]).unwrap();
        let mut found = left(folder.path());
        let found = found.pop().unwrap();
        assert_eq!((&found.owner, found.sent()), (&owner(), 5));
        assert_eq!((&*found.records, found.made()), (&[record(3)][..], 3));
        assert!(left(folder.path()).is_empty(), "one takes it");
        found.remove();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn acknowledged_records_take_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::begin(folder.path(), &owner(), 1).unwrap();
        for n in 1..=4 {
            spool.append(&record(n)).unwrap();
            spool.acknowledged(n, true);
            assert!(spool.is_empty());
        }
        drop(spool);
        let found = left(folder.path()).pop().unwrap();
        assert_eq!((found.records.len(), found.made()), (0, 4));
    }

    #[test]
    fn a_name_that_is_no_name_of_a_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let run = "../up".to_owned();
        let refused = Spool::begin(folder.path(), &Owner { run, ..owner() }, 1);
        assert!(refused.is_err());
    }
}
