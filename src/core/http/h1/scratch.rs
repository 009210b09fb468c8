//! The two buffers of a shard: all connections read into one and write from the other.

use std::cell::{RefCell, RefMut};

/// Bytes per read.
const INCOMING: usize = 64 * 1024;

/// The buffers of a shard, each borrowed within one poll and never across an await: so a connection that
/// waits, idle or during a request, owns no buffer, and the bytes in use stay in the CPU cache.
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

    /// The read buffer.
    pub fn incoming(&self) -> RefMut<'_, Box<[u8]>> {
        self.incoming.borrow_mut()
    }

    /// The write buffer, for a head and a small body.
    pub fn outgoing(&self) -> RefMut<'_, Vec<u8>> {
        self.outgoing.borrow_mut()
    }
}
