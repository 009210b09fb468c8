//! The two buffers of a shard: every connection reads into the one and writes from the other.

use std::cell::{RefCell, RefMut};

/// How much is read at once, in bytes.
const INCOMING: usize = 64 * 1024;

/// The buffers of a shard, each borrowed within one poll and never across a wait: so a connection that
/// waits, be it idle or in the middle of a request, owns no buffer, and the bytes in use stay in the cache.
#[derive(Debug)]
pub(crate) struct Scratch {
    incoming: RefCell<Box<[u8]>>,
    outgoing: RefCell<Vec<u8>>,
}

impl Scratch {
    pub fn new() -> Self {
        Self {
            incoming: RefCell::new(vec![0; INCOMING].into_boxed_slice()),
            outgoing: RefCell::new(Vec::with_capacity(4 * 1024)),
        }
    }

    /// The room to read into.
    pub fn incoming(&self) -> RefMut<'_, Box<[u8]>> {
        self.incoming.borrow_mut()
    }

    /// The room to build a head and a small body in.
    pub fn outgoing(&self) -> RefMut<'_, Vec<u8>> {
        self.outgoing.borrow_mut()
    }
}
