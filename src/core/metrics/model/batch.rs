//! A batch: what a shard reports each second.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::MAX_NOTES;
use crate::metrics::{FailureNote, Records, Totals, TypeId};

/// The health of a shard, as measured by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// How late the last timer fired; every report is counted, the other fields are levels.
    pub lag: Duration,
    pub open_connections: u64,
    /// Bytes held by the shard's Lua VMs.
    pub lua_memory: u64,
    pub vms: u64,
}

/// What one recorder counted since the last batch. Contains only changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    pub totals: Totals,
    /// Change in the number of active users, by type and version.
    pub users: Vec<(TypeId, u32, i64)>,
    /// Change in the number of users who are away between two sessions, by type.
    #[serde(default)]
    pub away: Vec<(TypeId, i64)>,
    /// The most users of the shard at once.
    pub peak_users: i64,
    /// Users that moved to another version, by how.
    pub moved: BTreeMap<String, u64>,
    /// The last failures, at most ten.
    pub failures: Vec<FailureNote>,
    /// Single requests, sessions and steps, where outputs want them.
    #[serde(default)]
    pub records: Records,
    /// The latest levels, if any were reported.
    pub health: Option<Health>,
}

impl Batch {
    /// Adds what the same recorder counted after it: both are one batch then. Its single requests are left out, which is
    /// counted: they would have no bound.
    pub fn add(&mut self, later: Self) {
        self.totals.add(later.totals);
        for (kind, version, change) in later.users {
            let same = |one: &&mut (TypeId, u32, i64)| (one.0, one.1) == (kind, version);
            match self.users.iter_mut().find(same) {
                Some(known) => known.2 += change,
                None => self.users.push((kind, version, change)),
            }
        }
        for (kind, change) in later.away {
            match self.away.iter_mut().find(|one| one.0 == kind) {
                Some(known) => known.1 += change,
                None => self.away.push((kind, change)),
            }
        }
        self.peak_users = self.peak_users.max(later.peak_users);
        for (how, users) in later.moved {
            *self.moved.entry(how).or_default() += users;
        }
        self.failures.extend(later.failures);
        let surplus = self.failures.len().saturating_sub(MAX_NOTES);
        self.failures.drain(..surplus);
        self.records.leave_out(&later.records);
        self.health = later.health.or(self.health);
    }
}
