//! The connections of one user: several HTTP/1.1 connections, or one HTTP/2 connection per origin.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};

use crate::http::connect::Connected;
use crate::http::connect::Io;
use crate::http::connect::{ConnectionLimit, IdleConnections};
use crate::http::h2::Multiplexed;
use crate::http::message::Origin;

/// The connections of one user: idle HTTP/1.1 connections and their limit, one HTTP/2 connection per origin.
#[derive(Debug)]
pub(crate) struct Pool {
    open: Rc<OpenConnections>,
    connection_limit: Rc<ConnectionLimit>,
    /// Held while a connection is opened that may become a shared HTTP/2 connection: other requests wait for the result.
    gate: Mutex<()>,
    slots: Semaphore,
    limit: usize,
    /// Counts calls of `clear`: a connection in use at that time is not returned to the pool.
    epoch: Cell<u32>,
}

/// The connections that stay open between requests.
#[derive(Debug, Default)]
pub(crate) struct OpenConnections {
    idle: RefCell<Vec<Connection>>,
    shared: RefCell<Vec<(Rc<Origin>, Multiplexed)>>,
}

/// An idle HTTP/1.1 connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub io: Io,
    pub origin: Rc<Origin>,
    /// Whether it has served a request.
    pub used: bool,
    /// How long connecting took, without TLS.
    pub handshake: Duration,
    epoch: u32,
    /// Its number in the shard's connection limit while it is idle.
    serial: u64,
}

impl IdleConnections for OpenConnections {
    fn close(&self, serial: u64) -> bool {
        let at = |idle: &[Connection]| idle.iter().position(|one| one.serial == serial);
        let mut idle = self.idle.borrow_mut();
        if let Some(at) = at(&idle) {
            let closed = idle.remove(at);
            drop(idle);
            drop(closed);
            return true;
        }
        let mut shared = self.shared.borrow_mut();
        let at = shared
            .iter()
            .position(|(_, connection)| connection.is_idle_as(serial));
        // Its task closes it when the last handle is dropped.
        let closed = at.map(|at| shared.remove(at));
        drop(shared);
        closed.is_some()
    }

    fn holds(&self, serial: u64) -> bool {
        self.idle.borrow().iter().any(|one| one.serial == serial)
            || self
                .shared
                .borrow()
                .iter()
                .any(|(_, connection)| connection.is_idle_as(serial))
    }
}

/// A request on an HTTP/2 connection; the connection is idle after the last one.
pub(crate) struct Busy {
    connection: Multiplexed,
    open: Rc<OpenConnections>,
    connection_limit: Rc<ConnectionLimit>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        if self.connection.leave() {
            self.connection
                .rest_as(self.connection_limit.register_idle(&self.open));
            self.connection_limit.close_if_needed();
        }
    }
}

impl Pool {
    pub fn new(limit: usize, connection_limit: Rc<ConnectionLimit>) -> Self {
        Self {
            open: Rc::default(),
            connection_limit,
            gate: Mutex::new(()),
            slots: Semaphore::new(limit),
            limit,
            epoch: Cell::new(0),
        }
    }

    /// Waits for a permit for one more connection of the user, in order of arrival; released when dropped.
    pub async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        // Acquiring fails only on a closed semaphore, and this one is never closed.
        self.slots.acquire().await.ok()
    }

    /// An idle connection to `origin` that the peer has not closed.
    pub async fn take(&self, origin: &Rc<Origin>) -> Option<Connection> {
        loop {
            let mut connection = self.latest(origin)?;
            if connection.io.is_quiet().await {
                return Some(connection);
            }
        }
    }

    /// The one used last: it is the least likely to have been closed.
    fn latest(&self, origin: &Rc<Origin>) -> Option<Connection> {
        let mut idle = self.open.idle.borrow_mut();
        let at = idle
            .iter()
            .rposition(|connection| same(&connection.origin, origin))?;
        Some(idle.swap_remove(at))
    }

    /// The HTTP/2 connection to `origin`, if it accepts requests.
    pub fn shared(&self, origin: &Rc<Origin>) -> Option<Multiplexed> {
        let mut shared = self.open.shared.borrow_mut();
        shared.retain(|(_, connection)| connection.is_open());
        shared
            .iter()
            .find(|(to, _)| same(to, origin))
            .map(|(_, connection)| connection.clone())
    }

    /// Stores an HTTP/2 connection for all requests to `origin`, unless the session ended since `epoch`.
    pub fn share(&self, origin: Rc<Origin>, connection: Multiplexed, epoch: u32) {
        if epoch == self.epoch.get() {
            self.open.shared.borrow_mut().push((origin, connection));
        }
    }

    /// Removes an HTTP/2 connection that accepts no more requests; those on it continue.
    pub fn retire(&self, connection: &Multiplexed) {
        let mut shared = self.open.shared.borrow_mut();
        shared.retain(|(_, other)| !other.is(connection));
    }

    /// Removes the HTTP/2 connection to `origin`; requests on it continue.
    pub fn unshare(&self, origin: &Rc<Origin>) {
        self.open
            .shared
            .borrow_mut()
            .retain(|(to, _)| !same(to, origin));
    }

    /// Lock for opening a connection that other requests may wait for.
    pub async fn gate(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().await
    }

    /// The number of the session, as `admit` and `share` want it.
    pub fn epoch(&self) -> u32 {
        self.epoch.get()
    }

    /// A new connection of this user, made in the session `epoch`.
    pub fn admit(&self, connected: Connected, origin: Rc<Origin>, epoch: u32) -> Connection {
        Connection {
            io: connected.io,
            origin,
            used: false,
            handshake: connected.handshake,
            epoch,
            serial: 0,
        }
    }

    /// Makes room for one more connection by closing idle ones to other origins.
    pub fn make_room(&self) {
        let mut idle = self.open.idle.borrow_mut();
        // Connections in use hold a slot, and so does this caller.
        let out = self.limit - self.slots.available_permits();
        while !idle.is_empty() && idle.len() + out > self.limit {
            idle.remove(0);
        }
    }

    /// Returns a connection for the next request.
    pub fn give_back(&self, mut connection: Connection) {
        if connection.epoch == self.epoch.get() {
            connection.serial = self.connection_limit.register_idle(&self.open);
            self.open.idle.borrow_mut().push(connection);
            self.connection_limit.close_if_needed();
        }
    }

    /// Registers a request on an HTTP/2 connection until it is dropped.
    pub fn busy(&self, connection: &Multiplexed) -> Busy {
        connection.enter();
        Busy {
            connection: connection.clone(),
            open: Rc::clone(&self.open),
            connection_limit: Rc::clone(&self.connection_limit),
        }
    }

    /// Closes the idle connections now, and those in use as soon as they are done.
    pub fn clear(&self) {
        self.epoch.set(self.epoch.get().wrapping_add(1));
        // Closing one may admit a waiting request, which borrows the idle list: so not under a borrow.
        drop(self.open.idle.take());
        drop(self.open.shared.take());
    }
}

fn same(one: &Rc<Origin>, other: &Rc<Origin>) -> bool {
    Rc::ptr_eq(one, other) || one == other
}
