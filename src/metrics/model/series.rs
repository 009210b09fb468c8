//! Series: requests by type, method and name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pairs;
use super::sample::PHASES;
use crate::metrics::{Failure, FailureKind, Histogram, Outcomes, Sample, TypeId};

/// Distinct request names that are told apart; further ones are counted as [`OTHER`].
pub const MAX_NAMES: usize = 500;

/// Distinct methods that are told apart; further ones are counted as [`OTHER`].
pub const MAX_METHODS: usize = 16;

/// Stands for everything beyond a bound, so that totals stay whole.
pub const OTHER: &str = "__other__";

/// Which requests a series counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Series {
    pub kind: TypeId,
    pub method: Box<str>,
    /// The path's template, or the name that the script gave.
    pub name: Box<str>,
}

/// What a series counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesTotals {
    /// Requests by status (0: no answer) and outcome: every request is in here once.
    pub statuses: BTreeMap<u16, Outcomes>,
    /// Failed requests only.
    #[serde(with = "pairs")]
    pub failures: BTreeMap<FailureKind, Failure>,
    /// Service time of every request that left and was not cancelled.
    pub service: Histogram,
    /// Microseconds spent in each of [`PHASES`], summed over every request that was not cancelled.
    pub phases: [u64; PHASES.len()],
    pub sent: u64,
    pub received: u64,
}

impl Default for SeriesTotals {
    fn default() -> Self {
        SeriesTotals {
            statuses: BTreeMap::new(),
            failures: BTreeMap::new(),
            service: Histogram::coarse(),
            phases: [0; PHASES.len()],
            sent: 0,
            received: 0,
        }
    }
}

impl SeriesTotals {
    pub(crate) fn record(&mut self, sample: &Sample) {
        self.statuses
            .entry(sample.status)
            .or_default()
            .count(sample.outcome);
        self.sent += sample.sent;
        self.received += sample.received;
        if sample.outcome != crate::metrics::Outcome::Cancelled {
            if let Some(service) = sample.service {
                self.service.record(service);
            }
            for (sum, spent) in self.phases.iter_mut().zip(sample.phases) {
                *sum += u64::from(spent);
            }
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
            self.statuses.entry(status).or_default().add(&counts);
        }
        for (kind, failure) in other.failures {
            self.failures.entry(kind).or_default().add(failure);
        }
        self.service.add(&other.service);
        for (sum, spent) in self.phases.iter_mut().zip(other.phases) {
            *sum += spent;
        }
        self.sent += other.sent;
        self.received += other.received;
    }
}
