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
use std::sync::{Arc, Mutex, OnceLock, Weak};

use tokio::sync::mpsc;

use super::leased::{FeedId, LeasedRows, RowAnswer, RowRequest, locked};
use super::rows::{Feed, Key, Kind};

/// The leases of a run.
#[derive(Debug, Default)]
pub struct RunLeases {
    known: Mutex<Known>,
    /// Whom this process asks for rows, where the run is on several machines.
    lessor: OnceLock<mpsc::UnboundedSender<RowRequest>>,
}

#[derive(Debug, Default)]
struct Known {
    by_path: HashMap<(String, Kind), Weak<FileLeases>>,
    /// A copy of a file under another name has the same rows, and the same leases.
    by_content: HashMap<Key, Weak<FileVersion>>,
}

impl RunLeases {
    /// Gives no other rows than those that somebody else leases to this process, who is asked by these requests; only once.
    pub fn lease_from(&self, requests: mpsc::UnboundedSender<RowRequest>) {
        let _ = self.lessor.set(requests);
    }

    /// What was answered to this process.
    pub fn on_answer(&self, answer: RowAnswer) {
        let Some(requests) = self.lessor.get() else {
            return;
        };
        match answer {
            RowAnswer::Granted { feed, rows } => {
                let version = locked(&self.known).by_content.get(&feed.key).cloned();
                let version = version.as_ref().and_then(Weak::upgrade);
                match version.as_ref().and_then(|version| version.leased()) {
                    Some(leased) => leased.granted(rows),
                    None => LeasedRows::give_up(requests, feed, rows),
                }
            }
            RowAnswer::Recall { number, feeds } => {
                let versions = self.versions();
                let leased = versions.iter().filter_map(|version| version.leased());
                let spare = leased
                    .filter(|leased| leased.is_one_of(&feeds))
                    .map(LeasedRows::spare)
                    .filter(|(_, rows)| !rows.is_empty());
                let rows = spare.collect();
                let _ = requests.send(RowRequest::Recalled { number, rows });
            }
            RowAnswer::Declare => {
                // They stay until it is said what they have: what is dropped returns its rows.
                let versions = self.versions();
                let leased = || versions.iter().filter_map(|version| version.leased());
                let feeds = leased().map(LeasedRows::all).collect();
                let _ = requests.send(RowRequest::Holds { feeds });
                leased().for_each(LeasedRows::ask_again);
            }
        }
    }

    /// The versions of all files that are in use.
    fn versions(&self) -> Vec<Arc<FileVersion>> {
        let known = locked(&self.known);
        known
            .by_content
            .values()
            .filter_map(Weak::upgrade)
            .collect()
    }

    /// The present version of a file. It is kept by the VMs that read it and by who holds a row of it.
    pub fn open(&self, path: &str, feed: &Arc<Feed>) -> Arc<FileVersion> {
        let path = (path.to_owned(), feed.key().kind);
        let mut known = locked(&self.known);
        let version = known.by_content.get(&feed.key()).and_then(Weak::upgrade);
        let version = version.unwrap_or_else(|| {
            if let Some(requests) = self.lessor.get() {
                let id = FeedId {
                    path: path.0.clone(),
                    key: feed.key(),
                };
                let stock = Stock::Leased(LeasedRows::new(id, requests.clone()));
                return Arc::new(FileVersion { stock });
            }
            let file = known.by_path.get(&path).and_then(Weak::upgrade);
            FileLeases::add(file.unwrap_or_default(), feed)
        });
        known.by_path.retain(|_, file| file.strong_count() > 0);
        known.by_content.retain(|_, known| known.strong_count() > 0);
        if let Stock::Own { file, .. } = &version.stock {
            known.by_path.insert(path, Arc::downgrade(file));
        }
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
    /// Rows that were never looked at begin here: a long feed costs nothing until it is used.
    fresh: usize,
    /// Rows behind that which somebody has all the same.
    reserved: HashSet<usize>,
    /// Rows that came back, the longest rested first.
    returned: VecDeque<usize>,
    /// Rows that somebody holds in another version, by key.
    waiting: HashMap<u64, usize>,
}

impl FileLeases {
    fn add(file: Arc<Self>, feed: &Arc<Feed>) -> Arc<FileVersion> {
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
                    .chain(rows.reserved.iter().copied())
                    .map(|row| keys[row]),
            );
        }
        state.numbers += 1;
        let number = state.numbers;
        state.versions.push(Rows {
            number,
            feed: Arc::clone(feed),
            keyed,
            fresh: 0,
            reserved: HashSet::new(),
            returned: VecDeque::new(),
            waiting: HashMap::new(),
        });
        drop(state);
        Arc::new(FileVersion {
            stock: Stock::Own { file, number },
        })
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
                if rows.reserved.remove(&row) {
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

    /// Gives this row to somebody who had it before the leases were known here; whether nobody else has it.
    fn reserve(&mut self, number: u64, row: usize) -> bool {
        let Some(rows) = self.versions.iter_mut().find(|rows| rows.number == number) else {
            return false;
        };
        let is_free = if row < rows.fresh {
            let place = rows.returned.iter().position(|back| *back == row);
            place.is_some_and(|place| rows.returned.remove(place).is_some())
        } else {
            row < rows.feed.len() && rows.reserved.insert(row)
        };
        if is_free && rows.keyed {
            self.held.insert(rows.feed.row_keys()[row]);
        }
        is_free
    }

    fn give_back(&mut self, number: u64, row: usize) {
        let Some(rows) = self.versions.iter_mut().find(|rows| rows.number == number) else {
            return;
        };
        if !rows.reserved.remove(&row) {
            rows.returned.push_back(row);
        }
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
pub struct FileVersion {
    stock: Stock,
}

/// Where its rows come from.
#[derive(Debug)]
enum Stock {
    /// They are given here.
    Own { file: Arc<FileLeases>, number: u64 },
    /// They are leased from elsewhere.
    Leased(LeasedRows),
}

impl FileVersion {
    fn leased(&self) -> Option<&LeasedRows> {
        match &self.stock {
            Stock::Leased(leased) => Some(leased),
            Stock::Own { .. } => None,
        }
    }

    /// A row that nobody has. It waits only where rows are leased from elsewhere.
    pub async fn take(version: Arc<Self>) -> Option<Lease> {
        if let Some(lease) = Self::free(&version) {
            return Some(lease);
        }
        match &version.stock {
            Stock::Own { .. } => None,
            Stock::Leased(leased) => leased.lease(|| Self::free(&version)).await,
        }
    }

    /// A row of those that are here and that nobody has.
    pub fn free(version: &Arc<Self>) -> Option<Lease> {
        let row = match &version.stock {
            Stock::Own { file, number } => locked(&file.state).take(*number)?,
            Stock::Leased(leased) => leased.take()?,
        };
        let version = Arc::clone(version);
        Some(Lease { version, row })
    }

    /// This row, for somebody who had it before the leases were known here; none where somebody else has it.
    pub fn reserve(version: &Arc<Self>, row: usize) -> Option<Lease> {
        let Stock::Own { file, number } = &version.stock else {
            return None;
        };
        let is_free = locked(&file.state).reserve(*number, row);
        let version = Arc::clone(version);
        is_free.then_some(Lease { version, row })
    }
}

impl Drop for FileVersion {
    /// Nobody reads it, and nobody holds a row of it.
    fn drop(&mut self) {
        if let Stock::Own { file, number } = &self.stock {
            let mut state = locked(&file.state);
            state.versions.retain(|rows| rows.number != *number);
        }
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

    /// The version of the file that it is of.
    pub fn version(&self) -> &Arc<FileVersion> {
        &self.version
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        match &self.version.stock {
            Stock::Own { file, number } => locked(&file.state).give_back(*number, self.row),
            Stock::Leased(leased) => leased.give_back(self.row),
        }
    }
}
