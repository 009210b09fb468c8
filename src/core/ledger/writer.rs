//! The thread that writes a ledger: changes arrive one by one and are committed in groups.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::counts::{Counts, RemainingEntry};
use super::entry::{Entry, EntryId, MissingId};
use super::error::LedgerError;
use super::fallback::FallbackStore;
use super::store::Write;

/// How long a group of entries is collected; their requests wait for it.
pub const WINDOW: Duration = Duration::from_millis(2);
/// How long a group of results is collected: no request waits for it.
const RESULT_WINDOW: Duration = Duration::from_millis(20);
/// Maximum entries in memory while the file cannot be written; then nothing more is created.
pub const MOST_UNWRITTEN: usize = 100_000;
/// Maximum endpoints with a warning that their items cannot be deleted; scripts may use any number of names.
const MAX_WARNINGS: usize = 100;

/// What happens when the ledger cannot be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// Nothing is created that is not recorded, and the run stops.
    #[default]
    Required,
    /// The run continues; what cannot be written is kept in memory, up to [`MOST_UNWRITTEN`] entries.
    BestEffort,
}

/// What is wrong with the ledger of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be written, so nothing is created any more.
    Refuses(String),
    /// It cannot be written; entries are kept in memory.
    InMemory(String),
}

/// From a handle, or from a reader.
pub(super) enum Message {
    /// An item is about to be created; the request waits for the result.
    Intend(EntryId, Box<Entry>, oneshot::Sender<Result<(), String>>),
    /// The result of an entry.
    News(Write),
    /// A response without an id.
    MissingId(EntryId, MissingId),
    /// A query.
    Ask(Box<dyn FnOnce(&FallbackStore) + Send>),
    /// The last message.
    Close(oneshot::Sender<Closed>),
}

/// The result of closing a ledger.
#[derive(Debug, Default)]
pub(super) struct Closed {
    pub left: Counts,
    pub unwritten: Vec<RemainingEntry>,
}

pub(super) struct Writer {
    pub inbox: Receiver<Message>,
    pub store: FallbackStore,
    pub policy: Policy,
    pub window: Duration,
    pub trouble: watch::Sender<Option<Trouble>>,
    pub group: Vec<Write>,
    pub waiting: Vec<oneshot::Sender<Result<(), String>>>,
    pub due: Option<Instant>,
    /// Endpoints with a warning that their items cannot be deleted.
    pub said: BTreeSet<String>,
}

impl Writer {
    /// Runs until all senders are dropped, or the last message.
    pub fn run(mut self) {
        loop {
            let until = [self.due, self.store.again()].into_iter().flatten().min();
            let message = match until {
                None => self
                    .inbox
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected),
                Some(until) => self
                    .inbox
                    .recv_timeout(until.saturating_duration_since(Instant::now())),
            };
            match message {
                Ok(message) => {
                    if let Some(reply) = self.take(message) {
                        return self.close(Some(reply));
                    }
                    if !self.waiting.is_empty() {
                        // Changes that arrive meanwhile join this group. Sleeping costs less than waking for each.
                        std::thread::sleep(self.window);
                        while let Ok(message) = self.inbox.try_recv() {
                            if let Some(reply) = self.take(message) {
                                return self.close(Some(reply));
                            }
                        }
                        self.commit();
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.commit(),
                Err(RecvTimeoutError::Disconnected) => return self.close(None),
            }
        }
    }

    /// Returns the channel for the result, if this was the last message.
    fn take(&mut self, message: Message) -> Option<oneshot::Sender<Closed>> {
        match message {
            Message::Intend(id, entry, waiting) => {
                self.group.push(Write::Intend(id, entry));
                self.waiting.push(waiting);
            }
            Message::News(write) => {
                self.group.push(write);
                self.due
                    .get_or_insert_with(|| Instant::now() + RESULT_WINDOW);
            }
            Message::MissingId(id, missing) => {
                self.warn_once(&missing);
                return self.take(Message::News(Write::Doubt(id, missing.why)));
            }
            Message::Ask(question) => {
                self.commit();
                question(&self.store);
            }
            Message::Close(reply) => return Some(reply),
        }
        None
    }

    fn commit(&mut self) {
        self.due = None;
        let patient = self
            .store
            .again()
            .is_some_and(|again| again > Instant::now());
        let group = std::mem::take(&mut self.group);
        if group.is_empty() && self.store.again().is_none() {
            return;
        }
        let written = if patient {
            match self.trouble.borrow().clone() {
                Some(Trouble::Refuses(why) | Trouble::InMemory(why)) => Err(why),
                None => Err("it is retried later".to_owned()),
            }
        } else {
            self.store.write(&group).map_err(|why| why.to_string())
        };
        let answer = match written {
            Ok(()) => {
                if self.store.again().is_some() {
                    tracing::info!("the ledger can be written again");
                    self.store.recover();
                    self.trouble.send_replace(None);
                }
                Ok(())
            }
            Err(why) => {
                if !patient {
                    self.store.postpone();
                }
                self.refused(group, why)
            }
        };
        for waiting in self.waiting.drain(..) {
            // A waiter that is gone has withdrawn its entry.
            let _ = waiting.send(answer.clone());
        }
    }

    /// A group could not be written.
    fn refused(&mut self, group: Vec<Write>, why: String) -> Result<(), String> {
        let full = self.store.unwritten() + self.waiting.len() > MOST_UNWRITTEN;
        if self.policy == Policy::Required || full {
            self.store.queue(group);
            let why = if full && self.policy == Policy::BestEffort {
                format!("{why}, and the maximum of {MOST_UNWRITTEN} entries in memory is reached")
            } else {
                why
            };
            self.say(Trouble::Refuses(why.clone()));
            return Err(why);
        }
        self.say(Trouble::InMemory(why));
        self.store.keep(group).map_err(|why| {
            let why = why.to_string();
            self.say(Trouble::Refuses(why.clone()));
            why
        })
    }

    /// Warns at the first lost item of each endpoint.
    fn warn_once(&mut self, missing: &MissingId) {
        let MissingId {
            why,
            endpoint,
            is_lost,
        } = missing;
        if *is_lost && self.said.len() < MAX_WARNINGS && self.said.insert(endpoint.clone()) {
            tracing::warn!(
                "{endpoint}: what it created cannot be deleted: {why}, and there is no creates.find to look it up"
            );
        }
    }

    /// Reports trouble once, until it changes.
    fn say(&self, trouble: Trouble) {
        let same = |one: &Option<Trouble>| {
            matches!(
                (one, &trouble),
                (Some(Trouble::Refuses(_)), Trouble::Refuses(_))
                    | (Some(Trouble::InMemory(_)), Trouble::InMemory(_))
            )
        };
        self.trouble.send_if_modified(|told| {
            let new = !same(told);
            if new {
                *told = Some(trouble.clone());
            }
            new
        });
    }

    fn close(mut self, reply: Option<oneshot::Sender<Closed>>) {
        // A last attempt, however recently it failed.
        if self.store.again().is_some() {
            match self.store.write(&[]) {
                Ok(()) => self.store.recover(),
                Err(why) => {
                    tracing::debug!("the ledger still cannot be written: {why}");
                    self.store.postpone();
                }
            }
        }
        self.commit();
        let read = |store: &FallbackStore| -> Result<Closed, LedgerError> {
            Ok(Closed {
                // Items on a target that ends with the process are not left behind.
                left: if store.is_ephemeral() {
                    Counts::default()
                } else {
                    store.counts()?
                },
                unwritten: store.unwritten_list(MOST_UNWRITTEN)?,
            })
        };
        let closed = read(&self.store).unwrap_or_else(|why| {
            tracing::error!("the ledger cannot be read: {why}");
            Closed::default()
        });
        if let Err(why) = self.store.close() {
            tracing::error!("the ledger: {why}");
        }
        if let Some(reply) = reply {
            let _ = reply.send(closed);
        }
    }
}
