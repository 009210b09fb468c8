//! The ledger as others hold it: one handle to read it, and one for each shard that records entries.

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

/// Answers once the entry is on file.
pub type Committed = oneshot::Receiver<Result<(), String>>;

/// How a ledger is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// What happens when it cannot be written.
    pub policy: Policy,
    /// What a commit outlives.
    pub durability: Durability,
    /// How long a group of changes is open.
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
    /// Of that, what is on no file: this is the only list of it.
    pub unwritten: Vec<RemainingEntry>,
}

/// The ledger of a run: cheap to clone, one writer behind all of them.
#[derive(Debug, Clone)]
pub struct Ledger {
    sender: Sender<Message>,
    trouble: watch::Receiver<Option<Trouble>>,
}

impl Ledger {
    /// The ledger of a run that begins: its file is made with the first entry.
    ///
    /// # Errors
    /// When there is no thread for it.
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

    /// A ledger that ends with the process: for a target that does so too.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn in_memory(run: Run) -> Result<Self, LedgerError> {
        let options = OpenOptions {
            window: Duration::ZERO,
            ..OpenOptions::default()
        };
        Self::start(FallbackStore::new(Place::Memory, run, None), &options)
    }

    /// The ledger of a run that has no place for one, and why.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn nowhere(run: Run, why: String, options: &OpenOptions) -> Result<Self, LedgerError> {
        Self::start(FallbackStore::new(Place::Nowhere(why), run, None), options)
    }

    /// The ledger of a run that is over, and that run.
    ///
    /// # Errors
    /// When it cannot be read; then it is left alone.
    pub fn resume(directory: &Directory, id: &str, lock: Lock) -> Result<(Self, Run), LedgerError> {
        let options = OpenOptions {
            // What is deleted may be written down late: deleting it again does no harm. But it must be written.
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
            sender,
            trouble: told,
        })
    }

    /// A handle of its own for a shard. No two handles of a run have the same number. `sessions`: whether it matters
    /// which sessions are over.
    pub fn handle(&self, number: u16, sessions: bool) -> LedgerHandle {
        LedgerHandle {
            sender: self.sender.clone(),
            number,
            count: Cell::new(0),
            sessions,
        }
    }

    /// What is wrong with it, whenever that changes.
    pub fn trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.clone()
    }

    /// Each kind that is left, with what it needs.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn kinds(&self) -> Result<BTreeMap<String, Vec<String>>, LedgerError> {
        self.ask(FallbackStore::kinds).await
    }

    /// The sessions that are over by now, for [`Ledger::page`].
    ///
    /// # Errors
    /// When nobody writes it any more.
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

    /// What is left, thing by thing, at most so many.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn list(&self, most: usize) -> Result<Vec<RemainingEntry>, LedgerError> {
        self.ask(move |store| store.list(most)).await
    }

    /// Something is not there any more.
    pub fn gone(&self, id: EntryId) {
        self.tell(Write::Forget(id));
    }

    /// Something could not be deleted.
    pub fn failed(&self, id: EntryId, why: String) {
        self.tell(Write::Fail(id, why));
    }

    /// Writes what there is to write, and takes the file away if nothing is left. What is handed in later is refused.
    pub async fn close(&self) -> Left {
        let (reply, closed) = oneshot::channel();
        // Where the writer is gone it has said why.
        let _ = self.sender.send(Message::Close(reply));
        let closed = closed.await.unwrap_or_default();
        Left {
            counts: closed.left,
            unwritten: closed.unwritten,
        }
    }

    fn tell(&self, write: Write) {
        let _ = self.sender.send(Message::News(write));
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&FallbackStore) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let ask = move |store: &FallbackStore| drop(reply.send(question(store)));
        self.sender
            .send(Message::Ask(Box::new(ask)))
            .map_err(|_| LedgerError::Gone)?;
        answer.await.map_err(|_| LedgerError::Gone)?
    }
}

/// Where the requests of one shard hand in what they mean to create. No lock, no waiting but for the commit.
#[derive(Debug)]
pub struct LedgerHandle {
    sender: Sender<Message>,
    number: u16,
    count: Cell<i64>,
    sessions: bool,
}

impl LedgerHandle {
    /// Hands in what a request is about to create. It may leave once the answer is there.
    pub fn intend(&self, entry: Entry) -> (EntryId, Committed) {
        let count = self.count.get() + 1;
        self.count.set(count);
        let id = EntryId::of(self.number, count);
        let (reply, committed) = oneshot::channel();
        // Where the writer is gone, so is the other end: those that wait are told.
        let _ = self
            .sender
            .send(Message::Intend(id, Box::new(entry), reply));
        (id, committed)
    }

    /// The target confirmed it, under this id if it gave one.
    pub fn confirm(&self, id: EntryId, given: Option<String>) {
        self.tell(Write::Confirm(id, given));
    }

    /// The target answered without an id: it stays unconfirmed.
    pub fn missing_id(&self, id: EntryId, missing: MissingId) {
        let _ = self.sender.send(Message::MissingId(id, missing));
    }

    /// The target refused it, or it was never asked.
    pub fn forget(&self, id: EntryId) {
        self.tell(Write::Forget(id));
    }

    /// Whether it matters which sessions are over.
    pub fn minds_sessions(&self) -> bool {
        self.sessions
    }

    /// The session that made these is over.
    pub fn over(&self, made: Vec<EntryId>) {
        if !made.is_empty() {
            self.tell(Write::Over(made));
        }
    }

    fn tell(&self, write: Write) {
        let _ = self.sender.send(Message::News(write));
    }
}
