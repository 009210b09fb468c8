//! `GET /api/v1/generations`: what each generation of each type did, side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::requests::{Requests, failure_rate};
use super::run::of_the_crowd;
use crate::metrics::{self, GenerationTotals, Histogram, Snapshot, TypeId};

/// The generations of a run, by type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generations {
    /// The run's id.
    pub run: String,
    /// The newest state of the folders that was accepted.
    pub bundle: u32,
    pub types: Vec<OfType>,
}

/// The generations of one type, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfType {
    #[serde(rename = "type")]
    pub kind: String,
    pub generations: Vec<Generation>,
}

/// One generation. Times are seconds; null where nothing was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The number of the bundle that brought it; 0 is all that are older than those told apart.
    pub generation: u32,
    /// Whether it is the one for all. None is when the type's file is gone.
    pub current: bool,
    /// Whether it is on trial.
    pub canary: bool,
    /// Whether the type can go back to it.
    pub kept: bool,
    /// Alive now.
    pub users: i64,
    pub requests: Requests,
    /// Share of its requests that failed, 0 to 1; null where it made none.
    pub failure_rate: Option<f64>,
    pub p50: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    /// Calls of its steps that ended.
    pub steps: u64,
    pub script_errors: u64,
}

impl Generations {
    /// What a snapshot says.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            run: snapshot.run.id.clone(),
            bundle: snapshot.reloading.bundle,
            types: of_the_crowd(snapshot)
                .map(|(kind, name)| OfType {
                    kind: name.to_owned(),
                    generations: of_type(snapshot, kind),
                })
                .collect(),
        }
    }
}

fn of_type(snapshot: &Snapshot, kind: TypeId) -> Vec<Generation> {
    let known: BTreeMap<u32, metrics::Generation<'_>> = snapshot
        .generations_of(kind)
        .into_iter()
        .map(|one| (one.number, one))
        .collect();
    let kept = snapshot
        .reloading
        .kept
        .get(&kind)
        .map_or(&[][..], Vec::as_slice);
    let canary = snapshot
        .reloading
        .canary
        .as_ref()
        .filter(|canary| canary.types.contains(&kind))
        .map(|canary| canary.bundle);
    let current = current(snapshot, kind, kept, canary);
    let all: BTreeSet<u32> = known
        .keys()
        .chain(kept)
        .chain(&current)
        .chain(&canary)
        .copied()
        .collect();
    let one = |number: u32| {
        let figures = known.get(&number);
        Generation {
            current: current == Some(number),
            canary: canary == Some(number),
            kept: kept.contains(&number),
            users: figures.map_or(0, |of| of.users),
            ..counted(
                number,
                figures.map_or(&GenerationTotals::default(), |of| &of.totals),
            )
        }
    };
    all.into_iter().map(one).collect()
}

/// The generation that plays; none when the type's file is gone.
fn current(snapshot: &Snapshot, kind: TypeId, kept: &[u32], canary: Option<u32>) -> Option<u32> {
    let settings = &snapshot.settings;
    if settings.told() && !settings.weights.contains_key(snapshot.type_name(kind)) {
        return None;
    }
    let before_the_trial = kept.iter().rev().find(|one| Some(**one) != canary);
    before_the_trial
        .or_else(|| snapshot.generations.get(&kind))
        .copied()
}

/// What it counted, without what it is to the run.
fn counted(number: u32, totals: &GenerationTotals) -> Generation {
    Generation {
        generation: number,
        current: false,
        canary: false,
        kept: false,
        users: 0,
        requests: totals.outcomes.into(),
        failure_rate: failure_rate(&totals.outcomes),
        p50: seconds(&totals.service, 0.5),
        p95: seconds(&totals.service, 0.95),
        p99: seconds(&totals.service, 0.99),
        steps: totals.steps,
        script_errors: totals.script_errors,
    }
}

fn seconds(histogram: &Histogram, quantile: f64) -> Option<f64> {
    (!histogram.is_empty()).then(|| histogram.quantile(quantile) as f64 / 1e6)
}
