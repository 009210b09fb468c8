//! Rows that another process leases to this one: a run on several machines has one of them that knows who has which.
//!
//! A user takes a row of those that are here; where there is none, more are asked for, and the user waits for the answer. What
//! users give back stays here for the next ones, until it is recalled or nobody reads the file any more.

use std::collections::{BTreeSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::rows::Key;

/// How long a user waits for an answer: longer than it takes until another coordinator has taken over a run.
const PATIENCE: Duration = Duration::from_secs(45);

/// How long nobody asks again after the answer that no row is free; twice as long where the answer before was the same, up to
/// four times.
const HOLDS: Duration = Duration::from_millis(500);

/// A version of a data file, as all processes of a run know it. A copy of a file has the same rows under another path: it is
/// the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedId {
    /// Relative to the script folder.
    pub path: String,
    pub(crate) key: Key,
}

impl PartialEq for FeedId {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for FeedId {}

impl Hash for FeedId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// Rows of files that a process has.
pub type HeldRows = Vec<(FeedId, Vec<usize>)>;

/// From a process that leases rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowRequest {
    /// This number of users wait for a row.
    Lease { feed: FeedId, users: usize },
    /// It has no use for these any more.
    Return { feed: FeedId, rows: Vec<usize> },
    /// What it can spare, after the recall with this number.
    Recalled { number: u64, rows: HeldRows },
    /// All that it has; other requests than those after this one are void.
    Holds { feeds: HeldRows },
}

/// To a process that leases rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowAnswer {
    /// It has these now; none: none is free.
    Granted { feed: FeedId, rows: Vec<usize> },
    /// It gives back what it can spare of these, which are versions of one file.
    Recall { number: u64, feeds: Vec<FeedId> },
    /// It declares what it has.
    Declare,
}

/// The rows of one version of a file that this process has.
#[derive(Debug)]
pub(super) struct LeasedRows {
    id: FeedId,
    requests: mpsc::UnboundedSender<RowRequest>,
    state: Mutex<State>,
    /// Something came, or somebody gave a row back.
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    /// All of them.
    own: BTreeSet<usize>,
    /// Those that no user has, the longest rested first.
    free: VecDeque<usize>,
    /// Users that wait.
    waiting: usize,
    /// More were asked for.
    is_asked: bool,
    /// Until when it holds that none is free, and how often that was the answer since there were any.
    none_free: Option<Instant>,
    times: u32,
}

impl State {
    fn is_none_free(&self) -> bool {
        self.none_free.is_some_and(|until| Instant::now() < until)
    }
}

impl LeasedRows {
    pub(super) fn new(id: FeedId, requests: mpsc::UnboundedSender<RowRequest>) -> Self {
        Self {
            id,
            requests,
            state: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }

    /// Returns rows of a file that nobody reads here.
    pub(super) fn give_up(
        requests: &mpsc::UnboundedSender<RowRequest>,
        feed: FeedId,
        rows: Vec<usize>,
    ) {
        if !rows.is_empty() {
            // Without anybody who leases them, the run is over.
            let _ = requests.send(RowRequest::Return { feed, rows });
        }
    }

    /// A row that is here.
    pub(super) fn take(&self) -> Option<usize> {
        locked(&self.state).free.pop_front()
    }

    pub(super) fn give_back(&self, row: usize) {
        locked(&self.state).free.push_back(row);
        self.changed.send_replace(());
    }

    /// Asks for more, and waits until `free` finds one or the answer is that there is none.
    pub(super) async fn lease<T>(&self, free: impl Fn() -> Option<T>) -> Option<T> {
        let waiting = Waiting::new(&self.state);
        let leased = async {
            loop {
                let mut changed = self.changed.subscribe();
                if let Some(lease) = free() {
                    return Some(lease);
                }
                if locked(&self.state).is_none_free() {
                    return None;
                }
                self.ask();
                changed.changed().await.ok()?;
            }
        };
        let leased = tokio::time::timeout(PATIENCE, leased).await;
        drop(waiting);
        leased.unwrap_or_else(|_| {
            tracing::warn!(
                "no answer within {} s which rows of {} are free: take gives nil",
                PATIENCE.as_secs(),
                self.id.path
            );
            None
        })
    }

    fn ask(&self) {
        let mut state = locked(&self.state);
        if !std::mem::replace(&mut state.is_asked, true) {
            let (feed, users) = (self.id.clone(), state.waiting.max(1));
            let _ = self.requests.send(RowRequest::Lease { feed, users });
        }
    }

    /// Somebody else answers from now on.
    pub(super) fn ask_again(&self) {
        let is_asked = std::mem::take(&mut locked(&self.state).is_asked);
        if is_asked {
            self.ask();
        }
    }

    /// The answer has come.
    pub(super) fn granted(&self, rows: Vec<usize>) {
        let mut state = locked(&self.state);
        state.is_asked = false;
        state.times = if rows.is_empty() { state.times + 1 } else { 0 };
        let holds = HOLDS * 2_u32.pow(state.times.saturating_sub(1).min(2));
        state.none_free = rows.is_empty().then(|| Instant::now() + holds);
        for row in rows {
            if state.own.insert(row) {
                state.free.push_back(row);
            }
        }
        drop(state);
        self.changed.send_replace(());
    }

    pub(super) fn is_one_of(&self, feeds: &[FeedId]) -> bool {
        feeds.contains(&self.id)
    }

    /// Half of what no user has and none waits for, which it does not have any more.
    pub(super) fn spare(&self) -> (FeedId, Vec<usize>) {
        let mut state = locked(&self.state);
        let count = state.free.len().saturating_sub(state.waiting).div_ceil(2);
        let rows: Vec<usize> = state.free.drain(..count).collect();
        for row in &rows {
            state.own.remove(row);
        }
        (self.id.clone(), rows)
    }

    /// All that it has.
    pub(super) fn all(&self) -> (FeedId, Vec<usize>) {
        let rows = locked(&self.state).own.iter().copied().collect();
        (self.id.clone(), rows)
    }
}

impl Drop for LeasedRows {
    /// Nobody reads the file any more, and no user has a row of it.
    fn drop(&mut self) {
        let own = std::mem::take(&mut locked(&self.state).own);
        let rows = own.into_iter().collect();
        Self::give_up(&self.requests, self.id.clone(), rows);
    }
}

/// A user that waits, for as long as it does.
struct Waiting<'a>(&'a Mutex<State>);

impl<'a> Waiting<'a> {
    fn new(state: &'a Mutex<State>) -> Self {
        locked(state).waiting += 1;
        Self(state)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        locked(self.0).waiting -= 1;
    }
}

/// A std mutex, since nothing waits while it is held; a thread that panicked left whole values behind.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
