//! What one generation of a type did, so that old and new can be laid side by side.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{Histogram, Outcomes};

/// Generations of a type that are told apart; what older ones did is added up under 0.
pub const MAX_GENERATIONS: usize = 10;

/// What one generation of a type counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerationTotals {
    /// Its requests.
    pub outcomes: Outcomes,
    /// Service time of every request that left and was not cut.
    pub service: Histogram,
    /// Calls of its steps that ended, in whatever way.
    pub steps: u64,
    /// Errors that it raised.
    pub script_errors: u64,
}

impl Default for GenerationTotals {
    fn default() -> Self {
        GenerationTotals {
            outcomes: Outcomes::default(),
            service: Histogram::coarse(),
            steps: 0,
            script_errors: 0,
        }
    }
}

impl GenerationTotals {
    pub fn add(&mut self, other: &GenerationTotals) {
        self.outcomes.add(&other.outcomes);
        self.service.add(&other.service);
        self.steps += other.steps;
        self.script_errors += other.script_errors;
    }
}

/// Adds one type's generations to those known.
pub(crate) fn add_generations(
    known: &mut BTreeMap<u32, GenerationTotals>,
    other: &BTreeMap<u32, GenerationTotals>,
) {
    for (generation, totals) in other {
        known.entry(*generation).or_default().add(totals);
    }
}

/// Keeps [`MAX_GENERATIONS`] of one type apart: those that are alive before the others, since
/// one old generation may outlive many that were tried and taken back; then the newest.
pub(crate) fn fold_generations(
    known: &mut BTreeMap<u32, GenerationTotals>,
    alive: impl Fn(u32) -> bool,
) {
    let apart = known.keys().copied().filter(|one| *one > 0);
    let mut ranked: Vec<_> = apart.map(|one| (alive(one), one)).collect();
    let Some(surplus) = ranked.len().checked_sub(MAX_GENERATIONS) else {
        return;
    };
    ranked.sort_unstable();
    for (_, one) in ranked.into_iter().take(surplus) {
        if let Some(totals) = known.remove(&one) {
            known.entry(0).or_default().add(&totals);
        }
    }
}
