//! Which shard has which users, as shards are told: one immutable value with a revision; and which has which arrivals of an
//! open crowd, by all such values that hold at a time of the run. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::pace::Arrival;
use crate::plan::crowd::{self, ShardMap};

/// Which shard has which virtual shard from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners {
    /// Counts up with every change.
    pub revision: u64,
    /// From this time of the run on those who arrive in an open crowd go by it, so that all shards change at the same one.
    pub from: Duration,
    /// Nobody has a virtual shard whose users have not left their old shard yet.
    pub map: ShardMap,
}

impl Owners {
    /// Those at the beginning of a run.
    pub fn first(map: ShardMap) -> Self {
        Self {
            revision: 1,
            from: Duration::ZERO,
            map,
        }
    }
}

/// People of an open crowd are divided into this many pools, whatever the number of threads; a pool is never split. Fewer than
/// the virtual shards of a closed crowd, of which they are the first, so that a pool soon has somebody who can come back; threads beyond have no arrivals.
pub const POOLS: u64 = crowd::ARRIVAL_SHARDS as u64;

/// The pool of the person who came with an arrival of this number.
pub fn pool_of(number: u64) -> u64 {
    number % POOLS
}

/// Which shard has which pool, from which time of the run on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PoolOwners {
    /// In the order of these times.
    maps: Vec<(Duration, ShardMap)>,
}

impl PoolOwners {
    /// By one map alone.
    pub fn new(owners: &Owners) -> Self {
        Self {
            maps: vec![(owners.from, owners.map.clone())],
        }
    }

    /// From its time of the run on another map holds.
    pub fn follow(&mut self, owners: &Owners) {
        self.maps.push((owners.from, owners.map.clone()));
    }

    /// Whether there was another map before.
    pub fn have_changed(&self) -> bool {
        self.maps.len() > 1
    }

    /// Since when the last map holds.
    pub fn since(&self) -> Duration {
        self.maps.last().map_or(Duration::ZERO, |(from, _)| *from)
    }

    /// The map that holds at this time of the run.
    pub fn at(&self, at: Duration) -> Option<&ShardMap> {
        let then = self.maps.iter().rev().find(|(from, _)| *from <= at);
        then.or(self.maps.first()).map(|(_, map)| map)
    }

    /// Who has an arrival.
    pub fn shard_of(&self, arrival: Arrival) -> Option<usize> {
        let map = self.at(arrival.at)?;
        Some(map.owner(pool_of(arrival.number) as usize))
    }

    /// Forgets maps that no arrival after this time goes by.
    pub fn forget_before(&mut self, at: Duration) {
        let holds = self.maps.iter().rposition(|(from, _)| *from <= at);
        self.maps.drain(..holds.unwrap_or(0));
    }
}
