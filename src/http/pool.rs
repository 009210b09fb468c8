//! The connections of one user.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::io::Io;
use super::origin::Origin;

/// The HTTP/1.1 connections of one user: those that are idle, and how many there may be.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: RefCell<Vec<Connection>>,
    slots: Semaphore,
    limit: usize,
    /// Counts `clear`: a connection that was out at that time does not come back.
    epoch: Cell<u32>,
}

/// One HTTP/1.1 connection, at a clean end of a message.
#[derive(Debug)]
pub(crate) struct Connection {
    pub io: Io,
    pub origin: Rc<Origin>,
    /// Whether it has served a request.
    pub used: bool,
    epoch: u32,
}

impl Pool {
    pub fn new(limit: usize) -> Self {
        Self {
            idle: RefCell::default(),
            slots: Semaphore::new(limit),
            limit,
            epoch: Cell::new(0),
        }
    }

    /// Waits until the user may use one more connection, in the order of asking; free again when dropped.
    pub async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        // Only a closed semaphore refuses, and this one is never closed.
        self.slots.acquire().await.ok()
    }

    /// An idle connection to `origin` that the other side has not closed.
    pub fn take(&self, origin: &Rc<Origin>) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        // The latest first: it is the least likely to have been closed.
        while let Some(at) = idle
            .iter()
            .rposition(|connection| same(&connection.origin, origin))
        {
            let mut connection = idle.swap_remove(at);
            if connection.io.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    /// A new connection of this user. Closes an idle one when there would be more than the limit.
    pub fn admit(&self, io: Io, origin: Rc<Origin>) -> Connection {
        Connection {
            io,
            origin,
            used: false,
            epoch: self.epoch.get(),
        }
    }

    /// Makes room for one more connection: idle ones to other origins give way.
    pub fn make_room(&self) {
        let mut idle = self.idle.borrow_mut();
        // Those that hold a slot are out; this caller holds one.
        let out = self.limit - self.slots.available_permits();
        while !idle.is_empty() && idle.len() + out > self.limit {
            idle.remove(0);
        }
    }

    /// Takes a connection back for the next request.
    pub fn give_back(&self, mut connection: Connection) {
        if connection.epoch == self.epoch.get() {
            connection.used = true;
            self.idle.borrow_mut().push(connection);
        }
    }

    /// Closes the idle connections now, and those in use as soon as they are done.
    pub fn clear(&self) {
        self.epoch.set(self.epoch.get().wrapping_add(1));
        self.idle.borrow_mut().clear();
    }
}

fn same(one: &Rc<Origin>, other: &Rc<Origin>) -> bool {
    Rc::ptr_eq(one, other) || one == other
}
