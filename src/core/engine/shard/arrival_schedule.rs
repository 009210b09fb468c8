//! Who comes to a shard of an open crowd, and when; and who is away and may come back.
//!
//! The run has one sequence of arrivals, which the seed and the rate decide. Each shard walks the whole of it and lives those
//! arrivals whose [pool](POOLS) it has, so that the same people come at the same moments on any number of threads.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::arrival_walk::{Coming, Walk};
use super::away::{self, Absent, AwayPool};
use super::places::{Place, Places};
use crate::engine::owners::{Owners, POOLS, PoolOwners, pool_of};
use crate::engine::roster::Roster;
use crate::metrics::{Recorder, TypeId};
use crate::pace::{Arrival, ArrivalModel, ArrivalSpacing};
use crate::plan::crowd::{self, ShardMap};
use crate::plan::{OpenCrowd, TypeLevels};

/// Who comes to a shard, and when.
pub struct Arrivals {
    spacing: ArrivalSpacing,
    /// Arrivals of the whole run; none: as many as there is time for.
    most: Option<u64>,
    /// None come from this moment of the run on.
    until: Option<Duration>,
    shard: usize,
    max_users: u32,
    owners: RefCell<PoolOwners>,
    /// Whether somebody comes here by the last of them.
    has_pools: Cell<bool>,
    levels: RefCell<Arc<TypeLevels>>,
    changed: Notify,
    /// Of those who are there.
    pub places: Rc<Places>,
    /// Who may come back, by pool.
    away: RefCell<BTreeMap<u64, AwayPool>>,
}

impl Arrivals {
    /// Of one of the shards of this map, in a run that ends as the model says.
    pub fn new(
        open: &OpenCrowd,
        roster: &Roster,
        model: &dyn ArrivalModel,
        (shard, owners): (usize, &Owners),
    ) -> Self {
        let limit = places_of(open.max_users, shard, &owners.map);
        let levels = open.levels.of_types(&roster.weighted_types(), 1.0);
        Self {
            spacing: open.spacing,
            most: model.sessions(),
            until: model.end(),
            shard,
            max_users: open.max_users,
            has_pools: Cell::new(pools_of(shard, &owners.map) > 0),
            owners: RefCell::new(PoolOwners::new(owners)),
            levels: RefCell::new(Arc::new(levels)),
            changed: Notify::new(),
            places: Places::new(limit),
            away: RefCell::default(),
        }
    }

    /// Before the first arrival.
    pub fn walk(&self, seed: u64) -> Walk {
        Walk::new(seed, self.spacing)
    }

    /// The type of an arrival, for a draw from 0 to 1; none when no type has a weight.
    pub fn kind_of(&self, coming: Coming, roster: &Roster, unit: f64) -> Option<TypeId> {
        let levels = self.levels.borrow();
        let shares = |kind: TypeId| !levels.own.contains_key(&kind.0);
        coming.kind.or_else(|| roster.draw(unit, shares))
    }

    /// Whether more may come once nobody comes.
    pub fn may_change(&self) -> bool {
        self.most.is_none()
    }

    /// Ends when they come by another rate.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// From now on they come by this; it has what came before, too.
    pub fn change(&self, levels: Arc<TypeLevels>) {
        self.levels.replace(levels);
        self.changed.notify_waiters();
    }

    /// From its time of the run on those who come are divided like this.
    pub fn follow(&self, owners: &Owners) {
        self.has_pools.set(pools_of(self.shard, &owners.map) > 0);
        self.owners.borrow_mut().follow(owners);
        self.changed.notify_waiters();
    }

    /// A place for who comes at this time, by the division that holds then; none when there is none.
    pub fn place_at(&self, at: Duration) -> Option<Place> {
        let owners = self.owners.borrow();
        if owners.have_changed()
            && let Some(map) = owners.at(at)
        {
            let limit = places_of(self.max_users, self.shard, map);
            self.places.set_limit(limit);
        }
        self.places.take()
    }

    /// Whether somebody comes here by the last division.
    pub fn has_pools(&self) -> bool {
        self.has_pools.get()
    }

    /// Whether nobody comes here from this time on, as far as it is known.
    fn is_over(&self, at: Duration) -> bool {
        at >= self.owners.borrow().since() && !self.has_pools()
    }

    /// Someone has left and may come back.
    pub fn go_away(&self, kind: TypeId, absent: Absent, recorder: &mut Recorder) {
        let mut pools = self.away.borrow_mut();
        let pool = pools.entry(pool_of(absent.number)).or_default();
        recorder.away(kind, 1);
        for kind in pool.put(kind, absent, away::MOST_BYTES / POOLS as usize) {
            recorder.away(kind, -1);
            recorder.people(kind).lost += 1;
        }
    }

    /// Someone of this type who is back at an arrival; none where nobody is.
    pub fn come_back(
        &self,
        kind: TypeId,
        arrival: Arrival,
        recorder: &mut Recorder,
    ) -> Option<Absent> {
        let mut pools = self.away.borrow_mut();
        let pool = pools.get_mut(&pool_of(arrival.number))?;
        let absent = pool.take(kind, arrival.at)?;
        recorder.away(kind, -1);
        Some(absent)
    }

    /// People of types that are gone do not come back.
    pub fn keep_types(&self, roster: &Roster, recorder: &mut Recorder) {
        for pool in self.away.borrow_mut().values_mut() {
            for (kind, gone) in pool.keep(|kind| roster.stable_version(kind).is_some()) {
                recorder.away(kind, -i32::try_from(gone).unwrap_or(i32::MAX));
                recorder.people(kind).lost += gone as u64;
            }
        }
    }

    /// The next arrival of this shard; none where no more come.
    pub fn next(&self, walk: &mut Walk) -> Option<Coming> {
        let levels = self.levels.borrow();
        loop {
            let coming = walk.next(&levels)?;
            let arrival = coming.arrival;
            let is_late = self.until.is_some_and(|until| arrival.at >= until);
            if is_late || self.most.is_some_and(|most| arrival.number >= most) {
                return None;
            }
            if self.owners.borrow().shard_of(arrival) == Some(self.shard) {
                return Some(coming);
            }
            if self.is_over(arrival.at) {
                return None;
            }
        }
    }
}

/// How many pools a shard has.
fn pools_of(shard: usize, map: &ShardMap) -> usize {
    (0..POOLS as usize)
        .filter(|pool| map.owner(*pool) == shard)
        .count()
}

/// The places of a shard: all shards together have all there may be, each as many of them as of the pools.
fn places_of(max_users: u32, shard: usize, map: &ShardMap) -> u64 {
    let owners = (0..POOLS as usize).map(|pool| map.owner(pool));
    let shards = owners.clone().max().map_or(0, |last| last + 1);
    let mut pools = vec![0.0; shards];
    owners.for_each(|owner| pools[owner] += 1.0);
    let places = crowd::apportion(&pools, max_users);
    places.get(shard).map_or(0, |places| u64::from(*places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_of_all_shards_are_those_of_the_run() {
        for shards in [1, 2, 3, 5, 7, 48, 64, 100] {
            for max_users in [1, 2, 10, 63, 100, 9_999] {
                let map = ShardMap::in_turn(shards);
                let places = (0..shards).map(|shard| places_of(max_users, shard, &map));
                let places: Vec<u64> = places.collect();
                let all: u64 = places.iter().sum();
                assert_eq!(all, u64::from(max_users), "{shards} shards: {places:?}");
                assert!(places.iter().skip(POOLS as usize).all(|limit| *limit == 0));
            }
        }
    }
}
