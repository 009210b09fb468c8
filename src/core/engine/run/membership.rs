//! Machines that come to a run under way and leave it: which shards there are, and which of them has which users.

use std::time::Duration;

use super::state::Run;
use crate::engine::command::{Done, Refused};
use crate::engine::protocol::Order;
use crate::engine::remote::RunStart;
use crate::plan::Fault;
use crate::plan::crowd::ShardMap;

/// How long before it holds shards hear of another division of those who arrive: longer than an order is on its way.
const AHEAD: Duration = Duration::from_secs(1);

impl Run {
    /// A machine has come, with shards from `first` on: they begin with the state of now, and have no users yet.
    pub(super) fn on_joins(&mut self, first: usize, threads: usize) {
        if self.is_stopping() {
            return;
        }
        let shards = first..first + threads;
        self.protection.add_shards(shards.end);
        let quotas = self.protection.quotas();
        let quotas = (0..shards.end).map(|shard| quotas.of(shard)).collect();
        let releases = self.deployment.releases();
        let start = RunStart {
            plan: self.config.plan.clone(),
            roster: releases.roster(),
            owners: self.placement.owners(),
            settings: releases.settings().clone(),
            quotas,
            recording: None,
            crowd: self.config.script_config.crowd.as_deref().cloned(),
        };
        let revision = releases.revision();
        let began = self.source().real_instant(self.clock.began());
        let before = self.state_orders();
        self.shards.admit(first, threads, start, (began, before));
        let now = self.now();
        for shard in shards {
            // It begins with the roster of now.
            self.on_settled(shard, revision, now);
        }
    }

    /// What shards would know that had been there from the beginning.
    fn state_orders(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        let (now, paused) = (self.now(), self.clock.paused());
        let age = self.clock.since_began(now);
        let is_paused = self.clock.paused_since();
        if !paused.is_zero() {
            // All pauses that are over count as one, which was over when the present one began.
            let until = is_paused.map_or(age, |since| self.clock.since_began(since));
            let at = until.saturating_sub(paused);
            orders.push(Order::Pause { at });
            orders.push(Order::Resume { at: at + paused });
        }
        if let Some(since) = is_paused {
            let at = self.clock.since_began(since);
            orders.push(Order::Pause { at });
        }
        if let Some(arrivals) = &self.arrivals {
            orders.push(Order::Arrivals(arrivals.all.clone()));
        }
        orders.extend(self.protection.breaker_signals());
        let level = self.publisher.last().guard.level;
        if level > 0 {
            orders.push(Order::ShedLevel(level));
        }
        orders
    }

    /// The run is to have so many workers from now on.
    pub(super) fn want_workers(&mut self, workers: usize) -> Result<Done, Refused> {
        if !self.shards.want_workers(workers) {
            let fault = Fault::new(
                format!("workers {workers}"),
                "cannot be set: the run is on one machine",
                "begin it with --nats and --workers",
            );
            return Err(Refused::Invalid(vec![fault]));
        }
        Ok(self.announce("set", &format!("workers {workers}")))
    }

    /// These shards are to end: others have their users, or will.
    pub(super) fn on_leaves(&mut self, shards: Vec<usize>) {
        self.leaving.extend(shards);
        self.let_shards_leave();
    }

    /// The virtual shards are to be divided like this.
    pub(super) fn on_divided(&mut self, map: &ShardMap) {
        if self.is_stopping() {
            return;
        }
        self.placement.want(map);
        self.follow_placement();
    }

    /// Users have left a shard that others are to have.
    pub(super) fn on_released(&mut self, shard: usize, revision: u64, of: &[u16]) {
        self.placement.released(shard, revision, of);
    }

    /// Tells shards which users they have now, where that has changed.
    pub(super) fn follow_placement(&mut self) {
        if self.is_stopping() {
            return;
        }
        let from = self.elapsed() + self.source().span_of_real(AHEAD);
        if let Some(owners) = self.placement.take_change(from) {
            let users = self.deployment.releases().roster().users.len();
            let users = self.placement.take_gains(users);
            for (shard, sessions) in self.sessions.give(&users) {
                self.shards.send(shard, Order::Sessions(sessions));
            }
            if let Some(due) = &mut self.due_arrivals {
                due.follow(&owners);
            }
            self.shards.broadcast(&Order::Owners(owners));
            self.shards.changed();
        }
        self.let_shards_leave();
    }

    /// Shards that are to end and have no users any more end.
    pub(super) fn let_shards_leave(&mut self) {
        let owners = self.placement.revision();
        let (placement, shards) = (&self.placement, &self.shards);
        let is_open = self.config.plan.is_open();
        self.leaving.retain(|shard| {
            // Who came to an open crowd stays where it came to.
            let is_empty = !is_open || shards.is_idle_by(*shard, owners);
            let ends = is_empty && !placement.holds_any(*shard);
            if ends {
                shards.send(*shard, Order::Finish);
            }
            !ends
        });
    }
}
