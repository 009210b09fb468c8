//! `GET /api/v1/versions`: what each version of each type did, side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::metrics::{self, Snapshot, TypeId, VersionTotals};
use crate::view::{Latency, Outcomes};

/// The versions of a run, by type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    /// The run's id.
    pub run: String,
    /// The newest state of the folders that was accepted.
    pub release: u32,
    pub types: Vec<OfType>,
}

/// The versions of one type, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfType {
    #[serde(rename = "type")]
    pub kind: String,
    pub versions: Vec<Version>,
}

/// One version. Times are seconds; null where nothing was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The number of the release that brought it; 0 is all that are older than those told apart.
    pub version: u32,
    /// Whether it is the one for all. None is when the type's file is gone.
    pub current: bool,
    /// Whether it is a canary.
    pub canary: bool,
    /// Whether the type can go back to it.
    pub previous: bool,
    /// Alive now.
    pub users: i64,
    pub requests: Outcomes,
    /// Share of its requests that failed, 0 to 1; null where it made none.
    pub failure_rate: Option<f64>,
    pub p50_seconds: Option<f64>,
    pub p95_seconds: Option<f64>,
    pub p99_seconds: Option<f64>,
    /// Calls of its steps that ended.
    pub steps: u64,
    pub script_errors: u64,
}

impl Versions {
    /// What a snapshot says.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            run: snapshot.run.id.clone(),
            release: snapshot.reload_status.release,
            types: snapshot
                .types()
                .filter(|(_, name)| !name.starts_with('_'))
                .map(|(kind, name)| OfType {
                    kind: name.to_owned(),
                    versions: of_type(snapshot, kind),
                })
                .collect(),
        }
    }
}

fn of_type(snapshot: &Snapshot, kind: TypeId) -> Vec<Version> {
    let known: BTreeMap<u32, metrics::Version<'_>> = snapshot
        .versions_of(kind)
        .into_iter()
        .map(|one| (one.number, one))
        .collect();
    let previous = snapshot
        .reload_status
        .previous
        .get(&kind)
        .map_or(&[][..], Vec::as_slice);
    let canary = snapshot
        .reload_status
        .canary
        .as_ref()
        .filter(|canary| canary.types.contains(&kind))
        .map(|canary| canary.release);
    let current = current(snapshot, kind, previous, canary);
    let all: BTreeSet<u32> = known
        .keys()
        .chain(previous)
        .chain(&current)
        .chain(&canary)
        .copied()
        .collect();
    let one = |number: u32| {
        let figures = known.get(&number);
        Version {
            current: current == Some(number),
            canary: canary == Some(number),
            previous: previous.contains(&number),
            users: figures.map_or(0, |of| of.users),
            ..counted(
                number,
                figures.map_or(&VersionTotals::default(), |of| &of.totals),
            )
        }
    };
    all.into_iter().map(one).collect()
}

/// The version that plays; none when the type's file is gone.
fn current(
    snapshot: &Snapshot,
    kind: TypeId,
    previous: &[u32],
    canary: Option<u32>,
) -> Option<u32> {
    let settings = &snapshot.settings;
    if settings.told() && !settings.weights.contains_key(snapshot.type_name(kind)) {
        return None;
    }
    let before_the_trial = previous.iter().rev().find(|one| Some(**one) != canary);
    before_the_trial
        .or_else(|| snapshot.versions.get(&kind))
        .copied()
}

/// What it counted, without what it is to the run.
fn counted(number: u32, totals: &VersionTotals) -> Version {
    let requests = Outcomes::from(totals.outcomes);
    let service = Latency::from(&totals.service);
    Version {
        version: number,
        current: false,
        canary: false,
        previous: false,
        users: 0,
        requests,
        failure_rate: requests.failure_rate(),
        p50_seconds: service.p50,
        p95_seconds: service.p95,
        p99_seconds: service.p99,
        steps: totals.steps,
        script_errors: totals.script_errors,
    }
}
