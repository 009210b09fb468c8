//! The limit on a shard's open connections: its quota of `--max-connections`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::{Rc, Weak};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::http::message::Progress;

/// Permit for one open connection; released when dropped.
pub(crate) struct ConnectionPermit(Rc<ConnectionLimit>);

/// The open connections of a shard, the requests that wait for one, and the idle connections that can be closed for
/// them.
///
/// Without a limit nothing is tracked.
#[derive(Default)]
pub struct ConnectionLimit {
    limit: Cell<Option<usize>>,
    taken: Cell<usize>,
    waiting: RefCell<VecDeque<oneshot::Sender<ConnectionPermit>>>,
    /// Idle connections, longest idle first; entries of connections that were reused or closed meanwhile stay in it.
    idle: RefCell<VecDeque<Idle>>,
    serial: Cell<u64>,
    waited: Cell<(u64, Duration)>,
    /// Notified when a connection closes while the limit is exceeded.
    watcher: RefCell<Option<Watcher>>,
}

type Watcher = Box<dyn Fn(usize)>;

/// A user's connections: idle ones may be closed for another user.
pub(crate) trait IdleConnections {
    /// Closes the idle connection of this number; false when it is gone or not idle.
    fn close(&self, serial: u64) -> bool;

    /// Whether `close` would succeed.
    fn holds(&self, serial: u64) -> bool;
}

/// An idle connection of some user.
struct Idle {
    of: Weak<dyn IdleConnections>,
    serial: u64,
}

impl ConnectionLimit {
    /// Sets the limit; excess idle connections close at once, those in use when they are done.
    pub fn set_limit(self: &Rc<Self>, limit: usize) {
        self.limit.set(Some(limit));
        while self.taken.get() > limit && self.close_one() {}
        self.admit_waiting();
    }

    /// Reports the number of open connections whenever one closes while the limit is exceeded.
    pub fn watch(&self, watcher: impl Fn(usize) + 'static) {
        *self.watcher.borrow_mut() = Some(Box::new(watcher));
    }

    /// Connections that are open or being opened, and those idle among them; requests that wait for one.
    pub fn usage(&self) -> (usize, usize, usize) {
        self.forget_stale();
        let idle = self.idle.borrow();
        let idle = idle.iter().filter(|idle| idle.is_there()).count();
        let waiting = self.waiting.borrow();
        let waiting = waiting.iter().filter(|waits| !waits.is_closed()).count();
        (self.taken.get(), idle, waiting)
    }

    /// Requests that had to wait since the last time, and for how long in all.
    pub fn take_waited(&self) -> (u64, Duration) {
        self.waited.take()
    }

    /// Whether a request waits for a permit that no connection of this shard can release.
    pub fn is_starved(&self) -> bool {
        self.limit.get() == Some(0) && self.waiting.borrow().iter().any(|waits| !waits.is_closed())
    }

    /// Waits for a permit to open a connection, in order of arrival; closes another user's idle connection if there is one.
    /// None: there is no limit. The wait is recorded in `progress`.
    pub(crate) async fn take(self: &Rc<Self>, progress: &Progress) -> Option<ConnectionPermit> {
        let limit = self.limit.get()?;
        // Entries of requests that stopped waiting would block the others.
        self.admit_waiting();
        if self.taken.get() < limit && self.waiting.borrow().is_empty() {
            return Some(self.permit());
        }
        let (sender, mut permit) = oneshot::channel();
        self.waiting.borrow_mut().push_back(sender);
        self.close_one();
        // If an idle one was closed at once, the request was not throttled.
        if let Ok(permit) = permit.try_recv() {
            return Some(permit);
        }
        let _held = progress.hold(|held| {
            let (count, time) = self.waited.get();
            self.waited.set((count + 1, time + held));
        });
        // A waiter is dropped only at the end of the shard.
        permit.await.ok()
    }

    /// Registers an idle connection; returns the number for `close`.
    pub(crate) fn register_idle<T: IdleConnections + 'static>(&self, of: &Rc<T>) -> u64 {
        if self.limit.get().is_none() {
            return 0;
        }
        let serial = self.serial.get() + 1;
        self.serial.set(serial);
        let of: Weak<T> = Rc::downgrade(of);
        self.idle.borrow_mut().push_back(Idle { of, serial });
        serial
    }

    /// After a connection became idle: closes one if a request waits or the limit is exceeded.
    pub(crate) fn close_if_needed(&self) {
        let Some(limit) = self.limit.get() else {
            return;
        };
        if self.taken.get() > limit || self.waiting.borrow().iter().any(|one| !one.is_closed()) {
            self.close_one();
        } else {
            self.forget_stale();
        }
    }

    /// Closes the connection that has been idle longest; false when none is.
    fn close_one(&self) -> bool {
        loop {
            let Some(idle) = self.idle.borrow_mut().pop_front() else {
                return false;
            };
            if let Some(of) = idle.of.upgrade()
                && of.close(idle.serial)
            {
                return true;
            }
        }
    }

    fn forget_stale(&self) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() > 2 * self.taken.get() + 64 {
            idle.retain(Idle::is_there);
        }
    }

    fn permit(self: &Rc<Self>) -> ConnectionPermit {
        self.taken.set(self.taken.get() + 1);
        ConnectionPermit(Rc::clone(self))
    }

    fn admit_waiting(self: &Rc<Self>) {
        while self
            .limit
            .get()
            .is_none_or(|limit| self.taken.get() < limit)
        {
            let Some(waits) = self.waiting.borrow_mut().pop_front() else {
                return;
            };
            // A waiter that is gone returns the permit when the send fails; its queue entry is removed by then.
            if !waits.is_closed() {
                let _ = waits.send(self.permit());
            }
        }
    }

    fn released(self: &Rc<Self>) {
        let taken = self.taken.get();
        self.taken.set(taken - 1);
        if self.limit.get().is_some_and(|limit| taken > limit)
            && let Some(watcher) = &*self.watcher.borrow()
        {
            watcher(taken - 1);
        }
        self.admit_waiting();
    }
}

impl Idle {
    fn is_there(&self) -> bool {
        self.of.upgrade().is_some_and(|of| of.holds(self.serial))
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.0.released();
    }
}

impl fmt::Debug for ConnectionPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionPermit")
    }
}

impl fmt::Debug for ConnectionLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionLimit")
            .field("limit", &self.limit.get())
            .field("taken", &self.taken.get())
            .finish_non_exhaustive()
    }
}
