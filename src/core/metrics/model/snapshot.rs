//! The state of a run at one moment, as plain data.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::MAX_NOTES;
use super::interval::{per_second, sum};
use super::measured::Measured;
use crate::metrics::{
    Arrivals, Conditions, Exit, FailureNote, Generator, Guard, Health, Histogram, IncidentStatus,
    Interval, OperationRef, Outcomes, People, ReloadStatus, RunInfo, Search, SeriesTotals,
    Sessions, Settings, StopReason, Threshold, Totals, TypeId,
};

/// What the run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Before the first user.
    #[default]
    Starting,
    Running,
    /// No step starts; the run's clock is stopped.
    Paused,
    /// No new steps; those under way end.
    Stopping,
    /// What the run created is being deleted.
    Cleaning,
    /// The final state.
    Done,
}

impl Phase {
    /// The word for it, everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Starting => "starting",
            Phase::Running => "running",
            Phase::Paused => "paused",
            Phase::Stopping => "stopping",
            Phase::Cleaning => "cleaning",
            Phase::Done => "done",
        }
    }
}

/// What is left until the run ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Left {
    Time(Duration),
    Sessions(u64),
}

/// Requests of one operation, over all types.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint<'a> {
    pub operation: OperationRef<'a>,
    pub totals: SeriesTotals,
}

/// The state of a run, with everything that a reader of it needs. Snapshots of parts of one run
/// add up to the snapshot of the whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub run: RunInfo,
    pub phase: Phase,
    pub elapsed: Duration,
    pub left: Option<Left>,
    /// How many users the plan has at this moment, where that changes with the run's time.
    pub planned_users: Option<f64>,
    /// How many arrivals a second the plan has at this moment, where sessions arrive.
    #[serde(default)]
    pub planned_arrivals: Option<f64>,
    /// The time of day of the plan's curve, of a day of 24 hours.
    #[serde(default)]
    pub time_of_day: Option<Duration>,
    /// What was counted after the warm-up; none in a run without one.
    pub measured: Option<Measured>,
    /// Active users, by type and version.
    pub users: BTreeMap<TypeId, BTreeMap<u32, i64>>,
    /// Users who are away between two sessions, by type.
    #[serde(default)]
    pub away: BTreeMap<TypeId, i64>,
    pub totals: Totals,
    pub interval: Interval,
    /// The last failures, oldest first, at most ten.
    pub failures: Vec<FailureNote>,
    /// Levels summed over shards; `lag` is the largest of the last reports.
    pub health: Health,
    /// Processors in use by this process in the interval: 1 is one whole core.
    pub cpu_ratio: Option<f64>,
    /// How the generator kept up.
    pub generator: Generator,
    /// The most users at once: of one shard at any moment, or of all at the end of an interval.
    pub peak_users: u64,
    /// The newest version of each type.
    pub versions: BTreeMap<TypeId, u32>,
    /// Reloads of scripts by result: `accepted`, `unchanged`, `refused`, `rolled_back`, `promoted`.
    pub reloads: BTreeMap<String, u64>,
    /// The current scripts.
    pub reload_status: ReloadStatus,
    /// The current settings.
    pub settings: Settings,
    /// The incidents of the plan.
    pub incidents: Vec<IncidentStatus>,
    /// How the thresholds stand, in the plan's order.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
    /// How the search stands, in a run that searches.
    #[serde(default)]
    pub search: Option<Search>,
    /// Why the run stopped itself; none if it did not.
    pub stopped_by: Option<StopReason>,
    /// The protection status.
    pub guard: Guard,
    /// What holds at this moment, and since when.
    #[serde(default)]
    pub conditions: Conditions,
    /// What the run created and is still on the target, by kind; set when the run is over.
    pub left_behind: BTreeMap<String, u64>,
    /// The exit code and its reasons; none until the run is over.
    #[serde(default)]
    pub exit: Option<Exit>,
}

impl Snapshot {
    /// Adds the snapshot of another part of the same run.
    pub fn merge(&mut self, other: Snapshot) {
        self.phase = self.phase.max(other.phase);
        self.elapsed = self.elapsed.max(other.elapsed);
        self.left = match (self.left, other.left) {
            (Some(Left::Sessions(ours)), Some(Left::Sessions(theirs))) => {
                Some(Left::Sessions(ours + theirs))
            }
            (Some(Left::Time(ours)), Some(Left::Time(theirs))) => {
                Some(Left::Time(ours.max(theirs)))
            }
            (ours, theirs) => ours.or(theirs),
        };
        self.planned_users = self.planned_users.or(other.planned_users);
        self.planned_arrivals = self.planned_arrivals.or(other.planned_arrivals);
        self.time_of_day = self.time_of_day.or(other.time_of_day);
        for (kind, versions) in other.users {
            let ours = self.users.entry(kind).or_default();
            for (version, users) in versions {
                *ours.entry(version).or_default() += users;
            }
        }
        for (kind, users) in other.away {
            *self.away.entry(kind).or_default() += users;
        }
        self.totals.add(other.totals);
        if let (Some(ours), Some(theirs)) = (&mut self.measured, other.measured) {
            ours.totals.add(theirs.totals);
        }
        self.fold_versions();
        self.interval.add(other.interval);
        self.failures.extend(other.failures);
        let surplus = self.failures.len().saturating_sub(MAX_NOTES);
        self.failures.drain(..surplus);
        self.health = add_health(self.health, other.health);
        self.cpu_ratio = match (self.cpu_ratio, other.cpu_ratio) {
            (Some(ours), Some(theirs)) => Some(ours + theirs),
            (ours, theirs) => ours.or(theirs),
        };
        self.generator.merge(&other.generator);
        let alive = self.users_alive().max(0).unsigned_abs();
        self.peak_users = self.peak_users.max(other.peak_users).max(alive);
        for (kind, version) in other.versions {
            let ours = self.versions.entry(kind).or_default();
            *ours = version.max(*ours);
        }
        for (result, count) in other.reloads {
            *self.reloads.entry(result).or_default() += count;
        }
        if other.run.types.len() > self.run.types.len() {
            self.run.types = other.run.types;
        }
        self.reload_status.merge(other.reload_status);
        if !self.settings.are_known() {
            self.settings = other.settings;
        }
        if self.incidents.is_empty() {
            self.incidents = other.incidents;
        }
        if self.thresholds.is_empty() {
            self.thresholds = other.thresholds;
        }
        self.search = self.search.take().or(other.search);
        self.stopped_by = self.stopped_by.take().or(other.stopped_by);
        self.guard.merge(other.guard);
        self.conditions.merge(other.conditions);
        for (kind, count) in other.left_behind {
            *self.left_behind.entry(kind).or_default() += count;
        }
        self.exit = self.exit.take().or(other.exit);
    }

    /// Whether the run has a warm-up, which is not over.
    pub fn is_warming_up(&self) -> bool {
        let measured = self.measured.as_ref();
        measured.is_some_and(|measured| measured.since.is_none())
    }

    /// The same as if the run had begun after its warm-up; none of a run without one.
    pub fn after_warm_up(&self) -> Option<Self> {
        let measured = self.measured.as_ref()?;
        let since = measured.since.unwrap_or(self.elapsed);
        Some(Self {
            totals: measured.totals.clone(),
            elapsed: self.elapsed.saturating_sub(since),
            measured: None,
            ..self.clone()
        })
    }

    /// The name of a type; `?` when it is not in the run's list.
    pub fn type_name(&self, kind: TypeId) -> &str {
        self.run
            .types
            .get(usize::from(kind.0))
            .map_or("?", String::as_str)
    }

    /// The types of the run, in the run's order. A name that begins with `_` is not a user type
    /// but setup, teardown or clean-up; it is listed last, after its first request.
    pub fn types(&self) -> impl Iterator<Item = (TypeId, &str)> {
        let all = (0..)
            .map(TypeId)
            .zip(self.run.types.iter().map(String::as_str));
        let users = all.clone().filter(|(_, name)| !name.starts_with('_'));
        let beside = all.filter(|(kind, name)| {
            name.starts_with('_') && self.totals.series.keys().any(|series| series.kind == *kind)
        });
        users.chain(beside)
    }

    /// Active users of one type.
    pub fn users_of(&self, kind: TypeId) -> i64 {
        self.users
            .get(&kind)
            .map_or(0, |versions| versions.values().sum())
    }

    /// Active users.
    pub fn users_alive(&self) -> i64 {
        self.users.values().flat_map(BTreeMap::values).sum()
    }

    /// Requests by outcome.
    pub fn requests(&self) -> Outcomes {
        self.totals.outcomes(None)
    }

    /// Requests a second over the whole run.
    pub fn rate(&self) -> f64 {
        self.per_second(self.requests().total())
    }

    /// A count per second of the run.
    pub fn per_second(&self, count: u64) -> f64 {
        per_second(count, self.elapsed.as_secs_f64())
    }

    /// Bytes sent and received.
    pub fn bytes(&self) -> (u64, u64) {
        let series = self.totals.series.values();
        series.fold((0, 0), |(sent, received), one| {
            (sent + one.bytes_sent, received + one.bytes_received)
        })
    }

    /// Service times over all types.
    pub fn service(&self) -> Histogram {
        sum(self.totals.types.values().map(|of_type| &of_type.service))
    }

    /// Response times over all types.
    pub fn response(&self) -> Histogram {
        sum(self.totals.types.values().map(|of_type| &of_type.response))
    }

    /// Ended sessions over all types.
    pub fn sessions(&self) -> Sessions {
        let mut sessions = Sessions::default();
        for of_type in self.totals.types.values() {
            sessions.add(&of_type.sessions);
        }
        sessions
    }

    /// Arrivals over all types.
    pub fn arrivals(&self) -> Arrivals {
        let mut arrivals = Arrivals::default();
        for of_type in self.totals.types.values() {
            arrivals.add(&of_type.arrivals);
        }
        arrivals
    }

    /// People over all types.
    pub fn people(&self) -> People {
        let mut people = People::default();
        for of_type in self.totals.types.values() {
            people.add(&of_type.people);
        }
        people
    }

    /// Series summed over types, by name, then verb.
    pub fn endpoints(&self) -> Vec<Endpoint<'_>> {
        let mut endpoints = BTreeMap::<_, SeriesTotals>::new();
        for (series, totals) in &self.totals.series {
            endpoints
                .entry((&*series.operation.name, series.operation.as_ref()))
                .or_default()
                .add(totals.clone());
        }
        endpoints
            .into_iter()
            .map(|((_, operation), totals)| Endpoint { operation, totals })
            .collect()
    }
}

/// Levels add up, lags do not.
pub(crate) fn add_health(one: Health, other: Health) -> Health {
    Health {
        lag: one.lag.max(other.lag),
        open_connections: one.open_connections + other.open_connections,
        lua_memory: one.lua_memory + other.lua_memory,
        vms: one.vms + other.vms,
    }
}
