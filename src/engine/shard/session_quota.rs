//! Sessions that a shard may still begin, where the arrival model has a number of them.

use std::cell::Cell;

use tokio::sync::Notify;

use crate::engine::config::users_of;
use crate::engine::roster::Roster;
use crate::pace::ArrivalModel as _;
use crate::plan::{Plan, crowd};

/// Sessions that a shard may still begin; none: as many as there is time for.
pub struct SessionQuota {
    left: Cell<Option<u64>>,
    spent: Notify,
}

impl SessionQuota {
    /// This shard's part: by its part of the users, the remainder to the first.
    pub fn of(plan: &Plan, roster: &Roster, shard: usize) -> Self {
        // The sequence of arrivals has its own end.
        let sessions = plan.arrivals().sessions().filter(|_| !plan.is_open());
        let Some(sessions) = sessions else {
            return Self::new(None);
        };
        let map = plan.shard_map();
        let weights: Vec<f64> = (0..plan.shards)
            .map(|shard| users_of(roster, shard, &map).count() as f64)
            .collect();
        let whole = u32::try_from(sessions).unwrap_or(u32::MAX);
        let shares = crowd::apportion(&weights, whole);
        // A shard that comes later has the users of others, and those keep what they have of it.
        Self::new(Some(shares.get(shard).map_or(0, |share| u64::from(*share))))
    }

    fn new(left: Option<u64>) -> Self {
        Self {
            left: Cell::new(left),
            spent: Notify::new(),
        }
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
