//! `GET /api/v1/versions`: what each version of each type did, side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::view::{self, Outcomes, RunView, UserType};

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
    /// The number of the release that brought it; 0 is all that are too old to be counted separately.
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

impl From<&RunView> for Versions {
    fn from(view: &RunView) -> Self {
        let types = view.types.iter().filter(|of| of.has_users());
        Self {
            run: view.run.id.clone(),
            release: view.reload_status.release,
            types: types
                .map(|of| OfType {
                    kind: of.name.clone(),
                    versions: of_type(view, of),
                })
                .collect(),
        }
    }
}

fn of_type(view: &RunView, of: &UserType) -> Vec<Version> {
    let status = &view.reload_status;
    let known: BTreeMap<u32, &view::Version> =
        of.versions.iter().map(|one| (one.version, one)).collect();
    let previous = status.previous.iter().find(|one| one.kind == of.name);
    let previous = previous.map_or(&[][..], |one| &one.versions);
    let canary = status.canary.as_ref();
    let canary = canary.filter(|canary| canary.types.contains(&of.name));
    let canary = canary.map(|canary| canary.release);
    let current = current(view, of, previous, canary);
    let all: BTreeSet<u32> = known
        .keys()
        .chain(previous)
        .chain(&current)
        .chain(&canary)
        .copied()
        .collect();
    let one = |number: u32| Version {
        current: current == Some(number),
        canary: canary == Some(number),
        previous: previous.contains(&number),
        ..counted(number, known.get(&number).copied())
    };
    all.into_iter().map(one).collect()
}

/// The version that plays; none when the type's file is gone.
fn current(view: &RunView, of: &UserType, previous: &[u32], canary: Option<u32>) -> Option<u32> {
    if view.has_settings && !view.settings.weights.contains_key(&of.name) {
        return None;
    }
    let before_the_canary = previous.iter().rev().find(|one| Some(**one) != canary);
    before_the_canary.copied().or(of.live.newest)
}

/// What it counted, where it did anything, without what it is to the run.
fn counted(number: u32, figures: Option<&view::Version>) -> Version {
    let requests = figures.map_or_else(Outcomes::default, |of| of.requests);
    let times = figures.map(|of| &of.latency_seconds);
    Version {
        version: number,
        current: false,
        canary: false,
        previous: false,
        users: figures.map_or(0, |of| of.users),
        requests,
        failure_rate: requests.failure_rate(),
        p50_seconds: times.and_then(|times| times.p50),
        p95_seconds: times.and_then(|times| times.p95),
        p99_seconds: times.and_then(|times| times.p99),
        steps: figures.map_or(0, |of| of.steps),
        script_errors: figures.map_or(0, |of| of.script_errors),
    }
}
