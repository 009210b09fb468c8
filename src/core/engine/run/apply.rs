//! The one place where a run acts on what its parts judge: monitors, circuit breakers, quotas, deadlines.

use std::sync::Arc;

use tokio::time::Instant;

use super::shutdown::Due;
use super::state::Run;
use crate::engine::monitor::Action;
use crate::engine::protection::adaptive_timeouts;
use crate::engine::protocol::Order;
use crate::metrics::{Phase, Snapshot, StopReason};
use crate::request::circuit_breaker::BreakerReport;

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
                Action::Set(change) => {
                    if let Err(why) = self.set(&change) {
                        tracing::error!("the level cannot be set, so the run ends: {why}");
                        self.request_shutdown();
                    }
                }
                Action::Finish => {
                    self.request_shutdown();
                }
                Action::Shed(level) => {
                    self.publisher.shed_level(level);
                    self.shards.broadcast(&Order::ShedLevel(level));
                }
                Action::Quarantine { kind, period } => {
                    self.shards.broadcast(&Order::Quarantine { kind, period });
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
        self.count_due_arrivals();
        let now = self.now();
        self.shutdown.drain(now);
        self.publisher.phase(Phase::Stopping, now);
        self.publisher.deadline(self.shutdown.next(now));
        self.shards.broadcast(&Order::Drain);
        self.stop_incidents();
    }

    /// A deadline is over.
    pub(super) fn keep_deadlines(&mut self) {
        let now = self.now();
        match self.shutdown.due(now) {
            Some(Due::Drain) => self.drain(),
            Some(Due::CancelSteps) => self.shards.broadcast(&Order::CancelSteps),
            Some(Due::End) => self.shards.broadcast(&Order::End),
            Some(Due::LeaveBehind) => {
                let open = self.shards.open();
                tracing::error!("{open} shard(s) did not end and are abandoned");
                self.shards.leave_behind();
            }
            None => {}
        }
    }

    /// Once no shard has active users, by the roster of now, the run is over.
    pub(super) fn finish_if_idle(&self) {
        let revision = self.deployment.releases().revision();
        let is_settled = self.is_stopping() || !self.placement.is_moving();
        if is_settled && self.shards.all_idle((revision, self.placement.revision())) {
            self.shards.broadcast(&Order::Finish);
        }
    }

    /// A shard has ended: what it held others may have.
    pub(super) fn on_shard_ended(&mut self, shard: usize) {
        let now = self.now();
        let announced = self.protection.on_shard_ended(shard, now, &self.shards);
        self.announce_breakers(announced);
        self.leaving.remove(&shard);
        self.placement.gone(shard);
        self.sessions.gone(shard);
    }

    /// A shard cannot go on: its users are lost, so the run ends as by the first signal.
    pub(super) fn on_shard_lost(&mut self, shard: usize, why: &str) {
        tracing::error!("{why}; the run ends");
        self.shards.lost(shard);
        self.lose_arrivals(shard);
        self.on_shard_ended(shard);
        self.request_shutdown();
        self.finish_if_idle();
    }

    /// The machine of a shard is lost, and the run goes on without it.
    pub(super) fn on_shard_gone(&mut self, shard: usize) {
        self.publisher.forget(shard);
        self.shards.gone(shard);
        self.lose_arrivals(shard);
        self.on_shard_ended(shard);
        self.finish_if_idle();
    }

    /// A shard reports what happened at a circuit breaker.
    pub(super) fn on_breaker_report(&mut self, shard: usize, report: BreakerReport) {
        let now = self.clock.since_began(self.now());
        let protection = &mut self.protection;
        let announced = protection.on_breaker_report(shard, report, now, &self.shards);
        self.announce_breakers(announced);
    }

    /// When the next circuit breaker is half open.
    pub(super) fn next_half_open(&self) -> Option<Instant> {
        Some(self.clock.began() + self.protection.next_half_open()?)
    }

    /// Circuit breakers whose back-off is over are half open.
    pub(super) fn half_open_breakers(&mut self) {
        let now = self.clock.since_began(self.now());
        let announced = self.protection.half_open_due(now, &self.shards);
        self.announce_breakers(announced);
    }

    fn announce_breakers(&mut self, announced: Vec<String>) {
        for text in announced {
            tracing::warn!("circuit breaker {text}");
            self.record("breaker", &text);
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
            self.shards.broadcast(&Order::Timeouts(times));
        }
    }
}
