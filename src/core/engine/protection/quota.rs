//! Quotas of `--max-rps` and `--max-connections`: each shard has a part of the limit, moved to where it is used.
//!
//! The part after those of the first shards is for the run's own requests: setup, teardown and clean-up. Those of shards that
//! come later are behind it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::pace::{Allotment, Quota, Want};
use crate::plan::Limits;

/// A shard whose quota is used up gets more before the second is over, but no more often than this.
const MIN_INTERVAL: Duration = Duration::from_millis(50);
/// A part keeps so much more than it used, as long as no other needs it: users come and go.
const HEADROOM: f64 = 0.25;

/// What is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuotaKind {
    /// Requests a second, in thousandths.
    Rate,
    /// Connections that are open at once.
    Connections,
}

impl QuotaKind {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::Rate, Self::Connections];
}

/// What a shard used of it since the last time, and what it lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Requests.
    pub passed: u64,
    /// Requests that wait for the rate.
    pub queued: u64,
    /// Connections that are open, and those idle among them.
    pub open: u64,
    pub idle: u64,
    /// Requests that wait for a connection.
    pub unseated: u64,
}

impl Usage {
    fn is_some(&self) -> bool {
        self.passed + self.queued + self.open + self.unseated > 0
    }

    fn want(&self, quota: QuotaKind, spare: u64) -> Want {
        match quota {
            QuotaKind::Rate => Want {
                need: (self.passed + self.queued) * 1000,
                keep: (self.passed as f64 * HEADROOM * 1000.0) as u64,
                spare,
            },
            QuotaKind::Connections => Want {
                need: self.open.saturating_sub(self.idle) + self.unseated,
                keep: self.idle,
                spare,
            },
        }
    }
}

/// What parts may use at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaState {
    rate: Option<Allotment>,
    connections: Option<Allotment>,
    busy: Vec<bool>,
}

/// What each part may use.
pub struct Quotas {
    rate: Option<Allotment>,
    connections: Option<Allotment>,
    usage: Vec<Usage>,
    /// Whether a part gets a share of what is not needed: a shard that has users, and the run's own requests while there
    /// are any. The others get what they need once they report it.
    busy: Vec<bool>,
    /// The part of the run's own requests.
    own: usize,
    moved: Instant,
}

impl Quotas {
    /// Of shards with so many users each. The run's own requests get nothing before they need it.
    pub fn new(limits: &Limits, users: &[usize], now: Instant) -> Self {
        let mut busy: Vec<bool> = users.iter().map(|users| *users > 0).collect();
        busy.push(false);
        let of = |total: Option<u64>| {
            total.map(|total| {
                let wants = busy.iter().map(|busy| if *busy { total } else { 0 });
                Allotment::new(total, &wants.collect::<Vec<_>>())
            })
        };
        Self {
            rate: of(limits.millis_per_second()),
            connections: of(limits.max_connections),
            usage: vec![Usage::default(); busy.len()],
            own: users.len(),
            busy,
            moved: now,
        }
    }

    /// What parts may use now.
    pub fn state(&self) -> QuotaState {
        QuotaState {
            rate: self.rate.clone(),
            connections: self.connections.clone(),
            busy: self.busy.clone(),
        }
    }

    /// Goes on with what parts might use at another moment; gives the orders that say it to them anew.
    pub fn resume(&mut self, state: QuotaState, skipped: u64) -> Vec<(QuotaKind, Quota)> {
        // Those that joined the run are not in its plan; the last part is the run's own.
        self.add_shards(state.busy.len().saturating_sub(1));
        if state.busy.len() == self.busy.len() {
            (self.rate, self.connections) = (state.rate, state.connections);
            self.busy = state.busy;
        }
        let mut orders = Vec::new();
        for quota in QuotaKind::ALL {
            let again = self.shared(quota).map(|shared| shared.repeat(skipped));
            orders.extend(again.into_iter().flatten().map(|order| (quota, order)));
        }
        orders
    }

    /// What each part wants by what it used of a quota in the last second.
    fn wants(&mut self, quota: QuotaKind) -> Vec<Want> {
        let total = match quota {
            QuotaKind::Rate => self.rate.as_ref(),
            QuotaKind::Connections => self.connections.as_ref(),
        };
        let total = total.map_or(0, Allotment::total);
        let own = self.own_part();
        let parts = self.usage.iter().zip(&mut self.busy).enumerate();
        let want = |(part, (usage, busy)): (usize, (&Usage, &mut bool))| {
            if usage.is_some() || part == own {
                *busy = usage.is_some();
            }
            usage.want(quota, if *busy { total } else { 0 })
        };
        parts.map(want).collect()
    }

    /// There are so many shards now. Those that are new have nothing yet.
    pub fn add_shards(&mut self, shards: usize) {
        while self.busy.len() <= shards {
            self.busy.push(false);
            self.usage.push(Usage::default());
            for shared in [&mut self.rate, &mut self.connections] {
                shared.iter_mut().for_each(Allotment::add_part);
            }
        }
    }

    /// The part of a shard.
    pub fn part_of(&self, shard: usize) -> usize {
        shard + usize::from(shard >= self.own)
    }

    /// The shard of a part that is not the run's own.
    pub fn shard_of(&self, part: usize) -> usize {
        part - usize::from(part > self.own)
    }

    /// What a shard begins with.
    pub fn of(&self, shard: usize) -> (Option<u64>, Option<u64>) {
        self.of_part(self.part_of(shard))
    }

    /// What the run's own requests have.
    pub fn own(&self) -> (Option<u64>, Option<u64>) {
        self.of_part(self.own)
    }

    fn of_part(&self, part: usize) -> (Option<u64>, Option<u64>) {
        let limit = |shared: &Option<Allotment>| shared.as_ref().map(|shared| shared.limit(part));
        (limit(&self.rate), limit(&self.connections))
    }

    /// Whether anything is shared at all.
    pub fn is_limited(&self) -> bool {
        self.rate.is_some() || self.connections.is_some()
    }

    /// The part of the run's own requests: setup, teardown and clean-up.
    pub fn own_part(&self) -> usize {
        self.own
    }

    /// A shard reports what it used and lacks; true when it has nothing left and quotas are to be moved at once.
    pub fn used(&mut self, shard: usize, usage: Usage, starved: bool, now: Instant) -> bool {
        let part = self.part_of(shard);
        if let Some(of_part) = self.usage.get_mut(part) {
            let passed = if starved {
                of_part.passed
            } else {
                usage.passed
            };
            *of_part = Usage { passed, ..usage };
        }
        starved && now.saturating_duration_since(self.moved) >= MIN_INTERVAL
    }

    /// Quotas are about to be moved to where they are needed, by what the run's own requests used besides.
    pub fn begin_rebalance(&mut self, own: Usage, now: Instant) {
        let own_part = self.own_part();
        self.usage[own_part] = own;
        self.moved = now;
    }

    /// Aims at what each part wants of a quota: orders to those that get less.
    pub fn aim(&mut self, quota: QuotaKind) -> Vec<Quota> {
        let wants = self.wants(quota);
        self.shared(quota)
            .map(|shared| shared.aim(&wants))
            .unwrap_or_default()
    }

    /// Orders to those that get more, as far as others have given it back.
    pub fn grants(&mut self, quota: QuotaKind) -> Vec<Quota> {
        self.shared(quota)
            .map(Allotment::grants)
            .unwrap_or_default()
    }

    /// A part uses no more than `held` of a quota, by the order with this number.
    pub fn reduced(&mut self, part: usize, quota: QuotaKind, order: u64, held: u64) {
        if let Some(shared) = self.shared(quota) {
            shared.gave_back(part, order, held);
        }
    }

    fn shared(&mut self, quota: QuotaKind) -> Option<&mut Allotment> {
        match quota {
            QuotaKind::Rate => self.rate.as_mut(),
            QuotaKind::Connections => self.connections.as_mut(),
        }
    }

    /// A shard has ended: what it had others may have.
    pub fn shard_ended(&mut self, shard: usize) {
        let part = self.part_of(shard);
        for quota in QuotaKind::ALL {
            if let Some(shared) = self.shared(quota) {
                shared.gone(part);
            }
        }
        if let Some(usage) = self.usage.get_mut(part) {
            *usage = Usage::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred requests a second, on shards with so many users each.
    fn hundred(users: &[usize]) -> Quotas {
        let limits = Limits {
            max_rps: Some(100.0),
            ..Limits::default()
        };
        Quotas::new(&limits, users, Instant::now())
    }

    fn rates(quotas: &Quotas) -> Vec<u64> {
        let parts = 0..quotas.busy.len();
        parts
            .map(|part| quotas.of_part(part).0.unwrap_or_default())
            .collect()
    }

    /// Moves the rate, and every part obeys at once.
    fn rebalance(quotas: &mut Quotas) {
        let wants = quotas.wants(QuotaKind::Rate);
        let Some(shared) = &mut quotas.rate else {
            return;
        };
        for Quota { part, limit, order } in shared.aim(&wants) {
            shared.gave_back(part, order, limit);
        }
        shared.grants();
    }

    #[test]
    fn the_whole_rate_is_there_from_the_start_for_those_who_have_users() {
        for (users, expected) in [
            (&[10][..], &[100_000, 0][..]),
            (&[5, 5], &[50_000, 50_000, 0]),
            (&[1, 0, 0], &[100_000, 0, 0, 0]),
            (&[7, 0, 2, 1], &[33_334, 0, 33_333, 33_333, 0]),
        ] {
            let mut quotas = hundred(users);
            assert_eq!(rates(&quotas), expected, "{users:?}");
            // Before anything is known of what they use, nothing moves.
            rebalance(&mut quotas);
            let now = rates(&quotas);
            assert_eq!(now.iter().sum::<u64>(), 100_000, "{users:?}");
            for (now, expected) in now.iter().zip(expected) {
                assert!(now.abs_diff(*expected) <= 1, "{users:?}: {now} {expected}");
            }
        }
    }

    #[test]
    fn what_one_does_not_use_is_there_for_those_who_wait() {
        let mut quotas = hundred(&[5, 5]);
        let using = |passed, queued| Usage {
            passed,
            queued,
            ..Usage::default()
        };
        for (usage, expected) in [
            // Both could use more than there is.
            (
                [using(50, 30), using(50, 90), using(0, 0)],
                [50_000, 50_000, 0],
            ),
            // One uses twenty, and five more would be lost to the other.
            (
                [using(20, 0), using(50, 90), using(0, 0)],
                [20_000, 80_000, 0],
            ),
            // Nobody waits: there is room for more on both, and the crowd has none while it does nothing.
            (
                [using(20, 0), using(40, 0), using(0, 0)],
                [37_500, 62_500, 0],
            ),
            // The crowd has something to do, and then no more.
            (
                [using(50, 9), using(50, 9), using(0, 4)],
                [48_000, 48_000, 4_000],
            ),
            (
                [using(48, 9), using(48, 9), using(0, 0)],
                [50_000, 50_000, 0],
            ),
        ] {
            quotas.usage = usage.to_vec();
            rebalance(&mut quotas);
            assert_eq!(rates(&quotas), expected, "{usage:?}");
        }
    }

    #[test]
    fn a_shard_that_has_its_first_users_later_gets_its_part() {
        let mut quotas = hundred(&[5, 0]);
        quotas.usage[0] = Usage {
            passed: 100,
            queued: 50,
            ..Usage::default()
        };
        quotas.usage[1].queued = 2;
        rebalance(&mut quotas);
        assert_eq!(rates(&quotas), [98_000, 2_000, 0]);
    }

    #[test]
    fn a_shard_that_comes_later_gets_its_part_once_it_needs_it() {
        let mut quotas = hundred(&[5]);
        quotas.add_shards(2);
        assert_eq!(rates(&quotas), [100_000, 0, 0]);
        assert_eq!((quotas.part_of(0), quotas.part_of(1)), (0, 2));
        assert_eq!((quotas.shard_of(0), quotas.shard_of(2)), (0, 1));
        for shard in 0..2 {
            let usage = Usage {
                passed: 50,
                queued: 30,
                ..Usage::default()
            };
            quotas.used(shard, usage, false, Instant::now());
        }
        rebalance(&mut quotas);
        assert_eq!(quotas.of(0).0, Some(50_000));
        assert_eq!(quotas.of(1).0, Some(50_000));
        assert_eq!(quotas.own().0, Some(0));
    }
}
