//! The one place where a run acts on what its parts judge: monitors, circuit breakers, quotas, deadlines.

use std::sync::Arc;

use tokio::time::Instant;

use super::shutdown::Due;
use super::state::Run;
use crate::engine::monitor::Action;
use crate::engine::protection::{Share, Usage, adaptive_timeouts};
use crate::engine::protocol::Order;
use crate::engine::shard::limits::{set_limit, take_usage};
use crate::metrics::{Phase, Snapshot, StopReason};
use crate::pace::Quota;
use crate::request::circuit_breaker::BreakerReport;
use crate::request::circuit_breaker::coordinator::BreakerAction;

impl Run {
    /// Does what monitors ask for, in their order.
    pub(super) fn apply(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Log(tracing::Level::ERROR, text) => tracing::error!("{text}"),
                Action::Log(tracing::Level::WARN, text) => tracing::warn!("{text}"),
                Action::Log(_, text) => tracing::info!("{text}"),
                Action::Record(what, text) => self.record(what, &text),
                Action::Stop {
                    cause,
                    rule,
                    figures,
                } => {
                    let at = self.elapsed();
                    self.publisher.stopped_by(StopReason {
                        cause,
                        at,
                        rule,
                        figures,
                    });
                    self.request_shutdown();
                }
                Action::Shed(level) => {
                    self.publisher.shed_level(level);
                    self.shards.broadcast(&Order::Strain(level));
                }
                Action::Quarantine(kind, period) => {
                    self.shards.broadcast(&Order::Rest(kind, period));
                }
            }
        }
    }

    /// Keeps an event that is in the log already.
    pub(super) fn record(&mut self, what: &str, text: &str) {
        let at = self.elapsed();
        self.publisher.record(at, what, text);
    }

    /// Ends the run in order, as by the first signal; false if it was asked to end already.
    pub(super) fn request_shutdown(&mut self) -> bool {
        let is_first = self.shutdown.request(self.now());
        self.drain();
        is_first
    }

    /// Users finish and leave.
    fn drain(&mut self) {
        if self.shutdown.is_draining() {
            return;
        }
        // What is under way may wait for the clock.
        self.resume_clock();
        self.shutdown.drain(self.now());
        self.publisher.phase(Phase::Stopping);
        self.shards.broadcast(&Order::Drain);
    }

    /// A deadline is over.
    pub(super) fn keep_deadlines(&mut self) {
        match self.shutdown.due(self.now()) {
            Some(Due::Drain) => self.drain(),
            Some(Due::CancelSteps) => self.shards.broadcast(&Order::CutSteps),
            Some(Due::End) => self.shards.broadcast(&Order::End),
            Some(Due::LeaveBehind) => {
                let open = self.shards.open();
                tracing::error!("{open} shard(s) did not end and are left behind");
                self.shards.leave_behind();
            }
            None => {}
        }
    }

    /// Once no shard has active users, by the roster of now, the run is over.
    pub(super) fn finish_if_idle(&self) {
        let revision = self.deployment.releases().revision();
        if self.shards.all_idle(revision) {
            self.shards.broadcast(&Order::Finish);
        }
    }

    /// A shard has ended: what it held others may have.
    pub(super) fn on_shard_ended(&mut self, shard: usize) {
        let actions = self.protection.shard_ended(shard);
        self.apply_breakers(actions);
        self.rebalance();
    }

    /// A shard cannot go on: its users are lost, so the run ends as by the first signal.
    pub(super) fn on_shard_lost(&mut self, shard: usize, why: &str) {
        tracing::error!("{why}; the run ends");
        self.shards.lost(shard);
        self.on_shard_ended(shard);
        self.request_shutdown();
        self.finish_if_idle();
    }

    /// A shard has news of a circuit breaker.
    pub(super) fn on_breaker_news(&mut self, shard: usize, news: BreakerReport) {
        let now = self.clock.since_began(self.now());
        let actions = self.protection.on_breaker_news(shard, news, now);
        self.apply_breakers(actions);
    }

    /// When the next circuit breaker is half open.
    pub(super) fn next_half_open(&self) -> Option<Instant> {
        Some(self.clock.began() + self.protection.next_half_open()?)
    }

    /// Circuit breakers whose back-off is over are half open.
    pub(super) fn half_open_breakers(&mut self) {
        let now = self.clock.since_began(self.now());
        let actions = self.protection.half_open_due(now);
        self.apply_breakers(actions);
    }

    fn apply_breakers(&mut self, actions: Vec<BreakerAction>) {
        for action in actions {
            match action {
                BreakerAction::Signal(Some(shard), scope, signal) => {
                    self.shards.send(shard, Order::Breaker(scope, signal));
                }
                BreakerAction::Signal(None, scope, signal) => {
                    self.shards.broadcast(&Order::Breaker(scope, signal));
                }
                BreakerAction::Report(text) => {
                    tracing::warn!("circuit breaker {text}");
                    self.record("breaker", &text);
                }
            }
        }
        self.publish_breakers();
    }

    /// How the circuit breakers stand goes into the next snapshot.
    pub(super) fn publish_breakers(&mut self) {
        let (now, age) = (self.clock.since_began(self.now()), self.elapsed());
        if let Some(states) = self.protection.breaker_states(now, age) {
            self.publisher.breakers(states);
        }
    }

    /// Sends shards what requests of each endpoint may take.
    pub(super) fn send_timeouts(&mut self, snapshot: &Snapshot) {
        if self.config.plan.limits.adaptive_timeout && self.shards.open() > 0 {
            let times = Arc::new(adaptive_timeouts(snapshot));
            self.shards.broadcast(&Order::Times(times));
        }
    }

    /// A shard reports what it used and lacks.
    pub(super) fn on_usage(&mut self, shard: usize, usage: Usage, starved: bool) {
        let now = self.now();
        let quotas = self.protection.quotas_mut();
        if quotas.used(shard, usage, starved, now) {
            self.rebalance();
        }
    }

    /// A shard gave something back: others may have it now.
    pub(super) fn on_given_back(&mut self, shard: usize, share: Share, order: u64, held: u64) {
        let quotas = self.protection.quotas_mut();
        quotas.gave_back(shard, share, order, held);
        let grants = quotas.grants(share);
        self.hand_out(share, grants);
    }

    /// The shards are there: from now on the run's own requests keep to their part.
    pub(super) fn keep_own_quotas(&self) {
        let quotas = self.protection.quotas();
        let (rate, connections) = quotas.of(quotas.own_part());
        for (share, limit) in [(Share::Rate, rate), (Share::Connections, connections)] {
            if let Some(limit) = limit {
                set_limit(&self.context.user.shard, share, limit);
            }
        }
    }

    /// Moves quotas to where they are needed.
    pub(super) fn rebalance(&mut self) {
        let now = self.now();
        let quotas = self.protection.quotas_mut();
        if !quotas.is_limited() {
            return;
        }
        let shard = &self.context.user.shard;
        let (waited, time) = shard.requests.transport.connection_limit().take_waited();
        let mut recorder = shard.requests.recorder.borrow_mut();
        let time = shard.requests.run.clock.span_of_real(time);
        recorder.protection().unseated.add(waited, time);
        drop(recorder);
        quotas.begin_rebalance(take_usage(shard), now);
        for share in Share::ALL {
            let fewer = self.protection.quotas_mut().aim(share);
            self.hand_out(share, fewer);
            let more = self.protection.quotas_mut().grants(share);
            self.hand_out(share, more);
        }
    }

    fn hand_out(&mut self, share: Share, orders: Vec<Quota>) {
        let own = self.protection.quotas().own_part();
        for Quota { part, limit, order } in orders {
            if part == own {
                let held = set_limit(&self.context.user.shard, share, limit);
                let quotas = self.protection.quotas_mut();
                quotas.gave_back(part, share, order, held);
            } else {
                self.shards.send(part, Order::Quota(share, limit, order));
            }
        }
    }
}
