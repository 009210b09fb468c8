//! The person that a user is: what stays over sessions, and what another person has not.

use std::cell::{Cell, RefCell};

/// Numbers of the people who take the place of one user in a closed crowd are so far apart: no crowd has more users.
const NUMBERS_APART: u64 = crate::plan::live::MAX_USERS as u64;

/// Who a user is just now.
pub struct Person {
    /// Its number in the run: that of its user at first.
    number: Cell<u64>,
    /// Its sessions, the present one included.
    visits: Cell<u32>,
    /// What it keeps in mind between two sessions.
    memory: RefCell<Option<Memory>>,
    /// Whether the memory is in the hands of its script.
    recalled: Cell<bool>,
}

/// What a person keeps in mind: `user.memory`, as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    pub bytes: Box<[u8]>,
    /// The version of the script that wrote it.
    pub version: u32,
}

impl Person {
    /// Before its first session.
    pub fn new(number: u64) -> Self {
        Self::back(number, 0, None)
    }

    /// Back after so many sessions, with what it kept in mind.
    pub fn back(number: u64, visits: u32, memory: Option<Memory>) -> Self {
        Self {
            number: Cell::new(number),
            visits: Cell::new(visits),
            memory: RefCell::new(memory),
            recalled: Cell::new(false),
        }
    }

    /// Its number: two people of a run have different ones.
    pub fn number(&self) -> u64 {
        self.number.get()
    }

    /// Its sessions, the present one included.
    pub fn visits(&self) -> u32 {
        self.visits.get()
    }

    /// A session of it begins.
    pub fn begin_visit(&self) {
        self.visits.set(self.visits.get() + 1);
        self.recalled.set(false);
    }

    /// Another one takes its place.
    pub fn replace(&self) {
        self.number.set(self.number.get() + NUMBERS_APART);
        self.visits.set(0);
        self.memory.replace(None);
        self.recalled.set(false);
    }

    /// What it has in mind goes to its script; none: nothing.
    pub fn recall(&self) -> Option<Memory> {
        self.recalled.set(true);
        self.memory.borrow().clone()
    }

    /// Its script has it in hands no more: what it made of it is dropped.
    pub fn drop_recalled(&self) {
        self.recalled.set(false);
    }

    /// Whether its script has asked for what it has in mind in this session.
    pub fn is_recalled(&self) -> bool {
        self.recalled.get()
    }

    /// It keeps this in mind.
    pub fn remember(&self, memory: Option<Memory>) {
        self.memory.replace(memory);
    }

    /// Takes what it has in mind, to keep it elsewhere.
    pub fn take_memory(&self) -> Option<Memory> {
        self.memory.take()
    }

    /// Bytes of what it has in mind.
    pub fn memory_bytes(&self) -> usize {
        let memory = self.memory.borrow();
        memory.as_ref().map_or(0, |memory| memory.bytes.len())
    }

    /// The version of the script that wrote what it has in mind.
    pub fn memory_version(&self) -> Option<u32> {
        self.memory.borrow().as_ref().map(|memory| memory.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_person_has_another_number_and_nothing_in_mind() {
        let person = Person::new(7);
        person.begin_visit();
        person.remember(Some(Memory {
            bytes: [1].into(),
            version: 3,
        }));
        person.begin_visit();
        assert_eq!((person.number(), person.visits()), (7, 2));
        assert_eq!(person.memory_version(), Some(3));
        person.replace();
        person.begin_visit();
        assert_eq!((person.number(), person.visits()), (1_000_007, 1));
        assert_eq!(person.recall(), None);
    }
}
