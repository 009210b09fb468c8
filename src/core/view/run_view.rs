use std::cmp::Reverse;

use serde::Serialize;

use super::baseline::Baseline;
use super::cluster::Cluster;
use super::coverage::Coverage;
use super::failure_groups::{FailureGroup, failure_groups};
use super::generator::Generator;
use super::incident::Incident;
use super::live::Live;
use super::load::{self, Endpoint, Load, Series, UserType};
use super::outputs::OutputStatus;
use super::parts::Parts;
use super::protection::Protection;
use super::reload_status::ReloadStatus;
use super::run::{Ending, Run};
use super::scripts::Scripts;
use super::status::{self, Facts, StatusLine};
use super::steps::{self, Journey, Step};
use crate::metrics::{Exit, Search, Settings, Snapshot, Threshold};
use crate::openapi::Contract;
use crate::plan::Setting;

/// A run at one moment. Serialized it is the JSON summary (`docs/summary.schema.json`).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// What is wrong and where, the worst first; empty only before the run begins.
    pub status: Vec<StatusLine>,
    /// What is known of it from the start.
    pub run: Run,
    /// What holds only now, and is in no summary.
    #[serde(skip)]
    pub live: Live,
    /// How throng itself kept up.
    pub generator: Generator,
    /// Its workers; none where it is on one machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// How it ended.
    #[serde(flatten)]
    pub ending: Ending,
    /// The warm-up and what was measured.
    #[serde(flatten)]
    pub parts: Parts,
    /// The exit code and its reasons; none until the run is over.
    pub exit: Option<Exit>,
    /// How the thresholds stand.
    pub thresholds: Vec<Threshold>,
    /// What it is against its baseline; set once it is over.
    pub baseline: Option<Baseline>,
    /// What was covered of the target's contract; none where the run has none (`--openapi`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// How the search stands, of `throng search`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// What was sent, and what came of it.
    #[serde(flatten)]
    pub load: Load,
    /// Failed requests by reason and endpoint, the most frequent first.
    pub failure_groups: Vec<FailureGroup>,
    /// What was done to spare the target.
    pub protection: Protection,
    /// By type of user.
    pub types: Vec<UserType>,
    /// By method and name.
    pub endpoints: Vec<Endpoint>,
    /// Steps of each type.
    pub steps: Vec<Step>,
    /// Journeys of each type.
    pub journeys: Vec<Journey>,
    /// By type, method and name; in no summary, which would be long.
    #[serde(skip)]
    pub series: Vec<Series>,
    /// What the scripts said.
    #[serde(flatten)]
    pub scripts: Scripts,
    /// The scripts as they are, and how they came to be so.
    pub reload_status: ReloadStatus,
    /// The live settings; each is 0 until the run has set them.
    pub settings: Settings,
    /// The incidents of the plan.
    pub incidents: Vec<Incident>,
    /// Where the run is written to while it runs.
    pub outputs: Vec<OutputStatus>,
    /// Whether the run has set them.
    #[serde(skip)]
    pub has_settings: bool,
}

impl RunView {
    /// What a snapshot says.
    pub fn of(snapshot: &Snapshot) -> Self {
        let view = Self {
            status: Vec::new(),
            run: Run::of(snapshot),
            live: Live::of(snapshot),
            generator: Generator::of(snapshot),
            cluster: Cluster::of(snapshot),
            ending: Ending::of(snapshot),
            parts: Parts::of(snapshot),
            exit: snapshot.exit.clone(),
            thresholds: snapshot.thresholds.clone(),
            baseline: None,
            coverage: None,
            search: snapshot.search.clone(),
            load: Load::of(snapshot),
            failure_groups: failure_groups(snapshot),
            protection: Protection::of(snapshot),
            types: load::types(snapshot),
            endpoints: load::endpoints(snapshot),
            steps: steps::steps(snapshot),
            journeys: steps::journeys(snapshot),
            series: load::series(snapshot),
            scripts: Scripts::of(snapshot),
            reload_status: ReloadStatus::of(snapshot),
            settings: settings(&snapshot.settings),
            incidents: snapshot.incidents.iter().map(Incident::of).collect(),
            outputs: Vec::new(),
            has_settings: snapshot.settings.are_known(),
        };
        Self {
            status: status::lines(&view.facts()),
            ..view
        }
    }

    /// The same, with how its outputs stand.
    #[must_use]
    pub fn with_outputs(self, outputs: Vec<OutputStatus>) -> Self {
        if outputs.is_empty() {
            return self;
        }
        let view = Self { outputs, ..self };
        Self {
            status: status::lines(&view.facts()),
            ..view
        }
    }

    /// The same, with what the whole run covered of a contract.
    #[must_use]
    pub fn with_coverage(self, contract: Option<&Contract>, snapshot: &Snapshot) -> Self {
        let coverage = contract.map(|of| Coverage::of(of, &snapshot.totals.coverage));
        Self { coverage, ..self }
    }

    /// What a snapshot says, without what was counted in the warm-up: the figures of a summary. Of a run that ended within its
    /// warm-up, nothing is left out. What throng did itself, and what spared the target, is that of the whole run.
    pub fn measured(snapshot: &Snapshot) -> Self {
        let all = Self::of(snapshot);
        if snapshot.is_warming_up() {
            return Self {
                parts: all.parts.whole(),
                ..all
            };
        }
        match snapshot.after_warm_up() {
            None => all,
            Some(measured) => Self {
                run: all.run,
                live: all.live,
                generator: all.generator,
                protection: all.protection,
                parts: all.parts,
                ..Self::of(&measured)
            },
        }
    }
}

impl RunView {
    /// Users that there should be now; none in an open crowd, whose plan is a rate of arrivals.
    pub fn planned_users(&self) -> Option<u64> {
        if self.live.planned_arrivals.is_some() {
            return None;
        }
        let users = self.live.planned_users;
        let set = if self.has_settings {
            u64::from(self.settings.users)
        } else {
            self.run.users
        };
        Some(users.map_or(set, |users| users.round() as u64))
    }

    /// Sets what the run is against its baseline, now that it is over.
    pub fn set_baseline(&mut self, baseline: Baseline) {
        self.baseline = Some(baseline);
        self.refresh_status();
    }

    /// Makes the sentences anew, of what was set since.
    pub fn refresh_status(&mut self) {
        self.status = status::lines(&self.facts());
    }

    /// Endpoints with failures first, those with most of them before others, then those with most requests.
    pub fn endpoints_worst_first(&self) -> Vec<&Endpoint> {
        let mut all: Vec<_> = self.endpoints.iter().collect();
        all.sort_by_key(|one| Reverse((one.outcomes.failed(), one.outcomes.total)));
        all
    }

    /// What the status is made of.
    fn facts(&self) -> Facts<'_> {
        Facts {
            run: &self.run,
            live: &self.live,
            ending: &self.ending,
            generator: &self.generator,
            thresholds: &self.thresholds,
            baseline: self.baseline.as_ref(),
            coverage: self.coverage.as_ref(),
            search: self.search.as_ref(),
            load: &self.load,
            failure_groups: &self.failure_groups,
            protection: &self.protection,
            scripts: &self.scripts,
            reload_status: &self.reload_status,
            incidents: &self.incidents,
            outputs: &self.outputs,
            planned_users: self.planned_users(),
        }
    }

    /// Users away between two sessions now, of all types.
    pub fn away(&self) -> u64 {
        let away: i64 = self.types.iter().map(|of| of.live.away).sum();
        away.max(0).unsigned_abs()
    }
}

/// All settings, so that readers find each.
fn settings(known: &Settings) -> Settings {
    let mut all = known.clone();
    let numbers = Setting::ALL.into_iter();
    for setting in numbers.filter(|one| !matches!(one, Setting::Users)) {
        all.numbers.entry(setting.name().to_owned()).or_default();
    }
    all
}
