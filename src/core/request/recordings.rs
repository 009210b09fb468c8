//! Whose sessions are recorded, on one thread: mostly nobody's, which costs one look at a number.

use std::cell::{Cell, RefCell};

use crate::metrics::TypeId;
use crate::session_trace::{Limits, Sink};

/// Whose next session is to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Whose {
    /// This user's.
    User(u64),
    /// That of the next user of this type.
    Type(TypeId),
    /// That of the next user.
    Anyone,
}

/// A recording that waits for a session to begin.
pub struct Wanted {
    /// Which one it is, among those of the run.
    pub id: u64,
    pub whose: Whose,
    pub limits: Limits,
    pub sink: Sink,
}

/// The recordings of a thread.
#[derive(Default)]
pub struct Recordings {
    /// Those that wait and those under way.
    count: Cell<usize>,
    wanted: RefCell<Vec<Wanted>>,
}

impl Recordings {
    /// Whether anything is recorded or is to be.
    pub fn is_on(&self) -> bool {
        self.count.get() > 0
    }

    /// One that waits.
    pub fn want(&self, wanted: Wanted) {
        self.begin();
        self.wanted.borrow_mut().push(wanted);
    }

    /// One begins.
    pub(super) fn begin(&self) {
        self.count.set(self.count.get() + 1);
    }

    /// One has ended.
    pub(super) fn end(&self) {
        self.count.set(self.count.get().saturating_sub(1));
    }

    /// The one that waits for this user, which begins a session; it counts on.
    pub(super) fn claim(&self, number: u64, kind: TypeId) -> Option<Wanted> {
        let mut wanted = self.wanted.borrow_mut();
        // The one that somebody asked for comes before those of a type.
        let its = |one: &Wanted| one.whose == Whose::User(number);
        let any = |one: &Wanted| match one.whose {
            Whose::User(_) => false,
            Whose::Type(of) => of == kind,
            Whose::Anyone => true,
        };
        let at = wanted.iter().position(its);
        let at = at.or_else(|| wanted.iter().position(any))?;
        Some(wanted.remove(at))
    }

    /// Forgets those that wait and of which this holds.
    pub fn forget(&self, gone: impl Fn(&Wanted) -> bool) {
        self.wanted.borrow_mut().retain(|one| {
            let is_gone = gone(one);
            if is_gone {
                self.end();
            }
            !is_gone
        });
    }
}
