//! Which users of a shard are active: the others are parked, since the crowd is smaller than it was.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use tokio::sync::Notify;

/// Counts the users that have a place in the crowd, those that wait for their start included.
#[derive(Default)]
pub struct ActiveUsers {
    count: Cell<usize>,
    parked: RefCell<BTreeSet<u32>>,
    left: Notify,
}

impl ActiveUsers {
    /// One more, for as long as the value lives.
    pub fn add(self: &Rc<Self>) -> ActiveUser {
        self.count.set(self.count.get() + 1);
        ActiveUser(Rc::clone(self))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count.get()
    }

    /// This user has no place in the crowd.
    pub fn park(&self, number: u32) {
        self.parked.borrow_mut().insert(number);
    }

    /// It has one again.
    pub fn unpark(self: &Rc<Self>, number: u32) -> ActiveUser {
        let active = self.add();
        self.parked.borrow_mut().remove(&number);
        active
    }

    /// This user is not here any more, with or without a place.
    pub fn forget(&self, number: u32) {
        self.parked.borrow_mut().remove(&number);
    }

    /// Whether nobody is active, and nobody about to be, by who has a place now.
    pub fn is_empty(&self, has_place: impl Fn(u32) -> bool) -> bool {
        self.count.get() == 0 && !self.parked.borrow().iter().any(|number| has_place(*number))
    }

    /// Ends when the last active user has left, or someone asks to look again.
    pub async fn last_left(&self) {
        self.left.notified().await;
    }

    /// Those that wait for the last one to leave look again.
    pub fn look_again(&self) {
        self.left.notify_one();
    }
}

/// One active user: while there is one, the shard is not empty.
pub struct ActiveUser(Rc<ActiveUsers>);

impl Drop for ActiveUser {
    fn drop(&mut self) {
        let left = self.0.count.get() - 1;
        self.0.count.set(left);
        if left == 0 {
            self.0.look_again();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parked_user_counts_once_it_has_a_place_again() {
        let users = Rc::new(ActiveUsers::default());
        let one = users.add();
        assert!(!users.is_empty(|_| false));
        users.park(7);
        drop(one);
        assert!(users.is_empty(|_| false));
        assert!(
            !users.is_empty(|number| number == 7),
            "it is about to come back"
        );
        let back = users.unpark(7);
        assert_eq!(users.count(), 1);
        drop(back);
        assert!(users.is_empty(|_| true));
    }
}
