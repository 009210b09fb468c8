//! The identity of a user, as far as made-up names need it.

use std::cell::Cell;
use std::rc::Rc;

/// What makes the names of one user unlike all others, in this run and in runs before.
///
/// The run's id is not seeded: with the seed alone the second run would ask for the names of the first.
#[derive(Debug, Clone)]
pub struct Identity {
    run: Rc<str>,
    user: u64,
    names: Cell<u64>,
}

impl Identity {
    /// The run's id (letters and digits) and the number of the user in the run.
    pub fn new(run: Rc<str>, user: u64) -> Self {
        Identity {
            run,
            user,
            names: Cell::new(0),
        }
    }

    /// How many names it has made up.
    pub fn count(&self) -> u64 {
        self.names.get()
    }

    /// Goes on after so many names that were made up before.
    pub fn resume(&self, names: u64) {
        self.names.set(names);
    }

    /// The next unique part: run, user and a count of this user's names, such as `k7f2.41.3`.
    pub fn unique(&self, separator: char) -> String {
        let name = self.names.get() + 1;
        self.names.set(name);
        format!("{}{separator}{}{separator}{name}", self.run, self.user)
    }
}
