//! Named things with a switch: roles and permissions.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;
use serde::Serialize;
use uuid::Uuid;

use super::index::{Asked, Before, Index, Search, State};
use super::reply::{PageText, to_json};
use crate::store::{Slice, StoreError};

/// A thing of a catalogue.
pub trait Thing {
    /// What it is called in refusals.
    const WHAT: &'static str;

    fn id(&self) -> Uuid;
    fn name(&self) -> &str;
    fn is_active(&self) -> bool;
    /// Whether a search finds it.
    fn is_found(&self, search: &Search) -> bool;
}

/// All of a kind, in the order in which they were made.
#[derive(Debug)]
pub struct Catalogue<T> {
    all: Vec<Option<Entry<T>>>,
    by_id: FxHashMap<Uuid, u32>,
    /// In small letters.
    by_name: FxHashMap<String, u32>,
    index: Index,
}

#[derive(Debug)]
struct Entry<T> {
    thing: T,
    /// It as JSON, once somebody has read it in a list.
    text: OnceCell<Box<[u8]>>,
}

impl<T> Entry<T> {
    fn new(thing: T) -> Self {
        Self {
            thing,
            text: OnceCell::new(),
        }
    }
}

impl<T> Default for Catalogue<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            by_id: FxHashMap::default(),
            by_name: FxHashMap::default(),
            index: Index::default(),
        }
    }
}

impl<T: Thing + Clone + Serialize> Catalogue<T> {
    /// The one with this id.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, id: Uuid) -> Result<&T, StoreError> {
        let number = self.by_id.get(&id);
        let entry = number.and_then(|number| self.all.get(*number as usize)?.as_ref());
        entry
            .map(|entry| &entry.thing)
            .ok_or(StoreError::Missing(T::WHAT))
    }

    /// Whether there is one with this id.
    pub fn has(&self, id: Uuid) -> bool {
        self.by_id.contains_key(&id)
    }

    /// Adds one.
    ///
    /// # Errors
    /// Its name is taken.
    pub fn add(&mut self, thing: T) -> Result<T, StoreError> {
        let name = thing.name().to_lowercase();
        if self.by_name.contains_key(&name) {
            return Err(StoreError::Taken { field: "name" });
        }
        let number = self.all.len() as u32;
        self.by_name.insert(name, number);
        self.by_id.insert(thing.id(), number);
        let fits = |search: &Search| thing.is_found(search);
        self.index.put(number, None, state(&thing), fits);
        self.all.push(Some(Entry::new(thing.clone())));
        Ok(thing)
    }

    /// Puts a changed one in the place of the one with its id.
    ///
    /// # Errors
    /// There is none, or its name is another's.
    pub fn replace(&mut self, thing: T) -> Result<T, StoreError> {
        let old = self.get(thing.id())?;
        let before = state(old);
        let (old_name, name) = (old.name().to_lowercase(), thing.name().to_lowercase());
        if old_name != name && self.by_name.contains_key(&name) {
            return Err(StoreError::Taken { field: "name" });
        }
        if let Some(number) = self.by_id.get(&thing.id()).copied() {
            self.by_name.remove(&old_name);
            self.by_name.insert(name, number);
            let fits = |search: &Search| thing.is_found(search);
            let place = &mut self.all[number as usize];
            let fitted =
                |search: &Search| place.as_ref().is_some_and(|old| old.thing.is_found(search));
            let before = Before {
                state: before,
                fits: Some(&fitted),
            };
            self.index.put(number, Some(before), state(&thing), fits);
            *place = Some(Entry::new(thing.clone()));
        }
        Ok(thing)
    }

    /// Takes the one with this id away.
    pub fn remove(&mut self, id: Uuid) {
        let Some(number) = self.by_id.remove(&id) else {
            return;
        };
        if let Some(Entry { thing, .. }) = self.all[number as usize].take() {
            self.by_name.remove(&thing.name().to_lowercase());
            self.index.remove(number, state(&thing));
        }
    }

    /// One page of those that a search finds, the oldest first, as JSON.
    pub fn page(&mut self, search: &Search, active: Option<bool>, slice: Slice) -> Vec<u8> {
        let all = &self.all;
        let asked = Asked {
            search,
            deleted: false,
            active,
            newest_first: false,
            offset: slice.offset().unsigned_abs() as usize,
            limit: slice.limit as usize,
        };
        let (total, numbers) = self.index.page(&asked, || {
            (0..).zip(all).filter_map(|(number, entry)| {
                let thing = &entry.as_ref()?.thing;
                Some((number, state(thing), thing.is_found(search)))
            })
        });
        let mut page = PageText::with_room(numbers.len());
        for entry in numbers
            .into_iter()
            .filter_map(|number| all[number as usize].as_ref())
        {
            page.item(
                entry
                    .text
                    .get_or_init(|| to_json(&entry.thing).into_boxed_slice()),
            );
        }
        page.end(slice, total)
    }
}

fn state(thing: &impl Thing) -> State {
    State {
        deleted: false,
        active: thing.is_active(),
    }
}

/// Whether a text is part of one of these names, in whatever case.
pub fn is_part_of(needle: &str, names: &[&str]) -> bool {
    needle.is_empty()
        || names
            .iter()
            .any(|name| name.to_lowercase().contains(needle))
}
