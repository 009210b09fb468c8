//! Sends shards what quotas and circuit breakers ask of them. What they decide is theirs; here is how it gets there.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::shards::Shards;
use crate::engine::protection::{QuotaKind, QuotaState, Quotas, Usage};
use crate::engine::protocol::Order;
use crate::engine::shard::quota_keeper::{set_limit, take_usage};
use crate::metrics::{Breaker, Scope};
use crate::pace::Quota;
use crate::request::circuit_breaker::BreakerReport;
use crate::request::circuit_breaker::coordinator::{BreakerAction, CircuitBreakers, CircuitStates};
use crate::script::ShardContext;

/// The quotas and the circuit breakers of a run. Moments are times since the run began, and what is given back is to be
/// announced.
pub struct Protection {
    quotas: Quotas,
    breakers: Option<CircuitBreakers>,
    /// Sends the run's own requests, which have a part of the quotas.
    own: Rc<ShardContext>,
}

impl Protection {
    /// Those of a run, which may do without circuit breakers.
    pub fn new(quotas: Quotas, breakers: Option<CircuitBreakers>, own: Rc<ShardContext>) -> Self {
        Self {
            quotas,
            breakers,
            own,
        }
    }

    /// What each shard may use.
    pub fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// There are so many shards now; those that are new get of the quotas what they need once they report it.
    pub fn add_shards(&mut self, shards: usize) {
        self.quotas.add_shards(shards);
    }

    /// How the circuit breakers stand that are not closed, as orders for shards that have just come.
    pub fn breaker_signals(&self) -> Vec<Order> {
        let signals = self.breakers.iter().flat_map(CircuitBreakers::signals);
        let order = |(scope, signal)| Order::Breaker { scope, signal };
        signals.map(order).collect()
    }

    /// How the circuit breakers stand, if the run has any.
    pub fn breakers(&self) -> Option<CircuitStates> {
        self.breakers.as_ref().map(CircuitBreakers::state)
    }

    /// Goes on with what parts might use and how breakers stood; shards learn it anew.
    pub fn resume(
        &mut self,
        quotas: QuotaState,
        breakers: Option<CircuitStates>,
        skipped: u64,
        shards: &Shards,
    ) {
        for (quota, order) in self.quotas.resume(quotas, skipped) {
            self.order(quota, vec![order], shards);
        }
        let resumed = self.breakers.as_mut().zip(breakers);
        let actions = resumed.map(|(ours, theirs)| ours.resume(theirs));
        let _ = send(actions, shards);
    }

    /// The shards are there: from now on the run's own requests keep to their part.
    pub fn limit_own_requests(&self) {
        let (rate, connections) = self.quotas.own();
        for (quota, limit) in [
            (QuotaKind::Rate, rate),
            (QuotaKind::Connections, connections),
        ] {
            if let Some(limit) = limit {
                set_limit(&self.own, quota, limit);
            }
        }
    }

    /// A shard reports what it used and lacks.
    pub fn on_usage(
        &mut self,
        shard: usize,
        usage: Usage,
        is_starved: bool,
        now: Instant,
        shards: &Shards,
    ) {
        if self.quotas.used(shard, usage, is_starved, now) {
            self.rebalance(now, shards);
        }
    }

    /// A shard uses no more than `held` of a quota: others may have the rest now.
    pub fn on_reduced(
        &mut self,
        shard: usize,
        quota: QuotaKind,
        order: u64,
        held: u64,
        shards: &Shards,
    ) {
        let part = self.quotas.part_of(shard);
        self.quotas.reduced(part, quota, order, held);
        let grants = self.quotas.grants(quota);
        self.order(quota, grants, shards);
    }

    /// Moves quotas to where they are needed.
    pub fn rebalance(&mut self, now: Instant, shards: &Shards) {
        if !self.quotas.is_limited() {
            return;
        }
        let requests = &self.own.requests;
        let (waited, time) = requests.transport.connection_limit().take_waited();
        // It is measured by the machine's clock, as all that belongs to a connection.
        let time = requests.run.clock.span_of_real(time);
        let mut recorder = requests.recorder.borrow_mut();
        recorder.protection().unseated.add(waited, time);
        drop(recorder);
        self.quotas.begin_rebalance(take_usage(&self.own), now);
        for quota in QuotaKind::ALL {
            let fewer = self.quotas.aim(quota);
            self.order(quota, fewer, shards);
            let more = self.quotas.grants(quota);
            self.order(quota, more, shards);
        }
    }

    /// A shard has ended: what it held others may have.
    #[must_use]
    pub fn on_shard_ended(&mut self, shard: usize, now: Instant, shards: &Shards) -> Vec<String> {
        self.quotas.shard_ended(shard);
        let actions = self
            .breakers
            .as_mut()
            .map(|breakers| breakers.shard_ended(shard));
        let announced = send(actions, shards);
        self.rebalance(now, shards);
        announced
    }

    /// A shard reports what happened at a circuit breaker.
    #[must_use]
    pub fn on_breaker_report(
        &mut self,
        shard: usize,
        report: BreakerReport,
        now: Duration,
        shards: &Shards,
    ) -> Vec<String> {
        let breakers = self.breakers.as_mut();
        let actions = breakers.map(|breakers| breakers.on_report(shard, report, now));
        send(actions, shards)
    }

    /// When the next circuit breaker is half open.
    pub fn next_half_open(&self) -> Option<Duration> {
        self.breakers.as_ref()?.next_half_open()
    }

    /// Circuit breakers whose back-off is over are half open.
    #[must_use]
    pub fn half_open_due(&mut self, now: Duration, shards: &Shards) -> Vec<String> {
        let breakers = self.breakers.as_mut();
        send(breakers.map(|breakers| breakers.half_open_due(now)), shards)
    }

    /// The circuit breakers that were ever open, if the run has any; `age` is the run's at `now`.
    pub fn breaker_states(&self, now: Duration, age: Duration) -> Option<BTreeMap<Scope, Breaker>> {
        Some(self.breakers.as_ref()?.states(now, age))
    }

    fn order(&mut self, quota: QuotaKind, orders: Vec<Quota>, shards: &Shards) {
        let own = self.quotas.own_part();
        for Quota { part, limit, order } in orders {
            if part == own {
                let held = set_limit(&self.own, quota, limit);
                self.quotas.reduced(part, quota, order, held);
            } else {
                let order = Order::Quota {
                    quota,
                    limit,
                    order,
                };
                shards.send(self.quotas.shard_of(part), order);
            }
        }
    }
}

/// Sends the signals of circuit breakers; gives what is to be announced.
fn send(actions: Option<Vec<BreakerAction>>, shards: &Shards) -> Vec<String> {
    let mut announced = Vec::new();
    for action in actions.into_iter().flatten() {
        match action {
            BreakerAction::Signal {
                shard: Some(shard),
                scope,
                signal,
            } => shards.send(shard, Order::Breaker { scope, signal }),
            BreakerAction::Signal {
                shard: None,
                scope,
                signal,
            } => shards.broadcast(&Order::Breaker { scope, signal }),
            BreakerAction::Announce(text) => announced.push(text),
        }
    }
    announced
}
