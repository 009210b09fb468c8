//! The users that a shard has or had: who was started, and which of those that belong elsewhere by now are still here.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::engine::owners::Owners;
use crate::plan::crowd::{VIRTUAL_SHARDS, virtual_shard};

/// The users of a shard.
pub struct Residents {
    shard: usize,
    owners: RefCell<Owners>,
    /// Users that were started here and have not moved away since.
    started: RefCell<HashSet<u32>>,
    /// How many are here, by virtual shard.
    here: RefCell<BTreeMap<usize, usize>>,
    /// Virtual shards that are to be given up and have users here.
    leaving: RefCell<BTreeSet<usize>>,
    /// Whether the map has changed since the shard began.
    is_changed: Cell<bool>,
}

impl Residents {
    /// Of a shard, before its first user.
    pub fn new(shard: usize, owners: Owners) -> Self {
        Self {
            shard,
            owners: RefCell::new(owners),
            started: RefCell::default(),
            here: RefCell::default(),
            leaving: RefCell::default(),
            is_changed: Cell::new(false),
        }
    }

    /// Whether a user belongs to this shard now.
    pub fn has(&self, number: u32) -> bool {
        self.owners.borrow().map.of(number) == self.shard
    }

    /// Whether the map has changed since the shard began.
    pub fn has_changed(&self) -> bool {
        self.is_changed.get()
    }

    /// The number of the map.
    pub fn revision(&self) -> u64 {
        self.owners.borrow().revision
    }

    /// A user is about to begin; false where it was here before.
    pub fn enter(&self, number: u32) -> bool {
        let is_new = self.started.borrow_mut().insert(number);
        if is_new {
            *self
                .here
                .borrow_mut()
                .entry(virtual_shard(number))
                .or_default() += 1;
        }
        is_new
    }

    /// A user is gone. One that belongs elsewhere may come back; gives its virtual shard where it was the last one there.
    pub fn leave(&self, number: u32) -> Option<u16> {
        let of = virtual_shard(number);
        let mut here = self.here.borrow_mut();
        let left = here.get_mut(&of).map_or(0, |count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == 0 {
            here.remove(&of);
        }
        let moves = !self.has(number);
        if moves {
            self.started.borrow_mut().remove(&number);
        }
        let is_last = moves && left == 0 && self.leaving.borrow_mut().remove(&of);
        is_last.then_some(of as u16)
    }

    /// From now on this is who has whom. Gives the virtual shards that are not this one's any more, and have no users here.
    pub fn follow(&self, owners: Owners) -> Vec<u16> {
        let before = self.owners.replace(owners);
        self.is_changed.set(true);
        let owners = self.owners.borrow();
        let is_own = |of: usize| owners.map.owner(of) == self.shard;
        // Those who had left for good are forgotten with the virtual shard, and those who are here go on.
        let here = self.here.borrow();
        let stays = |number: &u32| {
            let of = virtual_shard(*number);
            is_own(of) || here.contains_key(&of)
        };
        self.started.borrow_mut().retain(stays);
        let mut leaving = self.leaving.borrow_mut();
        let mut free = Vec::new();
        for of in 0..VIRTUAL_SHARDS {
            if is_own(of) {
                leaving.remove(&of);
            } else if before.map.owner(of) == self.shard {
                match here.contains_key(&of) {
                    true => drop(leaving.insert(of)),
                    false => free.push(of as u16),
                }
            }
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::crowd::ShardMap;

    fn owners(revision: u64, shards: usize) -> Owners {
        Owners {
            revision,
            from: std::time::Duration::ZERO,
            map: ShardMap::in_turn(shards),
        }
    }

    #[test]
    fn a_virtual_shard_is_given_up_with_the_last_of_its_users() {
        let users = Residents::new(0, owners(1, 1));
        for number in [0, 1, 3, 1025] {
            assert!(users.enter(number));
            assert!(!users.enter(number), "it is here");
        }
        let free = users.follow(owners(2, 2));
        assert_eq!(free.len(), 510, "all odd ones but those of 1 and 3");
        assert!(!free.contains(&1) && !free.contains(&3) && !free.contains(&0));
        assert!(users.has(0) && !users.has(1));
        assert_eq!(users.leave(1), None, "1025 is of the same one");
        assert_eq!(users.leave(1025), Some(1));
        assert_eq!(users.leave(0), None, "it is its own");
        assert!(!users.enter(0), "it has had its last session");
        // What comes back begins afresh, and who is still here goes on.
        assert!(users.follow(owners(3, 1)).is_empty());
        assert!(users.enter(1) && !users.enter(3));
        assert_eq!(users.leave(3), None);
    }
}
