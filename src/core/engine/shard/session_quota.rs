//! Sessions that a shard may still begin, where the arrival model has a number of them.

use std::cell::Cell;

use tokio::sync::Notify;

use crate::engine::config::users_of;
use crate::engine::roster::Roster;
use crate::pace::ArrivalModel as _;
use crate::plan::{Plan, crowd};

/// The part of each shard at first: by its part of the users, the remainder to the first. None: as many as there is time for.
pub fn shares(plan: &Plan, roster: &Roster) -> Option<Vec<u64>> {
    // The sequence of arrivals has its own end.
    let sessions = plan.arrivals().sessions().filter(|_| !plan.is_open())?;
    let map = plan.shard_map();
    let weights: Vec<f64> = (0..plan.shards)
        .map(|shard| users_of(roster, shard, &map).count() as f64)
        .collect();
    let whole = u32::try_from(sessions).unwrap_or(u32::MAX);
    let shares = crowd::apportion(&weights, whole);
    Some(shares.into_iter().map(u64::from).collect())
}

/// Sessions that a shard may still begin; none: as many as there is time for.
pub struct SessionQuota {
    left: Cell<Option<u64>>,
    spent: Notify,
}

impl SessionQuota {
    /// This shard's part.
    pub fn of(plan: &Plan, roster: &Roster, shard: usize) -> Self {
        let shares = shares(plan, roster);
        // A shard that comes later gets its part with its users.
        Self::new(shares.map(|shares| shares.get(shard).copied().unwrap_or_default()))
    }

    fn new(left: Option<u64>) -> Self {
        Self {
            left: Cell::new(left),
            spent: Notify::new(),
        }
    }

    /// So many more.
    pub fn add(&self, sessions: u64) {
        self.left.set(self.left.get().map(|left| left + sessions));
    }

    /// Gives up those of so many of its users, of whom there are `of`; gives how many these are.
    pub fn give_up(&self, users: usize, of: usize) -> u64 {
        let left = self.left.get().unwrap_or_default();
        let part = u128::from(left) * users as u128 / of.max(1) as u128;
        let part = u64::try_from(part).unwrap_or(left);
        if part > 0 {
            self.left.set(Some(left - part));
        }
        part
    }

    /// Ends when none is left.
    pub async fn spent(&self) {
        while self.left.get() != Some(0) {
            self.spent.notified().await;
        }
    }

    /// Takes one; false when there is none left.
    pub fn take(&self) -> bool {
        match self.left.get() {
            None => true,
            Some(0) => false,
            Some(left) => {
                self.left.set(Some(left - 1));
                if left == 1 {
                    self.spent.notify_waiters();
                }
                true
            }
        }
    }
}
