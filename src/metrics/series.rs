//! Series: requests by type, method and name; how they are found fast and kept few.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::sample::PHASES;
use super::{Failure, FailureKind, Histogram, Outcomes, Sample, TypeId, pairs};

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
    /// Service time of every request that was not cut.
    pub service: Histogram,
    /// Microseconds spent in each of [`PHASES`], summed over the same requests.
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
    pub(super) fn record(&mut self, sample: &Sample) {
        self.statuses
            .entry(sample.status)
            .or_default()
            .count(sample.outcome);
        self.sent += sample.sent;
        self.received += sample.received;
        if sample.outcome != super::Outcome::Cut {
            self.service.record(sample.service);
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

/// Finds the index of a series without allocating; new ones get the next index.
#[derive(Default)]
pub(super) struct Catalogue {
    /// By type, then by method: few of both, so a scan beats a hash; names are many.
    types: Vec<Vec<Method>>,
    methods: FxHashSet<Box<str>>,
    names: FxHashSet<Box<str>>,
    all: Vec<Series>,
}

struct Method {
    method: Box<str>,
    names: FxHashMap<Box<str>, u32>,
}

impl Catalogue {
    pub(super) fn get(&self, index: u32) -> &Series {
        &self.all[index as usize]
    }

    pub(super) fn intern(&mut self, kind: TypeId, method: &str, name: &str) -> u32 {
        let found = self
            .types
            .get(usize::from(kind.0))
            .and_then(|methods| methods.iter().find(|known| &*known.method == method))
            .and_then(|known| known.names.get(name));
        match found {
            Some(&index) => index,
            None => self.add(kind, method, name),
        }
    }

    #[cold]
    fn add(&mut self, kind: TypeId, method: &str, name: &str) -> u32 {
        let method = bounded(&mut self.methods, MAX_METHODS, method);
        let name = bounded(&mut self.names, MAX_NAMES, name);
        let kind_at = usize::from(kind.0);
        if self.types.len() <= kind_at {
            self.types.resize_with(kind_at + 1, Vec::new);
        }
        let methods = &mut self.types[kind_at];
        let at = methods
            .iter()
            .position(|known| &*known.method == method)
            .unwrap_or_else(|| {
                methods.push(Method {
                    method: method.into(),
                    names: FxHashMap::default(),
                });
                methods.len() - 1
            });
        if let Some(&index) = methods[at].names.get(name) {
            return index;
        }
        let index = self.all.len() as u32;
        methods[at].names.insert(name.into(), index);
        self.all.push(Series {
            kind,
            method: method.into(),
            name: name.into(),
        });
        index
    }
}

/// The word itself while there is room for it among `known`, else [`OTHER`].
fn bounded<'a>(known: &mut FxHashSet<Box<str>>, room: usize, word: &'a str) -> &'a str {
    if known.contains(word) {
        word
    } else if known.len() < room {
        known.insert(word.into());
        word
    } else {
        OTHER
    }
}
