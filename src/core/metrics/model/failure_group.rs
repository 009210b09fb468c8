//! Failures grouped by reason and endpoint: how many, when, and the newest in full.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bounds::{OTHER, bounded_entry};
use crate::metrics::{FailureKind, FailureNote, Operation, OperationRef};

/// Groups that are distinguished; failures of further ones are counted as [`OTHER`].
pub const MAX_FAILURE_GROUPS: usize = 100;

/// Spans in which a [`Timeline`] counts; beyond that, pairs of them are merged.
const MAX_SPANS: usize = 60;

/// What the failures of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailureGroupKey {
    pub reason: FailureKind,
    pub operation: Operation,
}

/// Failures of one reason and endpoint, of all types. Times are ages of the run, to the second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureGroup {
    pub count: u64,
    pub first: Duration,
    pub last: Duration,
    pub over_time: Timeline,
    /// Those that came while an incident held, by its name.
    pub incidents: BTreeMap<String, u64>,
    /// The newest that was noted.
    pub example: Option<FailureNote>,
}

/// Counts over a run's time, from its beginning, in memory that does not grow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Seconds of a span: a power of two.
    pub stride: u64,
    /// Of each span, up to the last one that has any.
    pub counts: Vec<u64>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            stride: 1,
            counts: Vec::new(),
        }
    }
}

impl Timeline {
    pub(crate) fn count(&mut self, at: Duration, count: u64) {
        while at.as_secs() / self.stride >= MAX_SPANS as u64 {
            self.halve();
        }
        // Below the bound, so it fits.
        let span = usize::try_from(at.as_secs() / self.stride).unwrap_or(MAX_SPANS - 1);
        if self.counts.len() <= span {
            self.counts.resize(span + 1, 0);
        }
        self.counts[span] += count;
    }

    fn halve(&mut self) {
        self.counts = self
            .counts
            .chunks(2)
            .map(|pair| pair.iter().sum())
            .collect();
        self.stride *= 2;
    }

    fn add(&mut self, other: &Self) {
        for (span, count) in (0..).zip(&other.counts).filter(|(_, count)| **count > 0) {
            self.count(Duration::from_secs(span * other.stride), *count);
        }
    }
}

impl FailureGroup {
    /// This many more at this age of the run.
    pub(crate) fn count(&mut self, at: Duration, count: u64) {
        self.add(Self {
            count,
            first: at,
            last: at,
            ..Self::default()
        });
        self.over_time.count(at, count);
    }

    /// Adds the failures of another part; of examples the newer one stays.
    pub(crate) fn add(&mut self, other: Self) {
        self.first = match self.count {
            0 => other.first,
            _ => self.first.min(other.first),
        };
        self.last = self.last.max(other.last);
        self.count += other.count;
        self.over_time.add(&other.over_time);
        for (incident, count) in &other.incidents {
            *bounded_entry(&mut self.incidents, incident) += count;
        }
        let at = |example: &Option<FailureNote>| example.as_ref().map(|one| one.at);
        if at(&other.example) >= at(&self.example) {
            self.example = other.example;
        }
    }
}

/// The group of this key, or that of [`OTHER`] when the bound is reached.
pub(crate) fn bounded_group(
    groups: &mut BTreeMap<FailureGroupKey, FailureGroup>,
    key: FailureGroupKey,
) -> &mut FailureGroup {
    let full = groups.len() >= MAX_FAILURE_GROUPS && !groups.contains_key(&key);
    let other = || FailureGroupKey {
        reason: FailureKind::Network(OTHER.into()),
        operation: OperationRef::http(OTHER, OTHER).into(),
    };
    groups.entry(if full { other() } else { key }).or_default()
}
