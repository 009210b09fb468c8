//! Who has which rows of the data files whose rows users take exclusively: workers lease them, a block at a time.
//!
//! Where all rows are leased and a worker wants more, the others give back what they can spare. A coordinator that takes a run
//! over knows nothing of this: workers declare what they have, and until all have done so nothing is leased.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::script::{
    Bundle, FeedId, FileVersion, HeldRows, Lease, RowAnswer, RowRequest, RunLeases,
};

/// The most rows that a worker leases at once, unless more of its users wait.
const BLOCK: usize = 256;

/// Blocks of a file for each worker, where it has enough rows.
const BLOCKS: usize = 8;

/// How long workers are not asked again after they had nothing to spare of a file.
const HOLDS: Duration = Duration::from_millis(500);

/// An answer, and the worker that it is for; all, where there is none.
pub type Answers = Vec<(Option<usize>, RowAnswer)>;

/// The rows of a run.
#[derive(Default)]
pub struct Rows {
    leases: RunLeases,
    /// The sources that users play, and those before: some users play them until their sessions end.
    sources: [Vec<Arc<Bundle>>; 2],
    files: HashMap<FeedId, File>,
    waiting: Vec<Waiting>,
    recalls: Vec<Recall>,
    /// Recalls so far.
    number: u64,
    /// Workers at work.
    pub workers: usize,
    declaring: Option<Declaring>,
}

/// A version of a file.
struct File {
    id: FeedId,
    version: Arc<FileVersion>,
    rows: usize,
    /// What each worker has.
    held: BTreeMap<usize, BTreeMap<usize, Lease>>,
    /// When its workers had nothing to spare.
    none_free: Option<Instant>,
}

/// A worker that wants rows.
struct Waiting {
    worker: usize,
    feed: FeedId,
    users: usize,
    /// Workers were asked for what they can spare since then.
    is_recalled: bool,
}

/// Workers are asked for what they can spare of a file.
struct Recall {
    number: u64,
    path: String,
    awaited: BTreeSet<usize>,
}

/// Workers say what they have.
#[derive(Default)]
struct Declaring {
    awaited: BTreeSet<usize>,
    held: Vec<(usize, HeldRows)>,
    /// What was asked for meanwhile.
    early: Vec<(usize, RowRequest)>,
}

impl Rows {
    /// From now on users play these sources.
    pub fn play<'a>(&mut self, sources: impl Iterator<Item = &'a Arc<Bundle>>) -> Answers {
        let sources: Vec<_> = sources.cloned().collect();
        let [now, before] = &mut self.sources;
        let is_same = |(one, other): (&Arc<Bundle>, &Arc<Bundle>)| Arc::ptr_eq(one, other);
        if sources.len() != now.len() || !sources.iter().zip(&*now).all(is_same) {
            *before = std::mem::replace(now, sources);
            let is_used = |id: &FeedId| {
                let mut all = self.sources.iter().flatten();
                all.any(|bundle| bundle.feed_of(id).is_some())
            };
            self.files
                .retain(|id, file| !file.held.is_empty() || is_used(id));
        }
        self.after_declared()
    }

    /// Another coordinator leased them so far: these workers say what they have.
    pub fn declare(&mut self, workers: BTreeSet<usize>) -> Answers {
        self.declaring = Some(Declaring {
            awaited: workers,
            ..Declaring::default()
        });
        vec![(None, RowAnswer::Declare)]
    }

    /// What a worker says.
    pub fn on(&mut self, worker: usize, request: RowRequest) -> Answers {
        let Some(declaring) = &mut self.declaring else {
            self.take(worker, request);
            return self.serve();
        };
        match request {
            RowRequest::Holds { feeds } => {
                declaring.awaited.remove(&worker);
                declaring.held.push((worker, feeds));
            }
            // What it said before is part of what it will declare.
            _ if declaring.awaited.contains(&worker) => {}
            request => declaring.early.push((worker, request)),
        }
        self.after_declared()
    }

    /// A worker has no users any more, and will have none.
    pub fn free(&mut self, worker: usize) -> Answers {
        for file in self.files.values_mut() {
            file.held.remove(&worker);
        }
        self.waiting.retain(|one| one.worker != worker);
        for recall in &mut self.recalls {
            recall.awaited.remove(&worker);
        }
        if let Some(declaring) = &mut self.declaring {
            declaring.awaited.remove(&worker);
            declaring.held.retain(|(of, _)| *of != worker);
            declaring.early.retain(|(of, _)| *of != worker);
            return self.after_declared();
        }
        self.serve()
    }

    /// Goes on once all have declared what they have, and it is known what users play.
    fn after_declared(&mut self) -> Answers {
        let is_known = self.sources.iter().any(|sources| !sources.is_empty());
        let over = self
            .declaring
            .take_if(|declaring| declaring.awaited.is_empty() && is_known);
        let Some(Declaring { held, early, .. }) = over else {
            return Vec::new();
        };
        for (worker, feeds) in held {
            for (feed, rows) in feeds {
                let Some(file) = self.file(&feed) else {
                    continue;
                };
                let leases = rows.into_iter().filter_map(|row| {
                    let lease = FileVersion::reserve(&file.version, row);
                    lease.map(|lease| (row, lease))
                });
                let leases: BTreeMap<_, _> = leases.collect();
                if !leases.is_empty() {
                    file.held.entry(worker).or_default().extend(leases);
                }
            }
        }
        for (worker, request) in early {
            self.take(worker, request);
        }
        self.serve()
    }

    fn take(&mut self, worker: usize, request: RowRequest) {
        match request {
            RowRequest::Lease { feed, users } => self.waiting.push(Waiting {
                worker,
                feed,
                users,
                is_recalled: false,
            }),
            RowRequest::Return { feed, rows } => self.give_back(worker, &feed, &rows),
            RowRequest::Recalled { number, rows } => {
                for (feed, rows) in rows {
                    self.give_back(worker, &feed, &rows);
                }
                let recall = self.recalls.iter_mut().find(|one| one.number == number);
                if let Some(recall) = recall {
                    recall.awaited.remove(&worker);
                }
            }
            RowRequest::Holds { .. } => {}
        }
    }

    fn give_back(&mut self, worker: usize, feed: &FeedId, rows: &[usize]) {
        let Some(file) = self.files.get_mut(feed) else {
            return;
        };
        if let Some(held) = file.held.get_mut(&worker) {
            for row in rows {
                held.remove(row);
            }
            if held.is_empty() {
                file.held.remove(&worker);
            }
        }
    }

    /// The file, where its rows are known.
    fn file(&mut self, feed: &FeedId) -> Option<&mut File> {
        if !self.files.contains_key(feed) {
            let mut sources = self.sources.iter().flatten();
            let read = sources.find_map(|bundle| bundle.feed_of(feed))?;
            let file = File {
                id: feed.clone(),
                version: self.leases.open(&feed.path, &read),
                rows: read.len(),
                held: BTreeMap::new(),
                none_free: None,
            };
            self.files.insert(feed.clone(), file);
        }
        self.files.get_mut(feed)
    }

    /// Answers those who wait, where that can be.
    fn serve(&mut self) -> Answers {
        let mut answers = Answers::new();
        let over = self.recalls.extract_if(.., |one| one.awaited.is_empty());
        let over: Vec<String> = over.map(|recall| recall.path).collect();
        for mut one in std::mem::take(&mut self.waiting) {
            let block = BLOCKS * self.workers.max(1);
            let Some(file) = self.file(&one.feed) else {
                tracing::warn!(
                    "a worker asks for rows of {}, which the scripts of this coordinator do not read: take gives nil",
                    one.feed.path
                );
                let (feed, rows) = (one.feed, Vec::new());
                answers.push((Some(one.worker), RowAnswer::Granted { feed, rows }));
                continue;
            };
            let most = (file.rows / block).clamp(1, BLOCK).max(one.users);
            let rows = file.lease(one.worker, most);
            let path = file.id.path.clone();
            let is_known = file.none_free.is_some_and(|at| at.elapsed() < HOLDS);
            let is_over = one.is_recalled && over.contains(&path);
            if !rows.is_empty() || is_over || is_known {
                if rows.is_empty() && !is_known {
                    file.none_free = Some(Instant::now());
                }
                let feed = one.feed;
                answers.push((Some(one.worker), RowAnswer::Granted { feed, rows }));
                continue;
            }
            one.is_recalled = true;
            self.waiting.push(one);
            self.recall(path, &mut answers);
        }
        answers
    }

    /// Asks all who have rows of this file, in any version, unless they are asked already.
    fn recall(&mut self, path: String, answers: &mut Answers) {
        if self.recalls.iter().any(|one| one.path == path) {
            return;
        }
        let versions = self.files.values().filter(|file| file.id.path == path);
        let versions: Vec<_> = versions.filter(|file| !file.held.is_empty()).collect();
        let holders = versions.iter().flat_map(|file| file.held.keys().copied());
        self.number += 1;
        let feeds = versions.iter().map(|file| file.id.clone()).collect();
        let recall = Recall {
            number: self.number,
            path,
            awaited: holders.collect(),
        };
        let number = self.number;
        answers.push((None, RowAnswer::Recall { number, feeds }));
        self.recalls.push(recall);
    }
}

impl File {
    /// Leases up to `most` rows.
    fn lease(&mut self, worker: usize, most: usize) -> Vec<usize> {
        let leases = std::iter::from_fn(|| FileVersion::free(&self.version)).take(most);
        let leases: Vec<Lease> = leases.collect();
        let rows = leases.iter().map(Lease::row).collect();
        if !leases.is_empty() {
            let held = self.held.entry(worker).or_default();
            held.extend(leases.into_iter().map(|lease| (lease.row(), lease)));
        }
        rows
    }
}

#[cfg(test)]
mod tests;
