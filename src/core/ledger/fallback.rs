//! The writer's storage: the file, and in memory what could not be written to it.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::time::{Duration, Instant};

use super::counts::{Counts, RemainingEntry};
use super::directory::Directory;
use super::entry::{Cutoff, Entry, EntryId};
use super::error::LedgerError;
use super::lock::Lock;
use super::run::Run;
use super::store::{Durability, FIRST_PASS, Store, Write};

/// Delay before writing a file is retried.
const RETRY: Duration = Duration::from_secs(1);
/// Entries that are moved back to the file at once.
const MOVED_AT_ONCE: usize = 500;

/// Where a ledger is stored.
pub(crate) enum Place {
    /// In a file, which is created with the first entry.
    File {
        directory: Directory,
        durability: Durability,
        lock: Option<Lock>,
    },
    /// In memory: it ends with the process.
    Memory,
    /// Nowhere, for this reason.
    Nowhere(String),
}

/// The file of a run, and what could not be written to it.
pub(crate) struct FallbackStore {
    place: Place,
    run: Run,
    file: Option<Store>,
    /// Descriptors reserved for the file until it is created: connections may use all others by then.
    reserve: Vec<File>,
    /// Entries that could not be written, and their maximum.
    spare: Option<Store>,
    unwritten: HashSet<EntryId>,
    /// Changes of entries in the file that could not be written.
    owed: Vec<Write>,
    /// Entries in the file that should be deleted.
    gone: HashSet<EntryId>,
    /// Confirmed entries, with their ids, that are unconfirmed in the file.
    confirmed: HashMap<EntryId, Option<String>>,
    again: Option<Instant>,
    /// The pass of the clean-up that will see the sessions that end now.
    pass: Cell<i64>,
}

/// Descriptors that a file in WAL mode needs, with its lock and its directory.
fn reserve() -> Vec<File> {
    let open = |_| File::open("/dev/null").ok();
    (0..8).filter_map(open).collect()
}

impl FallbackStore {
    pub fn new(place: Place, run: Run, file: Option<Store>) -> Self {
        let wants_file = matches!(place, Place::File { .. }) && file.is_none();
        Self {
            reserve: if wants_file { reserve() } else { Vec::new() },
            place,
            run,
            file,
            spare: None,
            unwritten: HashSet::new(),
            owed: Vec::new(),
            gone: HashSet::new(),
            confirmed: HashMap::new(),
            again: None,
            pass: Cell::new(FIRST_PASS),
        }
    }

    /// Writes to the file, pending changes first.
    pub fn write(&mut self, writes: &[Write]) -> Result<(), LedgerError> {
        self.flush_pending()?;
        if !writes.is_empty() {
            self.file()?.apply(writes)
        } else if self.again.is_some() {
            // Only a successful write shows that it can be written.
            self.file()?.touch()
        } else {
            Ok(())
        }
    }

    /// When writing is retried; none: the file can be written.
    pub fn again(&self) -> Option<Instant> {
        self.again
    }

    /// A write failed: writing is retried after a delay.
    pub fn postpone(&mut self) {
        self.again = Some(Instant::now() + RETRY);
    }

    /// The file can be written again.
    pub fn recover(&mut self) {
        self.again = None;
    }

    /// Whether it ends with the process, like its target.
    pub fn is_ephemeral(&self) -> bool {
        matches!(self.place, Place::Memory)
    }

    /// Number of entries that are in memory only.
    pub fn unwritten(&self) -> usize {
        self.unwritten.len()
    }

    /// Keeps in memory what could not be written.
    pub fn keep(&mut self, writes: Vec<Write>) -> Result<(), LedgerError> {
        for write in writes {
            match &write {
                Write::Intend(id, _) => {
                    self.unwritten.insert(*id);
                }
                Write::Confirm(id, _)
                | Write::Doubt(id, _)
                | Write::Forget(id)
                | Write::Fail(id, _)
                    if !self.unwritten.contains(id) =>
                {
                    self.queue([write]);
                    continue;
                }
                Write::Over(ids) => {
                    let written = ids.iter().filter(|id| !self.unwritten.contains(id));
                    let written = Write::Over(written.copied().collect());
                    self.queue([written]);
                }
                _ => {}
            }
            let gone = match &write {
                Write::Forget(id) => Some(*id),
                _ => None,
            };
            let spare = match &mut self.spare {
                Some(spare) => spare,
                none => {
                    let spare = Store::in_memory(&self.run)?;
                    spare.begin_pass(self.pass.get());
                    none.insert(spare)
                }
            };
            spare.apply(std::slice::from_ref(&write))?;
            if let Some(id) = gone {
                self.unwritten.remove(&id);
            }
        }
        Ok(())
    }

    /// Queues changes of entries until the file can be written.
    pub fn queue(&mut self, writes: impl IntoIterator<Item = Write>) {
        for write in writes {
            match &write {
                Write::Intend(..) => continue,
                Write::Forget(id) => drop(self.gone.insert(*id)),
                Write::Confirm(id, given) => drop(self.confirmed.insert(*id, given.clone())),
                Write::Doubt(..) | Write::Fail(..) | Write::Over(_) => {}
            }
            self.owed.push(write);
        }
    }

    fn flush_pending(&mut self) -> Result<(), LedgerError> {
        if !self.owed.is_empty() {
            let owed = std::mem::take(&mut self.owed);
            let done = self.file().and_then(|file| file.apply(&owed));
            if let Err(why) = done {
                self.owed = owed;
                return Err(why);
            }
            self.gone.clear();
            self.confirmed.clear();
        }
        while !self.unwritten.is_empty() {
            let spare = match &self.spare {
                Some(spare) => spare.all(MOVED_AT_ONCE)?,
                None => Vec::new(),
            };
            if spare.is_empty() {
                self.unwritten.clear();
                break;
            }
            let ids: Vec<EntryId> = spare.iter().map(|(id, _)| *id).collect();
            let over = match &self.spare {
                Some(spare) => spare.over()?,
                None => HashSet::new(),
            };
            let over: Vec<EntryId> = ids.iter().copied().filter(|id| over.contains(id)).collect();
            let mut moved: Vec<Write> = spare
                .into_iter()
                .map(|(id, entry)| Write::Intend(id, Box::new(entry)))
                .collect();
            moved.push(Write::Over(over));
            self.file()?.apply(&moved)?;
            if let Some(spare) = &mut self.spare {
                let gone: Vec<Write> = ids.iter().copied().map(Write::Forget).collect();
                spare.apply(&gone)?;
            }
            self.unwritten.retain(|id| !ids.contains(id));
        }
        Ok(())
    }

    /// The file; created and locked if it does not exist yet.
    fn file(&mut self) -> Result<&mut Store, LedgerError> {
        if self.file.is_none() {
            let made = match &mut self.place {
                Place::Memory => Store::in_memory(&self.run)?,
                Place::Nowhere(why) => {
                    return Err(LedgerError::Nowhere(why.clone()));
                }
                Place::File {
                    directory,
                    durability,
                    lock,
                } => {
                    self.reserve.clear();
                    directory.make()?;
                    if lock.is_none() {
                        *lock = directory.lock(&self.run.id)?;
                    }
                    Store::create(&directory.file(&self.run.id), &self.run, *durability)?
                }
            };
            made.begin_pass(self.pass.get());
            self.file = Some(made);
        }
        // It was set above, so this error cannot occur.
        self.file.as_mut().ok_or(LedgerError::Gone)
    }

    /// Sessions that end later are not part of this cutoff.
    pub fn cut(&self) -> Cutoff {
        let pass = self.pass.get();
        self.pass.set(pass + 1);
        for store in self.stores() {
            store.begin_pass(pass + 1);
        }
        Cutoff(pass)
    }

    fn stores(&self) -> impl Iterator<Item = &Store> {
        self.file.iter().chain(&self.spare)
    }

    /// Each remaining kind, with its dependencies.
    pub fn kinds(&self) -> Result<std::collections::BTreeMap<String, Vec<String>>, LedgerError> {
        let mut all = std::collections::BTreeMap::<String, Vec<String>>::new();
        for store in self.stores() {
            for (kind, needs) in store.kinds()? {
                all.entry(kind).or_default().extend(needs);
            }
        }
        Ok(all)
    }

    /// As [`Store::page`], over the file and the memory.
    pub fn page(
        &self,
        kinds: &[String],
        before: EntryId,
        cutoff: Option<Cutoff>,
        most: usize,
    ) -> Result<Vec<(EntryId, Entry)>, LedgerError> {
        let mut page = Vec::new();
        for store in self.stores() {
            page.extend(store.page(kinds, before, cutoff, most)?);
        }
        page.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        page.truncate(most);
        let Some(last) = page.last().map(|(id, _)| *id) else {
            return Ok(page);
        };
        page.retain(|(id, _)| !self.gone.contains(id));
        if page.is_empty() {
            // The reader stops at an empty page.
            return self.page(kinds, last, cutoff, most);
        }
        for (id, entry) in &mut page {
            if let Some(given) = self.confirmed.get(id) {
                entry.confirmed = true;
                let given = given.clone().map(|given| ("id".to_owned(), given));
                entry.params.extend(given);
            }
        }
        Ok(page)
    }

    /// What is left, by kind.
    pub fn counts(&self) -> Result<Counts, LedgerError> {
        let mut counts = Counts::default();
        for store in self.stores() {
            counts.add(store.counts_without(&self.gone)?);
        }
        Ok(counts)
    }

    /// The remaining items.
    pub fn list(&self, most: usize) -> Result<Vec<RemainingEntry>, LedgerError> {
        let mut list = Vec::new();
        for store in self.stores() {
            list.extend(store.list_without(&self.gone, most)?);
        }
        list.truncate(most);
        Ok(list)
    }

    /// The items that are in memory only.
    pub fn unwritten_list(&self, most: usize) -> Result<Vec<RemainingEntry>, LedgerError> {
        self.spare
            .as_ref()
            .map_or(Ok(Vec::new()), |spare| spare.list(most))
    }

    /// Closes the file; removes it if nothing is left in it.
    pub fn close(mut self) -> Result<(), LedgerError> {
        let empty = match &self.file {
            // Pending deletions do not matter: removing the file needs no disk space.
            Some(file) => file.counts_without(&self.gone)?.is_empty(),
            None => true,
        };
        drop(self.file.take());
        if let Place::File {
            directory, lock, ..
        } = self.place
            && empty
        {
            directory.remove(&self.run.id, lock);
        }
        Ok(())
    }
}
