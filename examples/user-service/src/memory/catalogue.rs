//! Named things with a switch: roles and permissions.

use std::collections::HashMap;

use uuid::Uuid;

use super::index::{Asked, Index, Search, State};
use crate::store::{Page, Slice, StoreError};

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
    all: Vec<Option<T>>,
    by_id: HashMap<Uuid, u32>,
    /// In small letters.
    by_name: HashMap<String, u32>,
    index: Index,
}

impl<T> Default for Catalogue<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            index: Index::default(),
        }
    }
}

impl<T: Thing + Clone> Catalogue<T> {
    /// The one with this id.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, id: Uuid) -> Result<&T, StoreError> {
        let number = self.by_id.get(&id);
        let thing = number.and_then(|number| self.all.get(*number as usize)?.as_ref());
        thing.ok_or(StoreError::Missing(T::WHAT))
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
        self.all.push(Some(thing.clone()));
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
            self.index.put(number, Some(before), state(&thing), fits);
            self.all[number as usize] = Some(thing.clone());
        }
        Ok(thing)
    }

    /// Takes the one with this id away.
    pub fn remove(&mut self, id: Uuid) {
        let Some(number) = self.by_id.remove(&id) else {
            return;
        };
        if let Some(thing) = self.all[number as usize].take() {
            self.by_name.remove(&thing.name().to_lowercase());
            self.index.remove(number, state(&thing));
        }
    }

    /// One page of those that a search finds, the oldest first.
    pub fn page(&mut self, search: &Search, active: Option<bool>, slice: Slice) -> Page<&T> {
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
            (0..).zip(all).filter_map(|(number, thing)| {
                let thing = thing.as_ref()?;
                Some((number, state(thing), thing.is_found(search)))
            })
        });
        let things = numbers
            .into_iter()
            .filter_map(|number| all[number as usize].as_ref());
        slice.page(things.collect(), total)
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
