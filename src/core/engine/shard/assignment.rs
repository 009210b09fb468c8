//! Which type and version each user of a shard should have: the roster of now, and whether everybody follows it.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::vm_pool::VmPool;
use crate::clock::Clock;
use crate::engine::roster::{Roster, ScriptVersion};
use crate::metrics::TypeId;
use crate::plan::RAMP_PER_USER;

/// The roster that a shard's users follow.
pub struct Assignment {
    clock: Clock,
    roster: RefCell<Arc<Roster>>,
    changed: Notify,
    /// Users with a number from this on came with the last roster, at this moment.
    newcomers: Cell<(u32, Instant)>,
    /// The revision of the roster that some user has still to follow.
    unsettled: Cell<Option<u64>>,
}

impl Assignment {
    /// The roster at the beginning, which all users follow from their start.
    pub fn new(roster: Arc<Roster>, clock: Clock, began: Instant) -> Self {
        Self {
            clock,
            roster: RefCell::new(roster),
            changed: Notify::new(),
            newcomers: Cell::new((u32::MAX, began)),
            unsettled: Cell::new(None),
        }
    }

    /// The roster of now.
    pub fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.roster.borrow())
    }

    /// Reads the roster of now.
    pub fn with<T>(&self, read: impl FnOnce(&Roster) -> T) -> T {
        read(&self.roster.borrow())
    }

    /// What a user of this type should play; none when the type's file is gone.
    pub fn version_for(&self, kind: TypeId, number: u32) -> Option<ScriptVersion> {
        self.roster.borrow().version_for(kind, number)
    }

    /// Takes a new roster; gives the one before. Users do not know of it before [`Self::announce`].
    pub fn replace(&self, roster: Arc<Roster>) -> Arc<Roster> {
        let revision = roster.revision;
        let before = self.roster.replace(roster);
        let first = u32::try_from(before.users.len()).unwrap_or(u32::MAX);
        self.newcomers.set((first, self.clock.now()));
        self.unsettled.set(Some(revision));
        before
    }

    /// Wakes everybody who waits for a new roster.
    pub fn announce(&self) {
        self.changed.notify_waiters();
    }

    /// Ends with the next roster.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The revision of the roster once every user follows it; reported once for each.
    pub fn take_settled(&self, vms: &VmPool) -> Option<u64> {
        let revision = self.unsettled.get()?;
        vms.is_up_to_date(&self.roster.borrow()).then(|| {
            self.unsettled.set(None);
            revision
        })
    }

    /// When users came with the last roster, if this one did.
    pub fn came_at(&self, number: u32) -> Option<Instant> {
        let (first, came) = self.newcomers.get();
        (number >= first).then_some(came)
    }

    /// How long a user that has just been given a place waits, so that many do not start at once.
    pub fn start_delay(&self, number: u32) -> Duration {
        let (first, _) = self.newcomers.get();
        RAMP_PER_USER * number.saturating_sub(first)
    }
}
