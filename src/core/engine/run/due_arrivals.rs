//! Counts the arrivals that are due on each shard of an open crowd, against those that the shard reports: what was due on
//! a shard that is lost and is in none of its reports is known so. Pure: the time is an argument.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::engine::checkpoint::DueState;
use crate::engine::owners::{Owners, PoolOwners};
use crate::engine::shard::arrival_walk::Walk;
use crate::metrics::Batch;
use crate::pace::ArrivalModel as _;
use crate::plan::{Plan, TypeLevels};

/// Arrivals that are counted at a time at most: more a second than workers could let in, few enough that nothing else waits.
const MOST_AT_A_TIME: u64 = 200_000;

/// The arrivals of a run, as they are due.
pub(super) struct DueArrivals {
    walk: Walk,
    /// Arrivals of the whole run; none: as many as there is time for.
    most: Option<u64>,
    /// None come from this moment of the run on.
    end: Option<Duration>,
    /// Whether more is due than was counted.
    is_behind: bool,
    state: DueState,
}

impl DueArrivals {
    /// Those of a run that begins; none where the crowd is closed.
    pub fn new(plan: &Plan) -> Option<Self> {
        let open = plan.open()?;
        let model = plan.arrivals();
        Some(Self {
            walk: Walk::new(plan.seed, open.spacing),
            most: model.sessions(),
            end: model.end(),
            is_behind: false,
            state: DueState {
                until: Duration::ZERO,
                owners: PoolOwners::new(&Owners::first(plan.shard_map())),
                due: BTreeMap::new(),
                reported: BTreeMap::new(),
                lost: BTreeSet::new(),
            },
        })
    }

    /// How far it is.
    pub fn state(&self) -> DueState {
        self.state.clone()
    }

    /// Goes on from where another process was, by the rates since the beginning of the run.
    pub fn resume(&mut self, state: DueState, levels: &Arc<TypeLevels>) {
        while self.walk.next_until(levels, state.until).is_some() {}
        self.state = state;
    }

    /// Counts what is due until this time of the run, by rates that no change before it can alter any more. Where that is
    /// too much it goes on from there the next time.
    pub fn advance(&mut self, levels: &Arc<TypeLevels>, until: Duration) {
        self.is_behind = false;
        let mut left = MOST_AT_A_TIME;
        while let Some(coming) = self.walk.next_until(levels, until) {
            let arrival = coming.arrival;
            let is_late = self.end.is_some_and(|end| arrival.at >= end);
            if is_late || self.most.is_some_and(|most| arrival.number >= most) {
                break;
            }
            if let Some(shard) = self.state.owners.shard_of(arrival) {
                *self.state.due.entry(shard).or_default() += 1;
            }
            left -= 1;
            if left == 0 {
                self.state.until = arrival.at;
                self.is_behind = true;
                return;
            }
        }
        self.state.until = self.state.until.max(until);
        self.state.owners.forget_before(until);
    }

    /// From its time of the run on they are divided like this.
    pub fn follow(&mut self, owners: &Owners) {
        self.state.owners.follow(owners);
    }

    /// Counts the arrivals of what a shard reports, also where it is lost.
    pub fn reported(&mut self, shard: usize, batch: &Batch) {
        let arrivals = batch.totals.types.values().map(|of| of.arrivals.total);
        let arrivals: u64 = arrivals.sum();
        if arrivals > 0 {
            *self.state.reported.entry(shard).or_default() += arrivals;
        }
    }

    /// A shard has ended before its time.
    pub fn lost(&mut self, shard: usize) {
        self.state.lost.insert(shard);
    }

    /// Arrivals that were due on shards that are lost, and are in none of their reports; none where that is not known.
    pub fn unreported(&self) -> Option<u64> {
        if self.is_behind {
            return None;
        }
        let DueState { due, reported, .. } = &self.state;
        let missing = |shard: &usize| {
            let due = due.get(shard).copied().unwrap_or(0);
            due.saturating_sub(reported.get(shard).copied().unwrap_or(0))
        };
        Some(self.state.lost.iter().map(missing).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::TypeId;
    use crate::plan::crowd::{ShardMap, VIRTUAL_SHARDS};

    const SECOND: Duration = Duration::from_secs(1);

    /// 64 arrivals a second on four shards, at even distances.
    fn plan() -> Plan {
        let mut plan = Plan {
            shards: 4,
            ..Plan::default()
        };
        let arrivals = crate::plan::shape::parse_arrivals("64/s").unwrap();
        plan.shape.arrivals = Some(crate::plan::shape::Arrivals {
            even: true,
            ..arrivals
        });
        plan
    }

    fn levels(rate: f64) -> Arc<TypeLevels> {
        Arc::new(TypeLevels {
            common: crate::pace::Profile::constant(rate),
            own: BTreeMap::new(),
        })
    }

    fn batch(arrivals: u64) -> Batch {
        let mut batch = Batch::default();
        let of = batch.totals.types.entry(TypeId(0)).or_default();
        of.arrivals.total = arrivals;
        batch
    }

    fn owners(revision: u64, from: Duration, map: ShardMap) -> Owners {
        Owners {
            revision,
            from,
            map,
        }
    }

    #[test]
    fn what_a_lost_shard_did_not_report_is_counted_until_others_have_its_part() {
        let levels = levels(64.0);
        let mut due = DueArrivals::new(&plan()).unwrap();
        due.advance(&levels, 10 * SECOND);
        for shard in 0..4 {
            due.reported(shard, &batch(160));
        }
        assert_eq!(due.unreported(), Some(0), "nobody is lost");
        due.lost(2);
        assert_eq!(due.unreported(), Some(0), "it has reported all of them");
        due.advance(&levels, 13 * SECOND);
        assert_eq!(due.unreported(), Some(3 * 16));
        // From 14 s on its neighbour has its part.
        let map = (0..VIRTUAL_SHARDS).map(|of| match of % 4 {
            2 => 3,
            own => own as u16,
        });
        due.follow(&owners(2, 14 * SECOND, map.collect()));
        due.advance(&levels, 20 * SECOND);
        assert_eq!(due.unreported(), Some(4 * 16));
        // A report that was on its way, or in a spool.
        due.reported(2, &batch(20));
        assert_eq!(due.unreported(), Some(4 * 16 - 20));
        due.reported(2, &batch(1_000));
        assert_eq!(due.unreported(), Some(0));
    }

    #[test]
    fn nobody_is_due_after_the_end_of_the_arrivals() {
        let mut plan = plan();
        plan.length = crate::plan::Length::Duration(12 * SECOND);
        let mut due = DueArrivals::new(&plan).unwrap();
        due.lost(1);
        due.advance(&levels(64.0), 100 * SECOND);
        assert_eq!(due.unreported(), Some(12 * 16));
    }

    #[test]
    fn more_than_can_be_counted_at_a_time_is_counted_in_turns() {
        let mut plan = plan();
        plan.length = crate::plan::Length::Continuous;
        let mut due = DueArrivals::new(&plan).unwrap();
        due.lost(1);
        let levels = levels(1_000_000.0);
        for _ in 0..5 {
            due.advance(&levels, SECOND);
            assert_eq!(due.unreported(), None);
        }
        due.advance(&levels, SECOND);
        assert!(due.unreported().unwrap().abs_diff(250_000) <= 1);
    }

    #[test]
    fn another_process_goes_on_with_the_count() {
        let (slow, fast) = (levels(32.0), levels(64.0));
        let changed = Arc::new(slow.changed_at(5 * SECOND, &fast));
        let mut one = DueArrivals::new(&plan()).unwrap();
        one.lost(0);
        one.advance(&slow, 4 * SECOND);
        one.advance(&changed, 7 * SECOND + SECOND / 3);
        let state = serde_json::to_string(&one.state()).unwrap();
        let mut other = DueArrivals::new(&plan()).unwrap();
        other.resume(serde_json::from_str(&state).unwrap(), &changed);
        assert_eq!(other.unreported(), one.unreported());
        one.advance(&changed, 11 * SECOND);
        other.advance(&changed, 11 * SECOND);
        assert_eq!(other.unreported(), one.unreported());
        let lost = one.unreported().unwrap();
        assert!(lost.abs_diff(5 * 8 + 6 * 16) <= 1, "{lost}");
    }
}
