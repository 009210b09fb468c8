//! Moves virtual shards between shards, so that none is ever on two of them: who has one keeps it until its users are gone,
//! and only then does the next one get it. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::owners::Owners;
use crate::plan::crowd::{NOBODY, ShardMap, VIRTUAL_SHARDS};

/// Which shard has which virtual shard, which of them shall have it, and which may still have users of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Placement {
    revision: u64,
    /// Whether those who are there stay where they are, and only those who come go elsewhere: an open crowd.
    is_open: bool,
    /// When the last change holds.
    from: Duration,
    slots: Vec<Slot>,
    /// Shards that have ended: they have no users.
    gone: BTreeSet<usize>,
    /// The virtual shards that a shard has got since it was asked last.
    gains: BTreeMap<usize, Vec<usize>>,
    /// Whether something has changed that shards do not know.
    is_changed: bool,
}

/// A virtual shard.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Slot {
    /// Who may have users of it.
    holder: u16,
    /// Who shall have it.
    wanted: u16,
    /// Since which revision its holder is to give it up; none: it is not.
    taken: Option<u64>,
}

impl Placement {
    /// As shards have them at first.
    pub fn new(map: &ShardMap, is_open: bool) -> Self {
        let slot = |of| {
            let owner = u16::try_from(map.owner(of)).unwrap_or(NOBODY);
            Slot {
                holder: owner,
                wanted: owner,
                taken: None,
            }
        };
        Self {
            revision: 1,
            is_open,
            from: Duration::ZERO,
            slots: (0..VIRTUAL_SHARDS).map(slot).collect(),
            gone: BTreeSet::new(),
            gains: BTreeMap::new(),
            is_changed: false,
        }
    }

    /// As shards are to have them now.
    pub fn owners(&self) -> Owners {
        let owner = |slot: &Slot| match slot.taken {
            Some(_) => NOBODY,
            None => slot.holder,
        };
        Owners {
            revision: self.revision,
            from: self.from,
            map: self.slots.iter().map(owner).collect(),
        }
    }

    /// This is how they shall be.
    pub fn want(&mut self, map: &ShardMap) {
        for (of, slot) in self.slots.iter_mut().enumerate() {
            slot.wanted = u16::try_from(map.owner(of)).unwrap_or(NOBODY);
        }
        self.settle();
    }

    /// The users of these virtual shards have left a shard, which knew of this revision.
    pub fn released(&mut self, shard: usize, revision: u64, of: &[u16]) {
        for of in of {
            let slot = self.slots.get_mut(usize::from(*of));
            let slot = slot.filter(|slot| usize::from(slot.holder) == shard);
            // What it said of an older map may be over: it may have had users of it since.
            let slot = slot.filter(|slot| slot.taken.is_some_and(|since| revision >= since));
            if let Some(slot) = slot {
                slot.holder = NOBODY;
            }
        }
        self.settle();
    }

    /// A shard has ended, and has no users any more.
    pub fn gone(&mut self, shard: usize) {
        self.gone.insert(shard);
        self.settle();
    }

    /// Takes them from those who shall not have them, and gives away what nobody has.
    fn settle(&mut self) {
        let next = self.revision + 1;
        for (of, slot) in self.slots.iter_mut().enumerate() {
            let before = *slot;
            let is_free = slot.holder == NOBODY || self.gone.contains(&usize::from(slot.holder));
            if is_free || self.is_open {
                slot.holder = slot.wanted;
                slot.taken = None;
            } else if slot.holder == slot.wanted {
                slot.taken = None;
            } else if slot.taken.is_none() {
                slot.taken = Some(next);
            }
            if slot.holder != before.holder {
                let gained = self.gains.entry(usize::from(slot.holder));
                gained.or_default().push(of);
            }
            self.is_changed |= before.holder != slot.holder || before.taken != slot.taken;
        }
    }

    /// The owners for shards, if anything has changed; it holds from this time of the run on.
    pub fn take_change(&mut self, from: Duration) -> Option<Owners> {
        std::mem::take(&mut self.is_changed).then(|| {
            self.revision += 1;
            self.from = from;
            self.owners()
        })
    }

    /// How many of so many users each shard has got since the last time.
    pub fn take_gains(&mut self, users: usize) -> Vec<(usize, usize)> {
        let gains = std::mem::take(&mut self.gains).into_iter();
        let count = |of: usize| users.saturating_sub(of).div_ceil(VIRTUAL_SHARDS);
        gains
            .map(|(shard, of)| (shard, of.into_iter().map(&count).sum()))
            .collect()
    }

    /// Shards may have heard of so many maps that nobody knows of any more: they get the present one again.
    pub fn skip(&mut self, revisions: u64) {
        self.revision += revisions;
        self.is_changed = true;
    }

    /// The number of the map that shards know.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether some are on their way, or nobody has them though somebody shall.
    pub fn is_moving(&self) -> bool {
        self.is_changed || self.slots.iter().any(|slot| slot.holder != slot.wanted)
    }

    /// Whether a shard has some, or may have users of some.
    pub fn holds_any(&self, shard: usize) -> bool {
        let holds = |slot: &Slot| usize::from(slot.holder) == shard;
        self.slots.iter().any(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(shards: usize) -> ShardMap {
        ShardMap::in_turn(shards)
    }

    #[test]
    fn nobody_gets_a_virtual_shard_before_its_users_have_left() {
        let mut placement = Placement::new(&map(1), false);
        assert_eq!(placement.take_change(Duration::ZERO), None);
        placement.want(&map(2));
        let owners = placement
            .take_change(Duration::ZERO)
            .expect("half of them move");
        assert_eq!(owners.revision, 2);
        assert_eq!(
            (owners.map.owner(0), owners.map.owner(1)),
            (0, usize::from(NOBODY))
        );
        assert!(placement.is_moving());
        placement.released(0, 1, &[1]);
        assert_eq!(
            placement.take_change(Duration::ZERO),
            None,
            "it did not know of the move yet"
        );
        placement.released(1, 2, &[3]);
        assert_eq!(
            placement.take_change(Duration::ZERO),
            None,
            "it never had it"
        );
        placement.released(0, 2, &[1]);
        let owners = placement.take_change(Duration::ZERO).expect("one is free");
        assert_eq!(
            (owners.map.owner(1), owners.map.owner(3)),
            (1, usize::from(NOBODY))
        );
        let all: Vec<u16> = (0..1024).collect();
        placement.released(0, 2, &all);
        assert_eq!(
            placement
                .take_change(Duration::ZERO)
                .expect("all are free")
                .map,
            map(2)
        );
        assert!(!placement.is_moving());
    }

    #[test]
    fn one_that_goes_back_before_it_was_given_up_stays_and_what_was_said_of_it_is_void() {
        let mut placement = Placement::new(&map(1), false);
        placement.want(&map(2));
        placement.take_change(Duration::ZERO);
        placement.want(&map(1));
        assert_eq!(
            placement
                .take_change(Duration::ZERO)
                .expect("it is back")
                .map,
            map(1)
        );
        placement.released(0, 2, &[1]);
        assert_eq!(placement.take_change(Duration::ZERO), None);
        placement.want(&map(2));
        placement.take_change(Duration::ZERO);
        placement.released(0, 2, &[1]);
        assert_eq!(
            placement.take_change(Duration::ZERO),
            None,
            "it has had users of it since"
        );
        placement.released(0, 4, &[1]);
        assert!(placement.take_change(Duration::ZERO).is_some());
    }

    #[test]
    fn what_a_shard_had_that_is_gone_is_free() {
        let mut placement = Placement::new(&map(2), false);
        placement.gone(1);
        assert_eq!(
            placement.take_change(Duration::ZERO),
            None,
            "nobody else shall have it"
        );
        assert!(!placement.is_moving());
        placement.want(&map(1));
        assert_eq!(
            placement
                .take_change(Duration::ZERO)
                .expect("one has all")
                .map,
            map(1)
        );
        assert!(!placement.holds_any(1));
    }
}
