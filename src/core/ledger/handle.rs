//! Access to the ledger: one handle for readers, and one for each shard that records entries.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::counts::{Counts, RemainingEntry};
use super::directory::Directory;
use super::entry::{Cutoff, Entry, EntryId, MissingId};
use super::error::LedgerError;
use super::fallback::{FallbackStore, Place};
use super::lock::Lock;
use super::run::Run;
use super::store::{Durability, Store, Write};
use super::writer::{Message, Policy, Trouble, WINDOW, Writer};

/// Resolves once the entry is written.
pub type Committed = oneshot::Receiver<Result<(), String>>;

/// How a ledger is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// What happens when it cannot be written.
    pub policy: Policy,
    /// What a commit survives.
    pub durability: Durability,
    /// How long a group of changes is collected.
    pub window: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            durability: Durability::Process,
            window: WINDOW,
        }
    }
}

/// What is left when a ledger is closed.
#[derive(Debug, Default)]
pub struct Left {
    /// Everything, by kind.
    pub counts: Counts,
    /// Those that are in no file: this is their only list.
    pub unwritten: Vec<RemainingEntry>,
}

/// The ledger of a run: cheap to clone, with one writer.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// None: nothing is written down.
    sender: Option<Sender<Message>>,
    trouble: watch::Receiver<Option<Trouble>>,
}

impl Ledger {
    /// The ledger of a new run: its file is created with the first entry.
    ///
    /// # Errors
    /// When its thread cannot be started.
    pub fn begin(
        directory: Directory,
        run: Run,
        options: &OpenOptions,
    ) -> Result<Self, LedgerError> {
        let place = Place::File {
            directory,
            durability: options.durability,
            lock: None,
        };
        Self::start(FallbackStore::new(place, run, None), options)
    }

    /// A ledger in memory, for a target that ends with the process.
    ///
    /// # Errors
    /// When its thread cannot be started.
    pub fn in_memory(run: Run) -> Result<Self, LedgerError> {
        let options = OpenOptions {
            window: Duration::ZERO,
            ..OpenOptions::default()
        };
        Self::start(FallbackStore::new(Place::Memory, run, None), &options)
    }

    /// The ledger of a run that creates nothing anywhere: it writes nothing down, has no thread, and nobody waits for it.
    pub fn discarding() -> Self {
        let (_, trouble) = watch::channel(None);
        Self {
            sender: None,
            trouble,
        }
    }

    /// The ledger of a run without a directory for it, and why.
    ///
    /// # Errors
    /// When its thread cannot be started.
    pub fn nowhere(run: Run, why: String, options: &OpenOptions) -> Result<Self, LedgerError> {
        Self::start(FallbackStore::new(Place::Nowhere(why), run, None), options)
    }

    /// The ledger of a finished run, and that run.
    ///
    /// # Errors
    /// When it cannot be read; then it stays unchanged.
    pub fn resume(directory: &Directory, id: &str, lock: Lock) -> Result<(Self, Run), LedgerError> {
        let options = OpenOptions {
            // Deletions may be recorded late, since deleting again is harmless, but they must be recorded.
            policy: Policy::BestEffort,
            ..OpenOptions::default()
        };
        let store = Store::open(&directory.file(id), options.durability)?;
        let run = store.run()?;
        let place = Place::File {
            directory: directory.clone(),
            durability: options.durability,
            lock: Some(lock),
        };
        let named = Run {
            id: id.to_owned(),
            ..run.clone()
        };
        let ledger = Self::start(FallbackStore::new(place, named, Some(store)), &options)?;
        Ok((ledger, run))
    }

    fn start(store: FallbackStore, options: &OpenOptions) -> Result<Self, LedgerError> {
        let (sender, inbox) = mpsc::channel();
        let (trouble, told) = watch::channel(None);
        let writer = Writer {
            inbox,
            store,
            policy: options.policy,
            window: options.window,
            trouble,
            group: Vec::new(),
            waiting: Vec::new(),
            due: None,
            said: std::collections::BTreeSet::new(),
        };
        std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run())
            .map_err(LedgerError::Thread)?;
        Ok(Self {
            sender: Some(sender),
            trouble: told,
        })
    }

    /// A handle for a shard, with a number that is unique in the run. `sessions`: whether it matters
    /// which sessions have ended.
    pub fn handle(&self, number: u16, sessions: bool) -> LedgerHandle {
        LedgerHandle {
            sender: self.sender.clone(),
            number,
            count: Cell::new(0),
            sessions,
        }
    }

    /// Its trouble, whenever that changes.
    pub fn trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.clone()
    }

    /// Each remaining kind, with its dependencies.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn kinds(&self) -> Result<BTreeMap<String, Vec<String>>, LedgerError> {
        self.ask(FallbackStore::kinds).await
    }

    /// The sessions that have ended, for [`Ledger::page`].
    ///
    /// # Errors
    /// When its thread has ended.
    pub async fn cut(&self) -> Result<Cutoff, LedgerError> {
        self.ask(|store| Ok(store.cut())).await
    }

    /// As [`Store::page`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn page(
        &self,
        kinds: Vec<String>,
        before: EntryId,
        cutoff: Option<Cutoff>,
        most: usize,
    ) -> Result<Vec<(EntryId, Entry)>, LedgerError> {
        self.ask(move |store| store.page(&kinds, before, cutoff, most))
            .await
    }

    /// What is left, by kind.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn counts(&self) -> Result<Counts, LedgerError> {
        self.ask(FallbackStore::counts).await
    }

    /// The remaining items, at most so many.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn list(&self, most: usize) -> Result<Vec<RemainingEntry>, LedgerError> {
        self.ask(move |store| store.list(most)).await
    }

    /// An item was deleted.
    pub fn gone(&self, id: EntryId) {
        self.tell(Write::Forget(id));
    }

    /// An item could not be deleted.
    pub fn failed(&self, id: EntryId, why: String) {
        self.tell(Write::Fail(id, why));
    }

    /// Writes pending changes, and removes the file if nothing is left. Later entries are refused.
    pub async fn close(&self) -> Left {
        let (reply, closed) = oneshot::channel();
        send(self.sender.as_ref(), Message::Close(reply));
        let closed = closed.await.unwrap_or_default();
        Left {
            counts: closed.left,
            unwritten: closed.unwritten,
        }
    }

    fn tell(&self, write: Write) {
        send(self.sender.as_ref(), Message::News(write));
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&FallbackStore) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let ask = move |store: &FallbackStore| drop(reply.send(question(store)));
        send(self.sender.as_ref(), Message::Ask(Box::new(ask)));
        answer.await.map_err(|_| LedgerError::Gone)?
    }
}

/// Records the entries of one shard. No lock; only the commit is awaited.
#[derive(Debug)]
pub struct LedgerHandle {
    sender: Option<Sender<Message>>,
    number: u16,
    count: Cell<i64>,
    sessions: bool,
}

impl LedgerHandle {
    /// Records what a request is about to create. The request may be sent once the result is there.
    pub fn intend(&self, entry: Entry) -> (EntryId, Committed) {
        let count = self.count.get() + 1;
        self.count.set(count);
        let id = EntryId::of(self.number, count);
        let (reply, committed) = oneshot::channel();
        if self.sender.is_none() {
            let _ = reply.send(Ok(()));
        } else {
            send(
                self.sender.as_ref(),
                Message::Intend(id, Box::new(entry), reply),
            );
        }
        (id, committed)
    }

    /// Whether anything is written down.
    pub fn is_kept(&self) -> bool {
        self.sender.is_some()
    }

    /// The target confirmed it, under this id if it gave one.
    pub fn confirm(&self, id: EntryId, given: Option<String>) {
        self.tell(Write::Confirm(id, given));
    }

    /// The response had no id: the entry stays unconfirmed.
    pub fn missing_id(&self, id: EntryId, missing: MissingId) {
        send(self.sender.as_ref(), Message::MissingId(id, missing));
    }

    /// The target refused it, or the request was not sent.
    pub fn forget(&self, id: EntryId) {
        self.tell(Write::Forget(id));
    }

    /// Whether it matters which sessions have ended.
    pub fn minds_sessions(&self) -> bool {
        self.sessions
    }

    /// The session that created these has ended.
    pub fn over(&self, made: Vec<EntryId>) {
        if !made.is_empty() {
            self.tell(Write::Over(made));
        }
    }

    fn tell(&self, write: Write) {
        send(self.sender.as_ref(), Message::News(write));
    }
}

/// If the writer has ended, it has reported why, and those who wait for an answer get an error.
fn send(sender: Option<&Sender<Message>>, message: Message) {
    if let Some(sender) = sender {
        let _ = sender.send(message);
    }
}
