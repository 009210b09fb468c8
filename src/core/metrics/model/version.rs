//! Figures of one version of a type, to compare old and new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{Histogram, Outcomes};

/// Versions of a type that are counted separately; older ones are added up under 0.
pub const MAX_VERSIONS: usize = 10;

/// Figures of one version of a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionTotals {
    /// Its requests.
    pub outcomes: Outcomes,
    /// Service time of every request that was sent and not cancelled.
    pub service: Histogram,
    /// Steps that ended, successfully or not.
    pub steps: u64,
    /// Errors that it raised.
    pub script_errors: u64,
}

impl Default for VersionTotals {
    fn default() -> Self {
        VersionTotals {
            outcomes: Outcomes::default(),
            service: Histogram::coarse(),
            steps: 0,
            script_errors: 0,
        }
    }
}

impl VersionTotals {
    pub fn add(&mut self, other: &VersionTotals) {
        self.outcomes.add(&other.outcomes);
        self.service.add(&other.service);
        self.steps += other.steps;
        self.script_errors += other.script_errors;
    }
}

/// Adds one type's versions to those known.
pub(crate) fn add_versions(
    known: &mut BTreeMap<u32, VersionTotals>,
    other: &BTreeMap<u32, VersionTotals>,
) {
    for (version, totals) in other {
        known.entry(*version).or_default().add(totals);
    }
}

/// Keeps [`MAX_VERSIONS`] of one type separate: those with users before the others, since
/// one old version may outlast many that were rolled back; then the newest.
pub(crate) fn fold_versions(known: &mut BTreeMap<u32, VersionTotals>, alive: impl Fn(u32) -> bool) {
    let apart = known.keys().copied().filter(|one| *one > 0);
    let mut ranked: Vec<_> = apart.map(|one| (alive(one), one)).collect();
    let Some(surplus) = ranked.len().checked_sub(MAX_VERSIONS) else {
        return;
    };
    ranked.sort_unstable();
    for (_, one) in ranked.into_iter().take(surplus) {
        if let Some(totals) = known.remove(&one) {
            known.entry(0).or_default().add(&totals);
        }
    }
}
