//! What shards report, and where it goes.

use super::state::Run;
use crate::engine::protocol::Report;
use crate::metrics::Batch;

impl Run {
    /// Takes what a shard reports.
    pub(super) fn take(&mut self, report: Report) {
        match report {
            Report::Batch { shard, batch } => self.absorb(shard, *batch),
            Report::Settled {
                shard,
                revision,
                at,
            } => {
                self.on_settled(shard, revision, self.clock.began() + at);
            }
            Report::Idle {
                shard,
                revision,
                owners,
            } => {
                self.shards.idle(shard, (revision, owners));
                self.let_shards_leave();
                self.finish_if_idle();
            }
            Report::Released {
                shard,
                revision,
                of,
            } => self.on_released(shard, revision, &of),
            Report::SessionsLeft { shard, sessions } => self.sessions.returned(shard, sessions),
            Report::Joins { first, threads } => self.on_joins(first, threads),
            Report::Leaves { shards } => self.on_leaves(shards),
            Report::Divided(map) => self.on_divided(&map),
            Report::QuotaUsed {
                shard,
                usage,
                is_starved,
            } => {
                let now = self.now();
                let protection = &mut self.protection;
                protection.on_usage(shard, usage, is_starved, now, &self.shards);
            }
            Report::QuotaReduced {
                shard,
                quota,
                order,
                held,
            } => {
                let protection = &mut self.protection;
                protection.on_reduced(shard, quota, order, held, &self.shards);
            }
            Report::Breaker { shard, report } => self.on_breaker_report(shard, report),
            Report::Recording { id, news } => self.on_recording(id, news),
            Report::Ended { shard } => {
                self.shards.ended(shard);
                self.on_shard_ended(shard);
            }
            Report::Ready => {}
            Report::Failed { shard, why } => self.on_shard_lost(shard, &why),
            Report::Lost { shard } => self.on_shard_gone(shard),
            Report::Cleaned { left } => self.publisher.left_elsewhere(left),
            Report::Machine { shard, report } => self.publisher.machine(shard, *report),
            Report::Cluster(cluster) => self.publisher.cluster(*cluster),
            Report::Checkpoint { number } => {
                let state = self.checkpoint();
                self.shards.keep(number, state);
            }
            Report::Superseded { why } => self.superseded = Some(why),
        }
    }

    /// Adds what a shard counted, and reports errors of scripts that are new.
    pub(super) fn absorb(&mut self, shard: usize, batch: Batch) {
        let ended = batch.totals.types.values().map(|of| of.sessions.total());
        self.sessions.counted(shard, ended.sum());
        if let Some(due) = &mut self.due_arrivals {
            due.reported(shard, &batch);
        }
        let actions = self.monitors.observe_batch(&batch);
        self.apply(actions);
        self.cleanup.note(&batch.totals, self.config.crowd_type());
        for error in self.publisher.absorb(shard, batch) {
            let kind = self.deployment.releases().name(error.kind);
            let trace = error.traceback.lines().map(|line| format!("  {line}"));
            let trace = trace.collect::<Vec<_>>().join("\n");
            let lines = (!trace.is_empty()).then_some(trace.as_str());
            tracing::error!(target: "throng::script", user_type = kind, lines, "{kind}: {}: {}", error.place, error.message);
        }
    }

    /// Adds what the run's own requests counted.
    pub(super) fn absorb_own(&mut self) {
        let batch = self
            .context
            .user
            .shard
            .requests
            .recorder
            .borrow_mut()
            .take();
        // It has no number that a shard could have.
        self.absorb(usize::MAX, batch);
    }
}
