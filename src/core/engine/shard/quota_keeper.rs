//! Keeps a shard to its quotas of the run's limits, and reports how much of them it uses.

use std::cell::Cell;
use std::rc::Rc;

use super::reporter::Reporter;
use crate::engine::protection::{QuotaKind, Usage};
use crate::script::ShardContext;

/// Keeps a shard to its quotas.
pub struct QuotaKeeper {
    context: Rc<ShardContext>,
    reporter: Reporter,
    /// Whether the run has a limit that shards share.
    is_limited: bool,
    /// Number of the last order on how many connections there may be.
    connections_order: Rc<Cell<u64>>,
}

/// What is used of a part of the run's limits since the last time.
pub fn take_usage(context: &ShardContext) -> Usage {
    let rate = &context.requests.limits.rate;
    let (passed, queued) = (rate.take_passed(), rate.waiting());
    let (open, idle, unseated) = context.requests.transport.connection_limit().usage();
    Usage {
        passed,
        queued,
        open: open as u64,
        idle: idle as u64,
        unseated: unseated as u64,
    }
}

/// Sets the limit of a quota; gives what is still used of it.
pub fn set_limit(context: &ShardContext, quota: QuotaKind, limit: u64) -> u64 {
    match quota {
        QuotaKind::Rate => {
            context.requests.limits.rate.set(limit);
            limit
        }
        QuotaKind::Connections => {
            let seats = context.requests.transport.connection_limit();
            seats.set_limit(usize::try_from(limit).unwrap_or(usize::MAX));
            limit.max(seats.usage().0 as u64)
        }
    }
}

impl QuotaKeeper {
    /// Reports what happens at the limits from now on.
    pub fn new(context: Rc<ShardContext>, reporter: Reporter, is_limited: bool) -> Self {
        Self {
            context,
            reporter,
            is_limited,
            connections_order: Rc::default(),
        }
    }

    /// Begins, with at most so many connections.
    pub fn begin(&self, connections: Option<u64>) {
        let reporter = self.reporter.clone();
        self.context
            .requests
            .limits
            .breakers
            .on_report(move |news| reporter.breaker(news));
        let Some(connections) = connections else {
            return;
        };
        let reporter = self.reporter.clone();
        let order = Rc::clone(&self.connections_order);
        let seats = self.context.requests.transport.connection_limit();
        seats.watch(move |open| reporter.reduced(QuotaKind::Connections, order.get(), open as u64));
        set_limit(&self.context, QuotaKind::Connections, connections);
    }

    /// Keeps to a quota, and reports what it still uses.
    pub fn obey(&self, quota: QuotaKind, limit: u64, order: u64) {
        if quota == QuotaKind::Connections {
            self.connections_order.set(order);
        }
        let held = set_limit(&self.context, quota, limit);
        self.reporter.reduced(quota, order, held);
    }

    /// Reports what was used of the quotas since the last time.
    pub fn report_usage(&self) {
        if !self.is_limited {
            return;
        }
        let (waited, time) = self
            .context
            .requests
            .transport
            .connection_limit()
            .take_waited();
        // It is measured by the machine's clock, as all that belongs to a connection.
        let time = self.context.requests.run.clock.span_of_real(time);
        let mut recorder = self.context.requests.recorder.borrow_mut();
        recorder.protection().unseated.add(waited, time);
        self.reporter.used(take_usage(&self.context), false);
    }

    /// Reports that users wait and the quota has nothing for them.
    pub fn report_starvation(&self) {
        let context = &self.context;
        let rate = &context.requests.limits.rate;
        if rate.is_starved() || context.requests.transport.connection_limit().is_starved() {
            let passed = rate.take_passed();
            let usage = take_usage(context);
            // The second's own report has to count them again.
            rate.count(passed);
            self.reporter.used(usage, true);
        }
    }
}
