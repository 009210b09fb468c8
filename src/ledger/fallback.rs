//! Where the writer keeps things: the file, and beside it what the file would not take.

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

/// How long a file that could not be written is left alone before the next try.
const RETRY: Duration = Duration::from_secs(1);
/// Things moved back to the file in one go.
const MOVED_AT_ONCE: usize = 500;

/// Where a ledger is kept.
pub(crate) enum Place {
    /// In a file, which is made with the first thing.
    File {
        directory: Directory,
        durability: Durability,
        lock: Option<Lock>,
    },
    /// In memory: it ends with the process.
    Memory,
    /// There is no place for it, and why.
    Nowhere(String),
}

/// The file of a run, and what it would not take.
pub(crate) struct FallbackStore {
    place: Place,
    run: Run,
    file: Option<Store>,
    /// Descriptors for the file, until it is made: connections may have taken all others by then.
    reserve: Vec<File>,
    /// Things that the file would not take, and how many they are at most.
    spare: Option<Store>,
    unwritten: HashSet<EntryId>,
    /// What became of things in the file, and the file would not take.
    owed: Vec<Write>,
    /// Things that are still in the file and that it should have forgotten.
    gone: HashSet<EntryId>,
    /// Things of which the file does not know yet that they were confirmed, and under which id.
    confirmed: HashMap<EntryId, Option<String>>,
    again: Option<Instant>,
    /// The pass of the clean-up that will see the sessions that end now.
    pass: Cell<i64>,
}

/// As many descriptors as a file in WAL mode needs, with its lock and its directory.
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

    /// Writes into the file, and first what it still owes.
    pub fn write(&mut self, writes: &[Write]) -> Result<(), LedgerError> {
        self.settle_debts()?;
        if !writes.is_empty() {
            self.file()?.apply(writes)
        } else if self.again.is_some() {
            // Whether it takes anything is known only when it has taken something.
            self.file()?.touch()
        } else {
            Ok(())
        }
    }

    /// When the file is tried again; none: it is fine.
    pub fn again(&self) -> Option<Instant> {
        self.again
    }

    /// The file would not take something: it is left alone for a while.
    pub fn leave_alone(&mut self) {
        self.again = Some(Instant::now() + RETRY);
    }

    /// The file takes things again.
    pub fn is_fine(&mut self) {
        self.again = None;
    }

    /// Whether it ends with the process, and its target too.
    pub fn is_ephemeral(&self) -> bool {
        matches!(self.place, Place::Memory)
    }

    /// Number of things that are in memory only.
    pub fn unwritten(&self) -> usize {
        self.unwritten.len()
    }

    /// Keeps in memory what the file would not take.
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
                    self.owe([write]);
                    continue;
                }
                Write::Over(ids) => {
                    let written = ids.iter().filter(|id| !self.unwritten.contains(id));
                    let written = Write::Over(written.copied().collect());
                    self.owe([written]);
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

    /// What became of things in the file, when nothing new may be created: it is written once the file takes it.
    pub fn owe(&mut self, writes: impl IntoIterator<Item = Write>) {
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

    fn settle_debts(&mut self) -> Result<(), LedgerError> {
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

    /// The file; created and locked if it is not there yet.
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
        // It was put there just now; the error is never seen.
        self.file.as_mut().ok_or(LedgerError::Gone)
    }

    /// Sessions that end from now on are not of this cutoff.
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

    /// Each kind that is left, with what it needs.
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
            // An empty page is the reader's last one.
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

    /// What is left, thing by thing.
    pub fn list(&self, most: usize) -> Result<Vec<RemainingEntry>, LedgerError> {
        let mut list = Vec::new();
        for store in self.stores() {
            list.extend(store.list_without(&self.gone, most)?);
        }
        list.truncate(most);
        Ok(list)
    }

    /// What is in memory only, thing by thing.
    pub fn unwritten_list(&self, most: usize) -> Result<Vec<RemainingEntry>, LedgerError> {
        self.spare
            .as_ref()
            .map_or(Ok(Vec::new()), |spare| spare.list(most))
    }

    /// Closes the file; takes it away if nothing is left in it.
    pub fn close(mut self) -> Result<(), LedgerError> {
        let empty = match &self.file {
            // What it could not forget is gone all the same: taking it away needs no place on the disk.
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
