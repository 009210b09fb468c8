//! Leases of rows: who has which row, by file, for a run.
//!
//! All shards share them: anyone who asks first has the first row that is free, on any number of threads. That takes a
//! lock, but not on the path of a request: a user takes a row once or so in a session, and the lock is held for as
//! long as it takes to look at a queue.
//!
//! A file that is edited while users are out is another version of the same file, and for a while users of both ask. A
//! row is the same in two versions when all its fields are: what is held of one version is given by no other until it
//! comes back. Of equal rows in one file, the first of one version is the first of the other, and so on.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::rows::{Feed, Key, Kind};

/// The leases of a run.
#[derive(Debug, Default)]
pub struct RunLeases {
    known: Mutex<Known>,
    /// The rows that this process may give, where the run is on several machines.
    part: OnceLock<LeasePart>,
}

/// The rows of a file that one machine of several may give: those of its shards, as rows that are not exclusive are theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeasePart {
    /// Its first shard.
    pub first: usize,
    /// How many shards it has.
    pub count: usize,
    /// How many shards the run has.
    pub of: usize,
}

impl LeasePart {
    fn has(self, row: usize) -> bool {
        let shard = row % self.of.max(1);
        (self.first..self.first + self.count).contains(&shard)
    }
}

#[derive(Debug, Default)]
struct Known {
    by_path: HashMap<(String, Kind), Weak<FileLeases>>,
    /// A copy of a file under another name has the same rows, and the same leases.
    by_content: HashMap<Key, Weak<FileVersion>>,
}

impl RunLeases {
    /// Gives no other rows than these from now on; only once.
    pub(crate) fn keep_to(&self, part: LeasePart) {
        let _ = self.part.set(part);
    }

    /// The present version of a file. It is kept by the VMs that read it and by who holds a row of it.
    pub(crate) fn open(&self, path: &str, feed: &Arc<Feed>) -> Arc<FileVersion> {
        let path = (path.to_owned(), feed.key().kind);
        let mut known = locked(&self.known);
        let version = known.by_content.get(&feed.key()).and_then(Weak::upgrade);
        let version = version.unwrap_or_else(|| {
            let file = known.by_path.get(&path).and_then(Weak::upgrade);
            FileLeases::add(file.unwrap_or_default(), feed, self.part.get().copied())
        });
        known.by_path.retain(|_, file| file.strong_count() > 0);
        known.by_content.retain(|_, known| known.strong_count() > 0);
        known.by_path.insert(path, Arc::downgrade(&version.file));
        known
            .by_content
            .insert(feed.key(), Arc::downgrade(&version));
        version
    }
}

/// The rows of one file, in all its versions that are in use.
#[derive(Debug, Default)]
struct FileLeases {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Editions have numbers, since one may come back.
    numbers: u64,
    versions: Vec<Rows>,
    /// What is held, by the keys of rows; known once there is a second version.
    held: HashSet<u64>,
}

/// What is free of one version.
#[derive(Debug)]
struct Rows {
    number: u64,
    feed: Arc<Feed>,
    /// Rows have keys from the second version on.
    keyed: bool,
    /// Others are given elsewhere.
    part: Option<LeasePart>,
    /// Rows that were never looked at begin here: a long feed costs nothing until it is used.
    fresh: usize,
    /// Rows that came back, the longest rested first.
    returned: VecDeque<usize>,
    /// Rows that somebody holds in another version, by key.
    waiting: HashMap<u64, usize>,
}

impl FileLeases {
    fn add(file: Arc<Self>, feed: &Arc<Feed>, part: Option<LeasePart>) -> Arc<FileVersion> {
        let mut state = locked(&file.state);
        let keyed = !state.versions.is_empty();
        let State { versions, held, .. } = &mut *state;
        for rows in versions.iter_mut().filter(|rows| keyed && !rows.keyed) {
            rows.keyed = true;
            let back: HashSet<usize> = rows.returned.iter().copied().collect();
            let keys = rows.feed.row_keys();
            held.extend(
                (0..rows.fresh)
                    .filter(|row| !back.contains(row))
                    .map(|row| keys[row]),
            );
        }
        state.numbers += 1;
        let number = state.numbers;
        state.versions.push(Rows {
            number,
            feed: Arc::clone(feed),
            keyed,
            part,
            fresh: 0,
            returned: VecDeque::new(),
            waiting: HashMap::new(),
        });
        drop(state);
        Arc::new(FileVersion { file, number })
    }
}

impl State {
    fn take(&mut self, number: u64) -> Option<usize> {
        let rows = self
            .versions
            .iter_mut()
            .find(|rows| rows.number == number)?;
        loop {
            let row = if rows.fresh < rows.feed.len() {
                rows.fresh += 1;
                let row = rows.fresh - 1;
                if rows.part.is_some_and(|part| !part.has(row)) {
                    continue;
                }
                row
            } else {
                rows.returned.pop_front()?
            };
            if !rows.keyed {
                return Some(row);
            }
            let key = rows.feed.row_keys()[row];
            if self.held.insert(key) {
                return Some(row);
            }
            rows.waiting.insert(key, row);
        }
    }

    fn give_back(&mut self, number: u64, row: usize) {
        let Some(rows) = self.versions.iter_mut().find(|rows| rows.number == number) else {
            return;
        };
        rows.returned.push_back(row);
        if !rows.keyed {
            return;
        }
        let key = rows.feed.row_keys()[row];
        self.held.remove(&key);
        for rows in &mut self.versions {
            if let Some(row) = rows.waiting.remove(&key) {
                rows.returned.push_back(row);
            }
        }
    }
}

/// A file as it was at one time, among the versions that are in use.
#[derive(Debug)]
pub(crate) struct FileVersion {
    file: Arc<FileLeases>,
    number: u64,
}

impl FileVersion {
    /// A row that nobody has.
    pub(crate) fn take(version: &Arc<Self>) -> Option<Lease> {
        let row = locked(&version.file.state).take(version.number)?;
        Some(Lease {
            version: Arc::clone(version),
            row,
        })
    }
}

impl Drop for FileVersion {
    /// Nobody reads it, and nobody holds a row of it.
    fn drop(&mut self) {
        let mut state = locked(&self.file.state);
        state.versions.retain(|rows| rows.number != self.number);
    }
}

/// A row that one user has. Dropping it gives the row back: keep it as long as the session lives.
#[derive(Debug)]
pub struct Lease {
    version: Arc<FileVersion>,
    row: usize,
}

impl Lease {
    /// The row in the feed, from 0.
    pub fn row(&self) -> usize {
        self.row
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        locked(&self.version.file.state).give_back(self.version.number, self.row);
    }
}

/// A std mutex, since nothing waits while it is held; a thread that panicked left whole values behind.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
