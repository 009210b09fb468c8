//! Places for users of an open crowd: an arrival without one is dropped.

use std::cell::Cell;
use std::rc::Rc;

/// How many users of a shard may be there at once.
#[derive(Default)]
pub struct Places {
    limit: Cell<u64>,
    taken: Cell<u64>,
}

/// A place that is taken, until it is dropped.
pub struct Place(Rc<Places>);

impl Places {
    /// So many.
    pub fn new(limit: u64) -> Rc<Self> {
        Rc::new(Self {
            limit: Cell::new(limit),
            taken: Cell::new(0),
        })
    }

    /// So many from now on; those who are there stay.
    pub fn set_limit(&self, limit: u64) {
        self.limit.set(limit);
    }

    /// Takes one; none when there is none.
    pub fn take(self: &Rc<Self>) -> Option<Place> {
        if self.taken.get() >= self.limit.get() {
            return None;
        }
        self.taken.set(self.taken.get() + 1);
        Some(Place(Rc::clone(self)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.set(self.0.taken.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_user_has_left() {
        let places = Places::new(2);
        let (one, two) = (places.take(), places.take());
        assert!(one.is_some() && two.is_some() && places.take().is_none());
        drop(one);
        assert!(places.take().is_some());
    }
}
