//! Whose turn it is: which rows a shard has given with `next`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use super::rows::{Feed, Key};

/// The turns of a shard, one for each feed. Row i (from 0) belongs to shard i mod shards, so shards need no word with
/// each other.
#[derive(Debug)]
pub struct Desks {
    shard: usize,
    shards: usize,
    desks: RefCell<HashMap<Key, Weak<Desk>>>,
}

impl Desks {
    /// The turns of shard `shard` of `shards`, from 0.
    pub fn new(shard: u32, shards: u32) -> Self {
        Desks {
            shard: shard as usize,
            shards: shards.max(1) as usize,
            desks: RefCell::default(),
        }
    }

    /// The turn of a feed; it lives as long as a VM holds it.
    pub(crate) fn desk(&self, feed: &Feed) -> Rc<Desk> {
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
            turn: Cell::new(0),
        });
        desks.retain(|_, desk| desk.strong_count() > 0);
        desks.insert(feed.key(), Rc::downgrade(&desk));
        desk
    }
}

/// The turn of one feed in one shard.
#[derive(Debug)]
pub(crate) struct Desk {
    first: usize,
    stride: usize,
    /// Rows that belong to this shard.
    own: usize,
    /// Rows of the whole feed.
    rows: usize,
    turn: Cell<usize>,
}

impl Desk {
    /// The next row in turn: of the own rows; of all rows when the feed is so short that this shard owns none.
    pub(crate) fn turn(&self) -> Option<usize> {
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
}
