//! What the run does to spare its target, second by second: quotas to shards, circuit breakers, timeouts.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::state::Course;
use crate::engine::protection::circuit_breaker::Deed;
use crate::engine::protocol::Order;
use crate::metrics::Snapshot;
use crate::request::admission;
use crate::request::admission::{News, Times};

/// What a request may take, by what 95 of 100 take.
const FACTOR: f64 = 1.5;

impl Course {
    /// A shard has news of a breaker.
    pub(crate) fn hear(&mut self, shard: usize, news: News) {
        let now = self.began.elapsed();
        let Some(board) = &mut self.board else { return };
        let deeds = board.hear(shard, news, now);
        self.do_all(deeds);
    }

    /// When a breaker that is open may be tried next.
    pub(crate) fn next_try(&self) -> Option<Instant> {
        let next = self.board.as_ref()?.next()?;
        Some(self.began + next)
    }

    /// Breakers whose time is over are half open.
    pub(crate) fn let_try(&mut self) {
        let now = self.began.elapsed();
        if let Some(board) = &mut self.board {
            let deeds = board.due(now);
            self.do_all(deeds);
        }
    }

    /// A shard is done: what it held others may have.
    pub(crate) fn part_is_gone(&mut self, shard: usize) {
        if let Some(board) = &mut self.board {
            let deeds = board.gone(shard);
            self.do_all(deeds);
        }
        self.quotas.gone(shard);
        self.rebalance();
    }

    fn do_all(&mut self, deeds: Vec<Deed>) {
        for deed in deeds {
            match deed {
                Deed::Signal(Some(shard), scope, signal) => {
                    if let Some((orders, _)) = self.shards.get(shard) {
                        let _ = orders.send(Order::Breaker(scope, signal));
                    }
                }
                Deed::Signal(None, scope, signal) => self.order(&Order::Breaker(scope, signal)),
                Deed::Say(text) => {
                    tracing::warn!("circuit breaker {text}");
                    self.remember("breaker", &text);
                }
            }
        }
        self.tell_breakers();
    }

    /// How the breakers stand goes into the next snapshot.
    pub(crate) fn tell_breakers(&mut self) {
        if let Some(board) = &self.board {
            let (now, age) = (self.began.elapsed(), self.elapsed());
            self.aggregator.guard().breakers = board.told(now, age);
        }
    }

    /// Tells shards what their endpoints take.
    pub(crate) fn tell_times(&mut self, snapshot: &Snapshot) {
        if !self.brief.plan.limits.adaptive_timeout || self.open == 0 {
            return;
        }
        let times: Times = snapshot
            .endpoints()
            .into_iter()
            .filter(|endpoint| endpoint.totals.service.count() >= admission::LEAST_SAMPLES)
            .map(|endpoint| {
                let p95 = Duration::from_micros(endpoint.totals.service.quantile(0.95));
                let time = p95
                    .mul_f64(FACTOR)
                    .clamp(admission::SHORTEST, admission::LONGEST);
                ((endpoint.method.into(), endpoint.name.into()), time)
            })
            .collect();
        self.order(&Order::Times(Arc::new(times)));
    }
}
