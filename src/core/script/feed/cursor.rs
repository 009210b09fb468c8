//! Cursors of feeds: which rows a shard has given with `next`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use super::rows::{Feed, Key};

/// The turns of a shard, one for each feed. Row i (from 0) belongs to shard i mod shards, so shards need no word with
/// each other.
#[derive(Debug)]
pub struct Cursors {
    shard: usize,
    shards: usize,
    cursors: RefCell<HashMap<Key, Weak<Cursor>>>,
}

impl Cursors {
    /// The turns of shard `shard` of `shards`, from 0.
    pub fn new(shard: u32, shards: u32) -> Self {
        Cursors {
            shard: shard as usize,
            shards: shards.max(1) as usize,
            cursors: RefCell::default(),
        }
    }

    /// The turn of a feed; it lives as long as a VM holds it.
    pub(crate) fn cursor(&self, feed: &Feed) -> Rc<Cursor> {
        let mut cursors = self.cursors.borrow_mut();
        if let Some(cursor) = cursors.get(&feed.key()).and_then(Weak::upgrade) {
            return cursor;
        }
        let own = feed.len().saturating_sub(self.shard).div_ceil(self.shards);
        let cursor = Rc::new(Cursor {
            first: self.shard,
            stride: self.shards,
            own,
            rows: feed.len(),
            turn: Cell::new(0),
        });
        cursors.retain(|_, cursor| cursor.strong_count() > 0);
        cursors.insert(feed.key(), Rc::downgrade(&cursor));
        cursor
    }
}

/// The turn of one feed in one shard.
#[derive(Debug)]
pub(crate) struct Cursor {
    first: usize,
    stride: usize,
    /// Rows that belong to this shard.
    own: usize,
    /// Rows of the whole feed.
    rows: usize,
    turn: Cell<usize>,
}

impl Cursor {
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
