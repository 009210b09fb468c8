//! Sends the reports of a shard to the run; those to a run that is gone are dropped.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::engine::protection::{QuotaKind, Usage};
use crate::engine::protocol::Report;
use crate::engine::recording::RecordingNews;
use crate::metrics::Batch;
use crate::request::circuit_breaker::BreakerReport;

/// Sends the reports of one shard.
#[derive(Clone)]
pub struct Reporter {
    shard: usize,
    reports: mpsc::UnboundedSender<Report>,
}

impl Reporter {
    /// Reports of this shard go there.
    pub fn new(shard: usize, reports: mpsc::UnboundedSender<Report>) -> Self {
        Self { shard, reports }
    }

    /// The shard can begin.
    pub fn ready(&self) {
        self.send(Report::Ready);
    }

    /// What was counted since the last batch.
    pub fn batch(&self, batch: Batch) {
        self.send(Report::Batch {
            shard: self.shard,
            batch: Box::new(batch),
        });
    }

    /// Every user is where the roster of this version wants it, since this moment of the run.
    pub fn settled(&self, version: u64, at: Duration) {
        self.send(Report::Settled {
            shard: self.shard,
            revision: version,
            at,
        });
    }

    /// There are no active users, and the roster and the map of these versions bring none.
    pub fn empty(&self, version: u64, owners: u64) {
        self.send(Report::Idle {
            shard: self.shard,
            revision: version,
            owners,
        });
    }

    /// With users that are to leave it gives up so many sessions.
    pub fn sessions_left(&self, sessions: u64) {
        self.send(Report::SessionsLeft {
            shard: self.shard,
            sessions,
        });
    }

    /// The users of these virtual shards have left, as the map of this version wants it.
    pub fn released(&self, version: u64, of: Vec<u16>) {
        self.send(Report::Released {
            shard: self.shard,
            revision: version,
            of,
        });
    }

    /// What was used of the quotas since the last time.
    pub fn used(&self, usage: Usage, is_starved: bool) {
        self.send(Report::QuotaUsed {
            shard: self.shard,
            usage,
            is_starved,
        });
    }

    /// No more than `held` is used of a quota, by the order with this number.
    pub fn reduced(&self, quota: QuotaKind, order: u64, held: u64) {
        self.send(Report::QuotaReduced {
            shard: self.shard,
            quota,
            order,
            held,
        });
    }

    /// Something happened at a circuit breaker.
    pub fn breaker(&self, news: BreakerReport) {
        self.send(Report::Breaker {
            shard: self.shard,
            report: news,
        });
    }

    /// Something comes of a recording.
    pub fn recording(&self, id: u64, news: RecordingNews) {
        self.send(Report::Recording { id, news });
    }

    /// The shard cannot begin, or cannot go on.
    pub fn broken(&self, why: String) {
        self.send(Report::Failed {
            shard: self.shard,
            why,
        });
    }

    /// The shard has ended: the last report.
    pub fn done(&self) {
        self.send(Report::Ended { shard: self.shard });
    }

    fn send(&self, report: Report) {
        let _ = self.reports.send(report);
    }
}
