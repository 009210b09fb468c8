//! Deletes what the run created: profiles before their users, several at once, page by page out of the ledger.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::rc::Rc;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::OVER;
use super::delete::{DeleteResult, Deleter, NotDeleted};
use super::dependencies::Dependencies;
use crate::ledger::{Cutoff, Entry, EntryId, Ledger, LedgerError, RemainingEntry};
use crate::request::{Requester, ShutdownSignal};

/// Deletions under way at once: gentle to a target that has just had a whole crowd.
const AT_ONCE: usize = 16;
/// Things read from the ledger in one go.
const PAGE: usize = 500;
/// Things that are listed one by one when they are left behind; the ledger has them all.
pub const MOST_LISTED: usize = 100;

/// Something that is still there, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// What it is: `user`.
    pub kind: String,
    /// Its id, if it is known.
    pub id: String,
    /// Why it could not be deleted.
    pub why: String,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "left behind: {} {}: {}", self.kind, self.id, self.why)
    }
}

impl From<RemainingEntry> for Leftover {
    fn from(entry: RemainingEntry) -> Self {
        Self {
            kind: entry.kind,
            id: entry.id.unwrap_or_else(|| "unknown".to_owned()),
            why: entry.why.unwrap_or_else(|| OVER.to_owned()),
        }
    }
}

/// How far a clean-up has come; shared with anyone who looks on.
#[derive(Debug, Default)]
pub struct CleanupProgress {
    /// Things that are not there any more.
    pub deleted: Cell<u64>,
    /// Things that could not be deleted.
    pub failed: Cell<u64>,
    /// All that there is to do.
    pub of: Cell<u64>,
}

/// What is deleted, and how.
#[derive(Debug, Clone, Copy)]
pub struct CleanupOptions {
    /// Only what sessions made that are over.
    pub only_over: bool,
    /// Requests a second, at most.
    pub rps: f64,
}

/// The paths of things that steps deleted themselves, so that a clean-up does not find them; see [`path_pattern`].
pub type DeletedBySteps = BTreeSet<String>;

/// A path without the names of its parameters: `/users/{id}` and `/users/{userId}` are one.
pub fn path_pattern(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "{}",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Deletes what the ledger holds; what could not be deleted stays there, with the reason. Ends soon once `over` is set.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn clean(
    user: &Rc<Requester>,
    ledger: &Ledger,
    options: CleanupOptions,
    over: Rc<ShutdownSignal>,
    progress: Rc<CleanupProgress>,
    by_steps: &RefCell<DeletedBySteps>,
) -> Result<(), LedgerError> {
    let cutoff = if options.only_over {
        Some(ledger.cut().await?)
    } else {
        progress.of.set(ledger.counts().await?.total());
        None
    };
    let cleaner = Rc::new(Cleaner {
        deleter: Deleter::new(user, options.rps, &over),
        ledger: ledger.clone(),
        found: RefCell::default(),
        dependencies: Dependencies::default(),
        cutoff,
        over,
        progress,
    });
    for kinds in waves(&ledger.kinds().await?) {
        cleaner.wave(kinds).await?;
    }
    for ((kind, path), (deleted, missing)) in &*cleaner.found.borrow() {
        let is_by_steps = || by_steps.borrow().contains(&path_pattern(path));
        if *deleted == 0 && *missing > 0 && !is_by_steps() {
            tracing::warn!(
                "clean-up: {path} returned 404 or 410 for each {kind} ({missing}); is creates.delete.path right?"
            );
        }
    }
    Ok(())
}

/// Groups kinds so that what needs another kind is deleted before it.
fn waves(kinds: &BTreeMap<String, Vec<String>>) -> Vec<Vec<String>> {
    let mut depth = BTreeMap::<&str, usize>::new();
    // As many rounds as kinds settle every chain; a circle of kinds stops there too.
    for _ in 0..kinds.len() {
        for (kind, needs) in kinds {
            let deepest = needs
                .iter()
                .filter_map(|need| depth.get(need.as_str()))
                .max()
                .map_or(0, |depth| depth + 1);
            depth.insert(kind, deepest);
        }
    }
    let mut waves = BTreeMap::<usize, Vec<String>>::new();
    for (kind, depth) in depth {
        let wave = waves.entry(usize::MAX - depth).or_default();
        wave.push(kind.to_owned());
    }
    waves.into_values().collect()
}

/// Deleted, and not found.
type Found = (u64, u64);

struct Cleaner {
    deleter: Deleter,
    ledger: Ledger,
    /// Of what was known to exist: how many were deleted and how many not found, by kind and path.
    found: RefCell<BTreeMap<(String, String), Found>>,
    /// What must wait for a thing that is still there.
    dependencies: Dependencies,
    /// Only what sessions made that were over when it began.
    cutoff: Option<Cutoff>,
    over: Rc<ShutdownSignal>,
    progress: Rc<CleanupProgress>,
}

/// The things of a wave, as they come out of the ledger.
struct Pages {
    kinds: Vec<String>,
    cutoff: Option<Cutoff>,
    page: VecDeque<(EntryId, Entry)>,
    /// The last one that was read; none: there are no more.
    last: Option<EntryId>,
}

impl Pages {
    /// The next thing.
    async fn next(&mut self, ledger: &Ledger) -> Result<Option<(EntryId, Entry)>, LedgerError> {
        if self.page.is_empty()
            && let Some(before) = self.last
        {
            let kinds = self.kinds.clone();
            let page = ledger.page(kinds, before, self.cutoff, PAGE).await?;
            self.last = page.last().map(|(id, _)| *id);
            self.page = page.into();
        }
        Ok(self.page.pop_front())
    }
}

impl Cleaner {
    async fn wave(self: &Rc<Self>, kinds: Vec<String>) -> Result<(), LedgerError> {
        let pages = Rc::new(Mutex::new(Pages {
            kinds,
            cutoff: self.cutoff,
            page: VecDeque::new(),
            last: Some(EntryId::LAST),
        }));
        let mut workers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (cleaner, pages) = (Rc::clone(self), Rc::clone(&pages));
            workers.spawn_local(async move {
                while !cleaner.over.is_set() {
                    let next = pages.lock().await.next(&cleaner.ledger).await?;
                    let Some((id, entry)) = next else { break };
                    cleaner.one(id, &entry).await;
                }
                Ok(())
            });
        }
        while let Some(ended) = workers.join_next().await {
            ended.unwrap_or(Ok(()))?;
        }
        Ok(())
    }

    async fn one(&self, id: EntryId, entry: &Entry) {
        let progress = &self.progress;
        if self.cutoff.is_some() {
            progress.of.set(progress.of.get() + 1);
        }
        let result = tokio::select! {
            biased;
            () = self.over.wait() => Err(NotDeleted::for_now(OVER)),
            result = self.delete(entry) => result,
        };
        match result {
            Ok(result) => {
                self.ledger.gone(id);
                progress.deleted.set(progress.deleted.get() + 1);
                let key = (entry.kind.clone(), entry.delete.path.clone());
                let mut found = self.found.borrow_mut();
                let (deleted, missing) = found.entry(key).or_default();
                match result {
                    DeleteResult::Deleted => *deleted += 1,
                    DeleteResult::Missing => *missing += 1,
                    DeleteResult::NeverCreated => {}
                }
            }
            Err(NotDeleted { why, passing }) => {
                if passing {
                    self.dependencies.by(entry);
                }
                let why = self.deleter.masked(why);
                if self.cutoff.is_some() {
                    tracing::warn!("clean-up: a {} is still there: {why}", entry.kind);
                }
                self.ledger.failed(id, why);
                progress.failed.set(progress.failed.get() + 1);
            }
        }
    }

    async fn delete(&self, entry: &Entry) -> Result<DeleteResult, NotDeleted> {
        if let Some(kind) = self.dependencies.who_needs(entry) {
            return Err(NotDeleted::for_now(format!(
                "the {kind} that needs it is still there"
            )));
        }
        self.deleter.delete(entry).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_another_kind_goes_first() {
        let kinds = [
            ("user", vec![]),
            ("profile", vec!["user"]),
            ("role", vec![]),
            ("assignment", vec!["user", "role"]),
            ("note", vec!["profile"]),
            ("egg", vec!["hen"]),
            ("hen", vec!["egg"]),
        ];
        let kinds = kinds.into_iter().map(|(kind, needs)| {
            let needs = needs.into_iter().map(str::to_owned).collect();
            (kind.to_owned(), needs)
        });
        let waves = waves(&kinds.collect());
        let place = |kind: &str| waves.iter().position(|wave| wave.iter().any(|k| k == kind));
        assert!(place("note") < place("profile"));
        assert!(place("profile") < place("user"));
        assert!(place("assignment") < place("user"));
        assert_eq!(place("user"), place("role"));
        assert!(place("egg").is_some() && place("hen").is_some());
    }
}
