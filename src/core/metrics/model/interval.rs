//! An interval: the difference of two snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::generator::more;
use crate::metrics::{Histogram, Outcomes, OverloadReason, TypeId};

/// The figures of one type between two snapshots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalType {
    pub outcomes: Outcomes,
    pub service: Histogram,
    /// From the planned moment of sending.
    pub response: Histogram,
}

impl Default for IntervalType {
    fn default() -> Self {
        IntervalType {
            outcomes: Outcomes::default(),
            service: Histogram::fine(),
            response: Histogram::fine(),
        }
    }
}

/// The shortest interval for which rates are computed, in seconds: a few requests in some milliseconds would be
/// thousands a second.
const SHORTEST: f64 = 0.5;

/// What happened between two snapshots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its length on the run's clock, which stops in a pause and continues in clean-up.
    pub seconds: f64,
    /// Its number, from 1: a snapshot within a second has the number of the previous interval.
    pub number: u64,
    pub types: BTreeMap<TypeId, IntervalType>,
    /// The maximum timer lag.
    pub lag: Duration,
    /// The 99th percentile of the timer lag, on the shard where it is largest.
    pub lag_p99: Duration,
    /// Share of a core that the busiest thread used; none where the system does not report it.
    pub busiest_thread: Option<f64>,
    /// Why the generator was not reliable in it; empty where it was.
    #[serde(default)]
    pub reasons: BTreeSet<OverloadReason>,
}

impl Interval {
    /// Whether it was long enough for rates and checks; a pause and an incomplete second at the end are not.
    pub fn is_whole(&self) -> bool {
        self.seconds >= SHORTEST
    }

    /// Whether the generator was overloaded.
    pub fn is_overloaded(&self) -> bool {
        self.reasons.iter().any(|reason| reason.is_overload())
    }

    /// Requests a second; none for too short an interval.
    pub fn rate(&self) -> Option<f64> {
        self.per_second(self.outcomes().total())
    }

    /// Requests a second of one type; none for too short an interval.
    pub fn rate_of(&self, kind: TypeId) -> Option<f64> {
        let requests = self
            .types
            .get(&kind)
            .map_or(0, |of_type| of_type.outcomes.total());
        self.per_second(requests)
    }

    fn per_second(&self, count: u64) -> Option<f64> {
        self.is_whole().then(|| per_second(count, self.seconds))
    }

    pub fn outcomes(&self) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for of_type in self.types.values() {
            outcomes.add(&of_type.outcomes);
        }
        outcomes
    }

    /// Service times of all types.
    pub fn service(&self) -> Histogram {
        sum(self.types.values().map(|of_type| &of_type.service))
    }

    /// Response times of all types.
    pub fn response(&self) -> Histogram {
        sum(self.types.values().map(|of_type| &of_type.response))
    }

    pub(crate) fn add(&mut self, other: Interval) {
        self.seconds = self.seconds.max(other.seconds);
        self.number = self.number.max(other.number);
        self.lag = self.lag.max(other.lag);
        self.lag_p99 = self.lag_p99.max(other.lag_p99);
        self.busiest_thread = more(self.busiest_thread, other.busiest_thread);
        self.reasons.extend(other.reasons);
        for (kind, theirs) in other.types {
            let ours = self.types.entry(kind).or_default();
            ours.outcomes.add(&theirs.outcomes);
            ours.service.add(&theirs.service);
            ours.response.add(&theirs.response);
        }
    }
}

/// A count per second; 0 in zero time is 0.
pub(crate) fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        count as f64 / seconds
    } else {
        0.0
    }
}

/// All of them merged.
pub(crate) fn sum<'a>(histograms: impl Iterator<Item = &'a Histogram>) -> Histogram {
    let mut sum = Histogram::fine();
    histograms.for_each(|histogram| sum.add(histogram));
    sum
}
