//! What the users of a shard stand on.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::session_quota::Permits;
use super::vm_pool::Fleet;
use crate::engine::protocol::{Order, Report};
use crate::engine::roster::Roster;
use crate::metrics::TypeId;
use crate::plan::{Length, RAMP_PER_USER, ReloadAt};
use crate::script::{Halt, User, World};

/// What the users of a shard stand on.
pub struct Floor {
    /// Which shard this is.
    pub shard: usize,
    /// What the scripts share.
    pub world: Rc<World>,
    /// The VMs.
    pub fleet: Fleet,
    /// When the run began.
    pub began: Instant,
    /// How long the run goes on.
    pub length: Length,
    /// When users move to a new generation.
    pub reload_at: ReloadAt,
    /// Says that steps are cut.
    pub cut: Halt,
    /// Says that everything is dropped.
    pub end: Halt,
    /// Says that there is a new roster.
    pub changed: Notify,
    /// VMs and the bytes they hold, as last counted.
    pub size: Cell<(u64, u64)>,
    /// Says that the last user has left the street.
    pub empty: Notify,
    pub(crate) roster: RefCell<Arc<Roster>>,
    pub(crate) permits: Permits,
    pub(crate) rest: RefCell<BTreeMap<TypeId, Instant>>,
    pub(crate) reports: mpsc::UnboundedSender<Report>,
    /// Users off the street, who may come back.
    pub(crate) parked: RefCell<BTreeSet<u32>>,
    /// Users on the street, those that wait for their turn included.
    pub(crate) alive: Cell<usize>,
    /// Users with a number from this on came with the last roster, at this moment.
    pub(crate) newcomers: Cell<(u32, Instant)>,
    /// The roster that some user has still to follow.
    pub(crate) unsettled: Cell<Option<u64>>,
    /// Whether the run has a limit that is shared out.
    pub(crate) is_limited: bool,
    /// The last order on how many connections there may be.
    pub(crate) seats_order: Rc<Cell<u64>>,
}

impl Floor {
    /// Who plays what just now.
    pub fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.roster.borrow())
    }

    /// Whether one more session may begin.
    pub fn take_permit(&self) -> bool {
        self.permits.take()
    }

    /// Waits until the type may begin a session.
    pub async fn rested(&self, kind: TypeId) {
        loop {
            let until = self.rest.borrow().get(&kind).copied();
            let Some(until) = until.filter(|until| *until > Instant::now()) else {
                return;
            };
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = self.changed.notified() => {}
                () = self.world.halt.wait() => return,
            }
        }
    }

    /// Whether the user is still of its type, as the roster sees it.
    pub fn has(&self, user: &User) -> bool {
        let number = u32::try_from(user.number).unwrap_or(u32::MAX);
        self.roster.borrow().kind_of(number) == Some(user.kind.get())
    }

    /// Requests in a session of this user.
    pub fn requests_of(&self, user: &User) -> (u32, u32) {
        let number = u32::try_from(user.number).unwrap_or(u32::MAX);
        let roster = self.roster.borrow();
        let edition = roster.edition(user.kind.get(), number);
        edition.map_or((1, 1), |edition| edition.requests)
    }

    /// Whether the roster has no place for this user: the crowd is smaller now.
    pub fn sends(&self, user: &User) -> bool {
        let number = u32::try_from(user.number).unwrap_or(u32::MAX);
        self.roster.borrow().kind_of(number).is_none()
    }

    /// Waits off the street until there is a new roster, or the run ends.
    pub async fn park(&self, number: u32) {
        self.parked.borrow_mut().insert(number);
        tokio::select! {
            () = self.changed.notified() => {}
            () = self.world.halt.wait() => {}
        }
    }

    /// Back on the street.
    pub fn unpark(self: &Rc<Self>, number: u32) -> Alive {
        let alive = Alive::on(self);
        self.parked.borrow_mut().remove(&number);
        alive
    }

    /// Whether nobody is on the street, and nobody about to come back.
    pub fn is_empty(&self) -> bool {
        let roster = self.roster.borrow();
        let wanted = |number: &u32| roster.kind_of(*number).is_some();
        self.alive.get() == 0 && !self.parked.borrow().iter().any(wanted)
    }

    /// How long a user that has just been put on the roster waits, so that many do not come at once.
    pub fn turn_of(&self, number: u32) -> Duration {
        let (first, _) = self.newcomers.get();
        RAMP_PER_USER * number.saturating_sub(first)
    }

    /// Takes a new roster: users see it before their next step.
    pub fn publish(&self, roster: Arc<Roster>) {
        let before = self.roster.replace(Arc::clone(&roster));
        let names = roster.casts.iter().map(|cast| Rc::from(&*cast.name));
        *self.world.names.borrow_mut() = names.collect();
        // A type that rests has a new script: perhaps it is a better one.
        self.rest.borrow_mut().retain(|kind, _| {
            let generation = |roster: &Roster| Some(roster.edition(*kind, u32::MAX)?.generation);
            generation(&before) == generation(&roster)
        });
        let first = u32::try_from(before.types.len()).unwrap_or(u32::MAX);
        self.newcomers.set((first, Instant::now()));
        self.fleet.forget_broken();
        self.unsettled.set(Some(roster.version));
        self.settle();
        self.changed.notify_waiters();
    }

    /// Tells the orchestrator, once for each roster, when every user is where it wants it.
    pub fn settle(&self) {
        let Some(version) = self.unsettled.get() else {
            return;
        };
        if self.fleet.is_up_to_date(&self.roster.borrow()) {
            self.unsettled.set(None);
            let now = std::time::Instant::now();
            let _ = self.reports.send(Report::Settled(self.shard, version, now));
        }
    }

    /// Sends what was counted since the last time.
    pub fn report(&self) {
        self.report_usage();
        let batch = self.world.recorder.borrow_mut().take();
        let _ = self
            .reports
            .send(Report::Batch(self.shard, Box::new(batch)));
    }

    pub(crate) fn obey(&self, order: Order) {
        match order {
            Order::Drain => self.world.halt.set(),
            Order::CutSteps => self.cut.set(),
            Order::End => {
                self.cut.set();
                self.end.set();
            }
            Order::Rest(kind, pause) => {
                let until = Instant::now() + pause;
                self.rest.borrow_mut().insert(kind, until);
            }
            Order::Quota(share, limit, order) => self.keep_to(share, limit, order),
            Order::Breaker(scope, signal) => self.world.limits.breakers.signal(&scope, signal),
            Order::Times(times) => {
                let recorder = self.world.recorder.borrow();
                self.world.limits.timeouts.set(&times, &recorder);
            }
            Order::Strain(level) => self.world.limits.strain.set(level),
            Order::Pause(now) => self.world.clock.pause(Instant::from_std(now)),
            Order::Resume(now) => self.world.clock.resume(Instant::from_std(now)),
            // The shard itself starts users and ends.
            Order::Roster(_) | Order::Finish => {}
        }
    }
}

/// One user on the street: while there is one, the shard is not empty.
pub struct Alive(Rc<Floor>);

impl Alive {
    /// One more.
    pub fn on(floor: &Rc<Floor>) -> Self {
        floor.alive.set(floor.alive.get() + 1);
        Self(Rc::clone(floor))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        let left = self.0.alive.get() - 1;
        self.0.alive.set(left);
        if left == 0 {
            self.0.empty.notify_one();
        }
    }
}
