//! The shards of workers elsewhere, which a link reaches: how they start, what a standby has to know of them, how they end.

use std::time::Duration;

use tokio::time::Instant;

use super::{Remote, Shards};
use crate::clock::Clock;
use crate::engine::checkpoint::{RunCheckpoint, ShardsState};
use crate::engine::protocol::{Order, Report};
use crate::engine::remote::{RemoteOrder, RemoteShards, RunStart};
use crate::engine::run::ended::StartError;

/// Users of shards elsewhere begin so long after the order to begin, so that it has reached all of them by then.
const LEAD: Duration = Duration::from_secs(1);

/// How long the last reports of shards elsewhere may be on their way: longer than who reaches them waits for them.
const LAST_REPORTS: Duration = Duration::from_secs(16);

/// How long shards elsewhere may take until they are ready.
const READY: Duration = Duration::from_secs(60);

impl Shards {
    /// They are those of workers elsewhere.
    pub fn elsewhere(&mut self, remote: RemoteShards) {
        self.reports = remote.reports;
        self.remote = Some(Remote {
            orders: remote.orders,
            workers: remote.workers,
            count: 0,
        });
    }

    pub(super) async fn start_elsewhere(
        &mut self,
        start: RunStart,
        clock: Clock,
    ) -> Result<Instant, StartError> {
        let count = start.plan.shards;
        self.order(RemoteOrder::Start(Box::new(start)));
        let ready = tokio::time::timeout(READY, self.all_ready(count)).await;
        ready.unwrap_or_else(|_| {
            let seconds = READY.as_secs();
            let why = format!("not every worker was ready within {seconds} s; see their logs");
            Err(StartError::Machine(why))
        })?;
        let began = clock.now() + clock.span_of_real(LEAD);
        self.order(RemoteOrder::Begin(clock.real_instant(began)));
        if let Some(remote) = &mut self.remote {
            remote.count = count;
        }
        self.open = count;
        Ok(began)
    }

    /// How they stand.
    pub fn state(&self) -> ShardsState {
        ShardsState {
            count: self.count(),
            open: self.open,
            idle: self.idle.clone(),
            lost_one: self.lost_one,
        }
    }

    /// Those elsewhere are at work already, and stand so.
    pub fn resume(&mut self, state: ShardsState) {
        if let Some(remote) = &mut self.remote {
            remote.count = state.count;
        }
        (self.open, self.idle) = (state.open, state.idle);
        self.lost_one = state.lost_one;
    }

    /// Hands over the run as it is after all reports that came before the one with this number.
    pub fn keep(&self, number: u64, state: RunCheckpoint) {
        let state = Box::new(state);
        self.order(RemoteOrder::Checkpoint { number, state });
    }

    /// Something was done to the run that is to outlive this process.
    pub fn changed(&self) {
        self.order(RemoteOrder::Changed);
    }

    /// So many workers are wanted from now on; false where the shards are here.
    pub fn want_workers(&self, workers: usize) -> bool {
        self.order(RemoteOrder::Workers(workers));
        self.remote.is_some()
    }

    /// Lets workers elsewhere delete what their shards created; gives how many workers there are.
    pub fn clean_elsewhere(&self) -> usize {
        self.order(RemoteOrder::Clean);
        self.remote.as_ref().map_or(0, |remote| remote.workers)
    }

    /// The time for that is over.
    pub fn end_cleanup_elsewhere(&self) {
        self.order(RemoteOrder::EndCleanup);
    }

    /// The last reports: those that are there, and those on their way from elsewhere.
    pub async fn last_reports(&mut self) -> Vec<Report> {
        let mut last = self.pending_reports();
        if self.remote.is_some() {
            self.order(RemoteOrder::Close);
            let until = Instant::now() + LAST_REPORTS;
            while let Ok(Some(report)) = tokio::time::timeout_at(until, self.reports.recv()).await {
                last.push(report);
            }
        }
        last
    }

    /// More have come, from `first` on; they begin in a run that began at this moment, and do what was ordered before.
    pub fn admit(
        &mut self,
        first: usize,
        threads: usize,
        start: RunStart,
        (began, before): (Instant, Vec<Order>),
    ) {
        self.order(RemoteOrder::Join {
            first,
            start: Box::new(start),
            began,
            before,
        });
        if let Some(remote) = &mut self.remote {
            remote.count = remote.count.max(first + threads);
            remote.workers += 1;
        }
        self.open += threads;
    }
}
