//! Series: requests by type and operation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bounds::{MAX_FAILURES, MAX_STATUSES, OTHER};
use super::pairs;
use super::phases::PhaseTotals;
use super::status::Status;
use crate::metrics::{Failure, FailureKind, Histogram, Operation, Outcomes, Sample, TypeId};

/// Which requests a series counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Series {
    pub kind: TypeId,
    pub operation: Operation,
}

/// The counts of a series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesTotals {
    /// Requests by status and outcome: every request counts once.
    pub statuses: BTreeMap<Status, Outcomes>,
    /// Failed requests only.
    #[serde(with = "pairs")]
    pub failures: BTreeMap<FailureKind, Failure>,
    /// Service time of every request that was sent and not cancelled.
    pub service: Histogram,
    /// Phases of every request that was not cancelled.
    pub phases: PhaseTotals,
    pub bytes_sent: u64,
    pub bytes_received: u64,
}

impl Default for SeriesTotals {
    fn default() -> Self {
        SeriesTotals {
            statuses: BTreeMap::new(),
            failures: BTreeMap::new(),
            service: Histogram::coarse(),
            phases: PhaseTotals::default(),
            bytes_sent: 0,
            bytes_received: 0,
        }
    }
}

impl SeriesTotals {
    pub(crate) fn record(&mut self, sample: &Sample) {
        self.of_status(sample.status).count(sample.outcome);
        self.bytes_sent += sample.bytes_sent;
        self.bytes_received += sample.bytes_received;
        if sample.outcome != crate::metrics::Outcome::Cancelled {
            if let Some(service) = sample.service {
                self.service.record(service);
            }
            self.phases.record(&sample.phases);
        }
    }

    fn of_status(&mut self, status: Status) -> &mut Outcomes {
        let full = self.statuses.len() >= MAX_STATUSES && !self.statuses.contains_key(&status);
        let status = if full { Status::new(OTHER) } else { status };
        self.statuses.entry(status).or_default()
    }

    /// Each shard keeps to the bound of reasons; the shards together may not.
    fn bounded_failure(&self, kind: FailureKind) -> FailureKind {
        let FailureKind::Judged { status, .. } = kind else {
            return kind;
        };
        if self.failures.contains_key(&kind) || self.failures.len() < MAX_FAILURES {
            return kind;
        }
        FailureKind::Judged {
            status,
            reason: OTHER.to_owned(),
        }
    }

    /// Requests by outcome, over all statuses.
    pub fn outcomes(&self) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for counts in self.statuses.values() {
            outcomes.add(counts);
        }
        outcomes
    }

    pub fn add(&mut self, other: SeriesTotals) {
        for (status, counts) in other.statuses {
            self.of_status(status).add(&counts);
        }
        for (kind, failure) in other.failures {
            let kind = self.bounded_failure(kind);
            self.failures.entry(kind).or_default().add(failure);
        }
        self.service.add(&other.service);
        self.phases.add(&other.phases);
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
    }
}
