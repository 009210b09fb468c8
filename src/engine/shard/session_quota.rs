//! Sessions that a shard may still begin, where the arrival model has a number of them.

use std::cell::Cell;

use crate::engine::config::users_of;
use crate::engine::roster::Roster;
use crate::pace::ArrivalModel as _;
use crate::plan::{Plan, crowd};

/// Sessions that a shard may still begin; none: as many as there is time for.
pub struct SessionQuota(Cell<Option<u64>>);

impl SessionQuota {
    /// This shard's part: by its part of the users, the remainder to the first.
    pub fn of(plan: &Plan, roster: &Roster, shard: usize) -> Self {
        let Some(sessions) = plan.arrivals().sessions() else {
            return Self(Cell::new(None));
        };
        let weights: Vec<f64> = (0..plan.shards)
            .map(|shard| users_of(roster, shard, plan.shards).count() as f64)
            .collect();
        let whole = u32::try_from(sessions).unwrap_or(u32::MAX);
        let shares = crowd::apportion(&weights, whole);
        Self(Cell::new(shares.get(shard).map(|share| u64::from(*share))))
    }

    /// Takes one; false when there is none left.
    pub fn take(&self) -> bool {
        match self.0.get() {
            None => true,
            Some(0) => false,
            Some(left) => {
                self.0.set(Some(left - 1));
                true
            }
        }
    }
}
