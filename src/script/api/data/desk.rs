//! Who has which row, and whose turn it is: the books of one shard.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::{Rc, Weak};

use super::feed::{Feed, Key};

/// The books of a shard, one for each feed. Row i (from 0) belongs to shard i mod shards, so shards need no word with
/// each other.
#[derive(Debug)]
pub struct Desks {
    shard: usize,
    shards: usize,
    desks: RefCell<HashMap<Key, Weak<Desk>>>,
}

impl Desks {
    /// The books of shard `shard` of `shards`, from 0.
    pub fn new(shard: u32, shards: u32) -> Self {
        Desks {
            shard: shard as usize,
            shards: shards.max(1) as usize,
            desks: RefCell::default(),
        }
    }

    /// The book of a feed; it lives as long as a VM or a lease holds it.
    pub(super) fn desk(&self, feed: &Feed) -> Rc<Desk> {
        let mut desks = self.desks.borrow_mut();
        if let Some(desk) = desks.get(&feed.key()).and_then(Weak::upgrade) {
            return desk;
        }
        let own = feed.len().saturating_sub(self.shard).div_ceil(self.shards);
        let desk = Rc::new(Desk {
            first: self.shard,
            stride: self.shards,
            own,
            rows: feed.len(),
            fresh: Cell::new(0),
            returned: RefCell::default(),
            turn: Cell::new(0),
        });
        desks.retain(|_, desk| desk.strong_count() > 0);
        desks.insert(feed.key(), Rc::downgrade(&desk));
        desk
    }
}

/// The book of one feed in one shard.
#[derive(Debug)]
pub(super) struct Desk {
    first: usize,
    stride: usize,
    /// Rows that belong to this shard.
    own: usize,
    /// Rows of the whole feed.
    rows: usize,
    /// Own rows that were never taken begin here: a long feed costs nothing until it is used.
    fresh: Cell<usize>,
    /// Own rows that came back, the longest rested first.
    returned: RefCell<VecDeque<usize>>,
    turn: Cell<usize>,
}

impl Desk {
    /// The next row in turn: of the own rows; of all rows when the feed is so short that this shard owns none.
    pub(super) fn turn(&self) -> Option<usize> {
        let turn = self.turn.get();
        match (self.own, self.rows) {
            (_, 0) => None,
            (0, rows) => {
                self.turn.set((turn + 1) % rows);
                Some((self.first + turn) % rows)
            }
            (own, _) => {
                self.turn.set((turn + 1) % own);
                Some(self.first + turn * self.stride)
            }
        }
    }

    /// A row that nobody has.
    pub(super) fn take(desk: &Rc<Desk>) -> Option<Lease> {
        let fresh = desk.fresh.get();
        let own = if fresh < desk.own {
            desk.fresh.set(fresh + 1);
            fresh
        } else {
            desk.returned.borrow_mut().pop_front()?
        };
        Some(Lease {
            desk: desk.clone(),
            own,
        })
    }
}

/// A row that one user has. Dropping it gives the row back: keep it as long as the session lives.
#[derive(Debug)]
pub struct Lease {
    desk: Rc<Desk>,
    /// The place among the shard's own rows.
    own: usize,
}

impl Lease {
    /// The row in the feed, from 0.
    pub fn row(&self) -> usize {
        self.desk.first + self.own * self.desk.stride
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.desk.returned.borrow_mut().push_back(self.own);
    }
}
