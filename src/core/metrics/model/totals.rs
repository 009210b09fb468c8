//! Totals: everything that is counted, as one value that adds up.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::bounds::{MAX_STEP_NAMES, bounded_entry};
use super::failure_group::bounded_group;
use super::pairs;
use super::script_error::add_script_error;
use super::version::{VersionTotals, add_versions};
use crate::metrics::{
    Arrivals, Check, Coverage, Custom, FailureGroup, FailureGroupKey, Histogram, JourneyTotals,
    MAX_METHODS, MAX_NAMES, OTHER, Outcomes, Paced, People, Protection, ScriptError, Series,
    SeriesTotals, Sessions, StepTotals, TypeId,
};

/// The counts of a type besides its requests, which are in its series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeTotals {
    /// Time from sending to the last byte, of every request that was sent and not cancelled.
    pub service: Histogram,
    /// Time from the planned sending to the last byte, of the same requests.
    pub response: Histogram,
    pub sessions: Sessions,
    /// Arrivals of an open crowd.
    #[serde(default)]
    pub arrivals: Arrivals,
    /// How long users waited for their pace.
    #[serde(default)]
    pub paced: Paced,
    /// Who began the sessions, where people come back.
    #[serde(default)]
    pub people: People,
    /// The same requests by the version that made them; 0 is all versions older than those
    /// counted separately, which recorder and aggregator ensure.
    pub versions: BTreeMap<u32, VersionTotals>,
}

impl Default for TypeTotals {
    fn default() -> Self {
        TypeTotals {
            service: Histogram::fine(),
            response: Histogram::fine(),
            sessions: Sessions::default(),
            arrivals: Arrivals::default(),
            paced: Paced::default(),
            people: People::default(),
            versions: BTreeMap::new(),
        }
    }
}

impl TypeTotals {
    pub fn add(&mut self, other: &TypeTotals) {
        self.service.add(&other.service);
        self.response.add(&other.response);
        self.sessions.add(&other.sessions);
        self.arrivals.add(&other.arrivals);
        self.paced.add(&other.paced);
        self.people.add(&other.people);
        add_versions(&mut self.versions, &other.versions);
    }
}

/// Everything counted in some interval for some users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    pub types: BTreeMap<TypeId, TypeTotals>,
    #[serde(with = "pairs")]
    pub series: BTreeMap<Series, SeriesTotals>,
    /// The failed requests of all series, by reason and endpoint; a batch has none, its receiver groups them.
    #[serde(with = "pairs", default)]
    pub failure_groups: BTreeMap<FailureGroupKey, FailureGroup>,
    /// By type and name.
    #[serde(with = "pairs")]
    pub steps: BTreeMap<(TypeId, String), StepTotals>,
    /// By type and name.
    #[serde(with = "pairs")]
    pub journeys: BTreeMap<(TypeId, String), JourneyTotals>,
    /// Why sessions failed.
    pub failed_sessions: BTreeMap<String, u64>,
    pub script_errors: Vec<ScriptError>,
    pub checks: BTreeMap<String, Check>,
    /// The scripts' own metrics by name.
    pub custom: BTreeMap<String, Custom>,
    /// Timer lag of the shards.
    pub lag: Histogram,
    /// What was done to spare the target.
    pub protection: Protection,
    /// Requests that this machine could not send, by reason; they are in no series.
    pub not_sent: BTreeMap<String, u64>,
    /// What was covered of the target's contract.
    #[serde(default)]
    pub coverage: Coverage,
}

impl Default for Totals {
    fn default() -> Self {
        Totals {
            types: BTreeMap::new(),
            series: BTreeMap::new(),
            failure_groups: BTreeMap::new(),
            steps: BTreeMap::new(),
            journeys: BTreeMap::new(),
            failed_sessions: BTreeMap::new(),
            script_errors: Vec::new(),
            checks: BTreeMap::new(),
            custom: BTreeMap::new(),
            lag: Histogram::coarse(),
            protection: Protection::default(),
            not_sent: BTreeMap::new(),
            coverage: Coverage::default(),
        }
    }
}

impl Totals {
    /// Adds the counts of another part. Sums do not depend on the order; beyond a bound, which
    /// labels are counted separately does.
    pub fn add(&mut self, other: Totals) {
        for (kind, totals) in &other.types {
            self.types.entry(*kind).or_default().add(totals);
        }
        for (series, totals) in other.series {
            let series = self.bounded(series);
            self.series.entry(series).or_default().add(totals);
        }
        for (key, group) in other.failure_groups {
            bounded_group(&mut self.failure_groups, key).add(group);
        }
        for (step, totals) in other.steps {
            let step = self.bounded_step(step);
            self.steps.entry(step).or_default().add(&totals);
        }
        for (journey, totals) in other.journeys {
            let journey = self.bounded_step(journey);
            self.journeys.entry(journey).or_default().add(&totals);
        }
        for (reason, count) in other.failed_sessions {
            *bounded_entry(&mut self.failed_sessions, &reason) += count;
        }
        for error in other.script_errors {
            add_script_error(&mut self.script_errors, error);
        }
        for (name, check) in other.checks {
            bounded_entry(&mut self.checks, &name).add(&check);
        }
        for (name, custom) in other.custom {
            match self.custom.get_mut(&name) {
                Some(known) => known.add(custom),
                None => {
                    self.custom.insert(name, custom);
                }
            }
        }
        self.lag.add(&other.lag);
        self.protection.add(&other.protection);
        for (why, count) in other.not_sent {
            *bounded_entry(&mut self.not_sent, &why) += count;
        }
        self.coverage.add(other.coverage);
    }

    /// Requests by outcome: of one type, or of all.
    pub fn outcomes(&self, kind: Option<TypeId>) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for (series, totals) in &self.series {
            if kind.is_none_or(|kind| kind == series.kind) {
                outcomes.add(&totals.outcomes());
            }
        }
        outcomes
    }

    /// Each shard keeps to the bounds; the shards together may not.
    fn bounded(&self, mut series: Series) -> Series {
        if self.series.contains_key(&series) {
            return series;
        }
        let known =
            |word: fn(&Series) -> &str| self.series.keys().map(word).collect::<BTreeSet<_>>();
        let names = known(|series| &series.operation.name);
        if names.len() >= MAX_NAMES && !names.contains(&*series.operation.name) {
            series.operation.name = OTHER.into();
        }
        let verbs = known(|series| &series.operation.verb);
        if verbs.len() >= MAX_METHODS && !verbs.contains(&*series.operation.verb) {
            series.operation.verb = OTHER.into();
        }
        series
    }

    /// The same for the name of a step or journey.
    fn bounded_step(&self, step: (TypeId, String)) -> (TypeId, String) {
        if self.steps.contains_key(&step) || self.journeys.contains_key(&step) {
            return step;
        }
        let (kind, name) = step;
        let known = self.steps.keys().chain(self.journeys.keys());
        let names = known.map(|(_, name)| name).filter(|name| *name != OTHER);
        let names: BTreeSet<_> = names.collect();
        if names.len() < MAX_STEP_NAMES || names.contains(&name) {
            return (kind, name);
        }
        (kind, OTHER.to_owned())
    }
}
