//! `--max-rps` and `--max-connections` over the whole run: parts of them, moved between shards by what each uses.
//!
//! The last part is that of the crowd itself: setup, teardown and clean-up.

use std::time::Duration;

use tokio::time::Instant;

use super::control::Order;
use super::course::Course;
use crate::pace::{Allotment, Quota, Want};
use crate::plan::Limits;
use crate::script::World;

/// A shard that has nothing to live by is helped at once, but no more often than this.
const SOONEST: Duration = Duration::from_millis(50);
/// A part is given so much more than it used: else it could never grow.
const ROOM: f64 = 1.25;

/// What is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Requests a second, in thousandths.
    Rate,
    /// Connections that are open at once.
    Connections,
}

/// What a shard used of it since the last time, and what it lacks.
#[derive(Debug, Clone, Copy, Default)]
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

/// What each part may use.
pub struct Quotas {
    rate: Option<Allotment>,
    connections: Option<Allotment>,
    usage: Vec<Usage>,
    moved: Instant,
}

impl Quotas {
    pub fn new(limits: &Limits, shards: usize) -> Self {
        let parts = shards + 1;
        let of = |total: Option<u64>| {
            // The crowd itself wants nothing before it says so.
            let mut wants = vec![total.unwrap_or_default(); parts];
            wants[shards] = 0;
            total.map(|total| Allotment::new(total, &wants))
        };
        Self {
            rate: of(limits.millis_per_second()),
            connections: of(limits.max_connections),
            usage: vec![Usage::default(); parts],
            moved: Instant::now(),
        }
    }

    /// What a part begins with.
    pub fn of(&self, part: usize) -> (Option<u64>, Option<u64>) {
        let limit = |shared: &Option<Allotment>| shared.as_ref().map(|shared| shared.limit(part));
        (limit(&self.rate), limit(&self.connections))
    }

    fn any(&self) -> bool {
        self.rate.is_some() || self.connections.is_some()
    }

    fn shared(&mut self, share: Share) -> Option<&mut Allotment> {
        match share {
            Share::Rate => self.rate.as_mut(),
            Share::Connections => self.connections.as_mut(),
        }
    }

    fn wants(&self, share: Share, seconds: f64) -> Vec<Want> {
        let want = |usage: &Usage| match share {
            Share::Rate => Want {
                need: (usage.passed as f64 / seconds * ROOM * 1000.0) as u64 + usage.queued * 1000,
                keep: 0,
            },
            Share::Connections => Want {
                need: usage.open.saturating_sub(usage.idle) + usage.unseated,
                keep: usage.idle,
            },
        };
        self.usage.iter().map(want).collect()
    }

    pub fn gone(&mut self, part: usize) {
        for share in [Share::Rate, Share::Connections] {
            if let Some(shared) = self.shared(share) {
                shared.gone(part);
            }
        }
        if let Some(usage) = self.usage.get_mut(part) {
            *usage = Usage::default();
        }
    }
}

/// What a world uses of its part.
pub fn usage_of(world: &World) -> Usage {
    let turnstile = &world.limits.turnstile;
    let (passed, queued) = (turnstile.take_passed(), turnstile.waiting());
    let (open, idle, unseated) = world.transport.seats().usage();
    Usage {
        passed,
        queued,
        open: open as u64,
        idle: idle as u64,
        unseated: unseated as u64,
    }
}

/// A world keeps to what it is told; gives what it still uses.
pub fn keep_to(world: &World, share: Share, limit: u64) -> u64 {
    match share {
        Share::Rate => {
            world.limits.turnstile.set(limit);
            limit
        }
        Share::Connections => {
            let seats = world.transport.seats();
            seats.set_limit(usize::try_from(limit).unwrap_or(usize::MAX));
            limit.max(seats.usage().0 as u64)
        }
    }
}

impl Course {
    /// A shard says what it used and lacks. Where it has nothing to live by, it is helped at once.
    pub(super) fn used(&mut self, shard: usize, usage: Usage, starved: bool) {
        if let Some(of_shard) = self.quotas.usage.get_mut(shard) {
            let passed = if starved {
                of_shard.passed
            } else {
                usage.passed
            };
            *of_shard = Usage { passed, ..usage };
        }
        if starved && self.quotas.moved.elapsed() >= SOONEST {
            self.rebalance();
        }
    }

    /// The shards are there: from now on the crowd itself keeps to its part.
    pub(super) fn share_with_shards(&mut self) {
        let (rate, connections) = self.quotas.of(self.brief.plan.shards);
        let world = &self.context.user.world;
        for (share, limit) in [(Share::Rate, rate), (Share::Connections, connections)] {
            if let Some(limit) = limit {
                keep_to(world, share, limit);
            }
        }
    }

    /// A part gave something back: others may have it now.
    pub(super) fn gave_back(&mut self, part: usize, share: Share, order: u64, held: u64) {
        let Some(shared) = self.quotas.shared(share) else {
            return;
        };
        shared.gave_back(part, order, held);
        let grants = shared.grants();
        self.hand_out(share, grants);
    }

    /// Moves quotas to where they are needed.
    pub(super) fn rebalance(&mut self) {
        if !self.quotas.any() {
            return;
        }
        let crowd = self.brief.plan.shards;
        let world = &self.context.user.world;
        let (waited, time) = world.transport.seats().take_waited();
        world
            .recorder
            .borrow_mut()
            .restraint()
            .unseated
            .add(waited, time);
        self.quotas.usage[crowd] = usage_of(world);
        self.quotas.moved = Instant::now();
        for share in [Share::Rate, Share::Connections] {
            let wants = self.quotas.wants(share, 1.0);
            let Some(shared) = self.quotas.shared(share) else {
                continue;
            };
            let fewer = shared.aim(&wants);
            self.hand_out(share, fewer);
            let more = self.quotas.shared(share).map(Allotment::grants);
            self.hand_out(share, more.unwrap_or_default());
        }
    }

    fn hand_out(&mut self, share: Share, quotas: Vec<Quota>) {
        let crowd = self.brief.plan.shards;
        for Quota { part, limit, order } in quotas {
            if part == crowd {
                let held = keep_to(&self.context.user.world, share, limit);
                if let Some(shared) = self.quotas.shared(share) {
                    shared.gave_back(part, order, held);
                }
            } else if let Some((orders, _)) = self.shards.get(part) {
                let _ = orders.send(Order::Quota(share, limit, order));
            }
        }
    }
}
