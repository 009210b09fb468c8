//! Where the writer keeps things: the file, and beside it what the file would not take.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::claim::Claim;
use super::entry::{Entry, EntryId};
use super::fault::Fault;
use super::folder::Folder;
use super::run::Run;
use super::store::{Durability, Store, Write};
use super::tally::{Kept, Tally};

/// How long a file that could not be written is left alone before the next try.
const RETRY: Duration = Duration::from_secs(1);
/// Things moved back to the file in one go.
const MOVED_AT_ONCE: usize = 500;

/// Where a ledger is kept.
pub(super) enum Place {
    /// In a file, which is made with the first thing.
    File {
        folder: Folder,
        durability: Durability,
        claim: Option<Claim>,
    },
    /// In memory: it ends with the process.
    Memory,
}

/// The file of a run, and what it would not take.
pub(super) struct Shelf {
    place: Place,
    run: Run,
    file: Option<Store>,
    /// Things that the file would not take, and how many they are at most.
    spare: Option<Store>,
    unwritten: HashSet<EntryId>,
    /// What became of things in the file, and the file would not take.
    owed: Vec<Write>,
    again: Option<Instant>,
}

impl Shelf {
    pub fn new(place: Place, run: Run, file: Option<Store>) -> Self {
        Self {
            place,
            run,
            file,
            spare: None,
            unwritten: HashSet::new(),
            owed: Vec::new(),
            again: None,
        }
    }

    /// Writes into the file, and first what it still owes.
    pub fn write(&mut self, writes: &[Write]) -> Result<(), Fault> {
        self.settle_debts()?;
        if !writes.is_empty() {
            self.file()?.apply(writes)?;
        }
        Ok(())
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

    /// Number of things that are in memory only.
    pub fn unwritten(&self) -> usize {
        self.unwritten.len()
    }

    /// Keeps in memory what the file would not take.
    pub fn keep(&mut self, writes: Vec<Write>) -> Result<(), Fault> {
        for write in writes {
            match &write {
                Write::Intend(id, _) => {
                    self.unwritten.insert(*id);
                }
                Write::Confirm(id, _) | Write::Forget(id) | Write::Fail(id, _)
                    if !self.unwritten.contains(id) =>
                {
                    self.owed.push(write);
                    continue;
                }
                Write::Over(ids) => {
                    let written = ids.iter().filter(|id| !self.unwritten.contains(id));
                    self.owed.push(Write::Over(written.copied().collect()));
                }
                _ => {}
            }
            let gone = match &write {
                Write::Forget(id) => Some(*id),
                _ => None,
            };
            let spare = match &mut self.spare {
                Some(spare) => spare,
                none => none.insert(Store::in_memory(&self.run)?),
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
        let news = writes
            .into_iter()
            .filter(|write| !matches!(write, Write::Intend(..)));
        self.owed.extend(news);
    }

    fn settle_debts(&mut self) -> Result<(), Fault> {
        if !self.owed.is_empty() {
            let owed = std::mem::take(&mut self.owed);
            let done = self.file().and_then(|file| file.apply(&owed));
            if let Err(why) = done {
                self.owed = owed;
                return Err(why);
            }
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
            let moved: Vec<Write> = spare
                .into_iter()
                .map(|(id, entry)| Write::Intend(id, Box::new(entry)))
                .collect();
            self.file()?.apply(&moved)?;
            if let Some(spare) = &mut self.spare {
                let gone: Vec<Write> = ids.iter().copied().map(Write::Forget).collect();
                spare.apply(&gone)?;
            }
            self.unwritten.retain(|id| !ids.contains(id));
        }
        Ok(())
    }

    /// The file; made, and claimed, if it is not there yet.
    fn file(&mut self) -> Result<&mut Store, Fault> {
        if self.file.is_none() {
            let made = match &mut self.place {
                Place::Memory => Store::in_memory(&self.run)?,
                Place::File {
                    folder,
                    durability,
                    claim,
                } => {
                    folder.make()?;
                    if claim.is_none() {
                        *claim = folder.claim(&self.run.id)?;
                    }
                    Store::create(&folder.file(&self.run.id), &self.run, *durability)?
                }
            };
            self.file = Some(made);
        }
        // It was put there just now; the error is never seen.
        self.file.as_mut().ok_or(Fault::Gone)
    }

    fn stores(&self) -> impl Iterator<Item = &Store> {
        self.file.iter().chain(&self.spare)
    }

    /// Each kind that is left, with what it needs.
    pub fn kinds(&self) -> Result<std::collections::BTreeMap<String, Vec<String>>, Fault> {
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
        only_over: bool,
        most: usize,
    ) -> Result<Vec<(EntryId, Entry)>, Fault> {
        let mut page = Vec::new();
        for store in self.stores() {
            page.extend(store.page(kinds, before, only_over, most)?);
        }
        page.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        page.truncate(most);
        let gone: HashSet<EntryId> = self
            .owed
            .iter()
            .filter_map(|write| match write {
                Write::Forget(id) => Some(*id),
                _ => None,
            })
            .collect();
        if !gone.is_empty() && page.len() == most {
            // What is skipped here must not end the reader's way: it looks at the last id only.
            let last = page.last().cloned();
            page.retain(|(id, _)| !gone.contains(id));
            if page.is_empty() {
                let before = last.map_or(EntryId(0), |(id, _)| id);
                return self.page(kinds, before, only_over, most);
            }
        } else {
            page.retain(|(id, _)| !gone.contains(id));
        }
        Ok(page)
    }

    /// What is left, by kind.
    pub fn tally(&self) -> Result<Tally, Fault> {
        let mut tally = Tally::default();
        for store in self.stores() {
            tally.add(store.tally()?);
        }
        Ok(tally)
    }

    /// What is left, thing by thing.
    pub fn list(&self, most: usize) -> Result<Vec<Kept>, Fault> {
        let mut list = Vec::new();
        for store in self.stores() {
            list.extend(store.list(most)?);
        }
        list.truncate(most);
        Ok(list)
    }

    /// What is in memory only, thing by thing.
    pub fn unwritten_list(&self, most: usize) -> Result<Vec<Kept>, Fault> {
        self.spare
            .as_ref()
            .map_or(Ok(Vec::new()), |spare| spare.list(most))
    }

    /// Closes the file; takes it away if nothing is left in it.
    pub fn close(mut self) -> Result<(), Fault> {
        let empty = match &self.file {
            Some(file) => file.is_empty()? && self.owed.is_empty(),
            None => true,
        };
        drop(self.file.take());
        if let Place::File { folder, claim, .. } = self.place
            && empty
        {
            folder.remove(&self.run.id, claim);
        }
        Ok(())
    }
}
