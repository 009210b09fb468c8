//! Adds up the batches of all shards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::failures::group_failures;
use super::judge::Judge;
use super::sums::{Present, Sums};
use crate::metrics::model::failure::MAX_NOTES;
use crate::metrics::model::script_error::has_room;
use crate::metrics::model::snapshot::add_health;
use crate::metrics::{
    Batch, Cluster, Conditions, FailureNote, Guard, Health, IncidentStatus, Left, MachineReport,
    Measured, Phase, ReloadStatus, RunInfo, ScriptError, Settings, Snapshot, StopReason, TypeId,
    WorkerState,
};

/// Adds batches up and makes a [`Snapshot`] of the sums.
pub struct Aggregator {
    /// The next snapshot.
    state: Snapshot,
    /// The latest levels by shard.
    health: BTreeMap<usize, Health>,
    /// Users that are there, and those that are away, by shard: those of one that is lost are gone.
    present: BTreeMap<usize, Present>,
    /// Shards that are lost: what they say of their users later is nothing to anybody.
    forgotten: BTreeSet<usize>,
    /// Failures that were noted.
    noted: u64,
    judge: Judge,
}

impl Aggregator {
    pub fn new(run: RunInfo) -> Self {
        Aggregator {
            state: Snapshot {
                run,
                interval: crate::metrics::Interval {
                    number: 1,
                    ..crate::metrics::Interval::default()
                },
                ..Snapshot::default()
            },
            health: BTreeMap::new(),
            present: BTreeMap::new(),
            forgotten: BTreeSet::new(),
            noted: 0,
            judge: Judge::new(),
        }
    }

    /// With a warm-up: what comes after it is counted apart, too.
    #[must_use]
    pub fn with_warm_up(mut self, warm_up: Duration) -> Self {
        let measured = Measured {
            warm_up,
            ..Measured::default()
        };
        self.state.measured = (!warm_up.is_zero()).then_some(measured);
        self
    }

    /// With a ramp: the verdict on the generator is about what comes after it.
    #[must_use]
    pub fn with_ramp(mut self, ramp: Duration) -> Self {
        self.judge.set_from(ramp);
        self
    }

    /// Without a look at the machine, so that snapshots depend only on the given batches.
    #[must_use]
    pub fn without_cpu(mut self) -> Self {
        self.judge.ignore_machine();
        self
    }

    /// A shard is lost: nobody is there any more.
    pub fn forget(&mut self, shard: usize) {
        self.health.remove(&shard);
        self.forgotten.insert(shard);
        let Some(present) = self.present.remove(&shard) else {
            return;
        };
        for ((kind, version), users) in present.users {
            let versions = self.state.users.entry(kind).or_default();
            let there = versions.entry(version).or_default();
            *there -= users;
            if *there == 0 {
                versions.remove(&version);
            }
        }
        for (kind, users) in present.away {
            *self.state.away.entry(kind).or_default() -= users;
        }
    }

    /// What was added up so far.
    pub fn sums(&self) -> Sums {
        Sums {
            state: self.state.clone(),
            health: self.health.clone(),
            present: self.present.clone(),
            forgotten: self.forgotten.clone(),
            noted: self.noted,
        }
    }

    /// Goes on with what another one had added up, at this age of the run: the time in which nobody added up is no second of
    /// which the generator is judged.
    pub fn resume(&mut self, sums: Sums, age: Duration) {
        let Sums {
            state,
            health,
            present,
            forgotten,
            noted,
        } = sums;
        (self.state, self.health, self.noted) = (state, health, noted);
        (self.present, self.forgotten) = (present, forgotten);
        self.state.elapsed = self.state.elapsed.max(age);
    }

    /// Adds a shard's batch. Returns the script errors that are new to the run, which
    /// are each logged once.
    pub fn absorb(&mut self, shard: usize, mut batch: Batch) -> Vec<ScriptError> {
        self.judge.absorb(shard, &batch);
        if self.forgotten.contains(&shard) {
            batch.users.clear();
            batch.away.clear();
            batch.health = None;
        }
        let state = &mut self.state;
        group_failures(&mut batch, state);
        for (series, totals) in &batch.totals.series {
            let of_type = state.interval.types.entry(series.kind).or_default();
            of_type.outcomes.add(&totals.outcomes());
        }
        for (kind, totals) in &batch.totals.types {
            let of_type = state.interval.types.entry(*kind).or_default();
            of_type.service.add(&totals.service);
            of_type.response.add(&totals.response);
        }
        let lag = Duration::from_micros(batch.totals.lag.max());
        state.interval.lag = state.interval.lag.max(lag);
        let peak = batch.peak_users.max(0).unsigned_abs();
        state.peak_users = state.peak_users.max(peak);
        let present = self.present.entry(shard).or_default();
        for (kind, version, delta) in batch.users {
            *present.users.entry((kind, version)).or_default() += delta;
            let versions = state.users.entry(kind).or_default();
            let users = versions.entry(version).or_default();
            *users += delta;
            // A version is removed with its last user, otherwise reloads would accumulate.
            if *users == 0 {
                versions.remove(&version);
            }
        }
        for (kind, delta) in batch.away {
            *present.away.entry(kind).or_default() += delta;
            *state.away.entry(kind).or_default() += delta;
        }
        for (how, users) in batch.moved {
            *state.reload_status.moved.entry(how).or_default() += users;
        }
        for note in batch.failures {
            self.noted += 1;
            state.failures.push(FailureNote {
                number: self.noted,
                ..note
            });
        }
        let surplus = state.failures.len().saturating_sub(MAX_NOTES);
        state.failures.drain(..surplus);
        if let Some(health) = batch.health {
            self.health.insert(shard, health);
        }
        let known = &state.totals.script_errors;
        let new = |error: &&ScriptError| {
            has_room(known, error.version)
                && !known
                    .iter()
                    .any(|one| one.said_by(error.version, &error.place, &error.message))
        };
        let said = batch
            .totals
            .script_errors
            .iter()
            .filter(new)
            .cloned()
            .collect();
        if let Some(measured) = state.measured.as_mut().filter(|one| one.since.is_some()) {
            measured.totals.add(batch.totals.clone());
        }
        state.totals.add(batch.totals);
        state.fold_versions();
        said
    }

    /// Sets the phase; [`Phase::Starting`] at first.
    pub fn phase(&mut self, phase: Phase) {
        self.state.phase = phase;
    }

    /// Sets the names of the types: new ones are only appended.
    pub fn types(&mut self, names: Vec<String>) {
        self.state.run.types = names;
    }

    /// The current settings.
    pub fn settings(&mut self, settings: Settings) {
        self.state.settings = settings;
    }

    /// Users planned, without incidents.
    pub fn users(&mut self, planned: u32) {
        self.state.run.users = u64::from(planned);
    }

    /// Why the run stops itself.
    pub fn stopped_by(&mut self, stop: StopReason) {
        self.state.stopped_by = Some(stop);
    }

    /// The protection status, to be changed.
    pub fn guard(&mut self) -> &mut Guard {
        &mut self.state.guard
    }

    /// What holds now, to be changed.
    pub fn conditions(&mut self) -> &mut Conditions {
        &mut self.state.conditions
    }

    /// What the run created and is still on the target, by kind.
    pub fn left_behind(&mut self, kinds: BTreeMap<String, u64>) {
        self.state.left_behind = kinds;
    }

    /// The reload status, to be changed.
    pub fn reload_status(&mut self) -> &mut ReloadStatus {
        &mut self.state.reload_status
    }

    /// What the plan has now: users, where they change with the run's time; arrivals a second, where sessions arrive; and
    /// the time of day of its curve.
    pub fn planned(
        &mut self,
        users: Option<f64>,
        arrivals: Option<f64>,
        time_of_day: Option<Duration>,
    ) {
        self.state.planned_users = users;
        self.state.planned_arrivals = arrivals;
        self.state.time_of_day = time_of_day;
    }

    /// What is left until the run ends, if it has an end.
    pub fn left(&mut self, left: Option<Left>) {
        self.state.left = left;
    }

    /// The newest version of a type.
    pub fn version(&mut self, kind: TypeId, version: u32) {
        self.state.versions.insert(kind, version);
    }

    /// The newest version of every existing type.
    pub fn versions(&mut self, all: BTreeMap<TypeId, u32>) {
        self.state.versions = all;
    }

    /// How the incidents stand; when each held is kept.
    pub fn incidents(&mut self, states: Vec<IncidentStatus>) {
        let mut before = std::mem::take(&mut self.state.incidents);
        let held = |mut state: IncidentStatus| {
            if let Some(known) = before.iter_mut().find(|known| known.name == state.name) {
                state.held = std::mem::take(&mut known.held);
            }
            state
        };
        self.state.incidents = states.into_iter().map(held).collect();
    }

    /// The incident of this name, to be changed.
    pub fn incident(&mut self, name: &str) -> &mut IncidentStatus {
        let incidents = &mut self.state.incidents;
        let known = incidents.iter().position(|one| one.name == name);
        let place = known.unwrap_or_else(|| {
            incidents.push(IncidentStatus {
                name: name.to_owned(),
                ..IncidentStatus::default()
            });
            incidents.len() - 1
        });
        &mut incidents[place]
    }

    /// What the machine of a worker says of itself, which has this shard.
    pub fn machine(&mut self, shard: usize, report: MachineReport) {
        self.judge.absorb_machine(shard, report);
    }

    /// How the workers of a run on several machines stand.
    pub fn cluster(&mut self, mut cluster: Cluster) {
        self.state.generator.uncounted = cluster.gap();
        self.state.generator.lost_workers = cluster.count(WorkerState::Lost) as u64;
        let before = self.state.conditions.cluster.as_ref();
        cluster.lost_arrivals = before.and_then(|before| before.lost_arrivals);
        self.state.conditions.cluster = Some(cluster);
    }

    /// Arrivals that were due on workers that are lost, and are in none of their reports; none where that is not known.
    pub fn lost_arrivals(&mut self, arrivals: Option<u64>) {
        if let Some(cluster) = &mut self.state.conditions.cluster {
            cluster.lost_arrivals = arrivals;
            self.state.generator.lost_arrivals = arrivals.unwrap_or(0);
        }
    }

    /// Counts one reload of the scripts by its result.
    pub fn reload(&mut self, result: &str) {
        *self.state.reloads.entry(result.to_owned()).or_default() += 1;
    }

    /// The last snapshot with the events since then; its counts and its interval are unchanged.
    pub fn news(&self, last: &Snapshot) -> Arc<Snapshot> {
        let state = &self.state;
        Arc::new(Snapshot {
            run: state.run.clone(),
            phase: state.phase,
            planned_users: state.planned_users,
            planned_arrivals: state.planned_arrivals,
            time_of_day: state.time_of_day,
            versions: state.versions.clone(),
            reloads: state.reloads.clone(),
            reload_status: state.reload_status.clone(),
            settings: state.settings.clone(),
            incidents: state.incidents.clone(),
            stopped_by: state.stopped_by.clone(),
            guard: state.guard.clone(),
            conditions: Conditions {
                phase_lasted: state.conditions.phase_lasted,
                deadline: state.conditions.deadline,
                has_cleaned: state.conditions.has_cleaned,
                ledger: state.conditions.ledger.clone(),
                cluster: state.conditions.cluster.clone(),
                ..last.conditions.clone()
            },
            ..last.clone()
        })
    }

    /// Takes a snapshot and starts a new interval; once a second. `elapsed` is the run's age.
    pub fn tick(&mut self, elapsed: Duration) -> Arc<Snapshot> {
        self.tick_after(elapsed, elapsed.saturating_sub(self.state.elapsed))
    }

    /// The same for an interval of `length`: setup, teardown and clean-up take time that is not
    /// part of the run's age.
    pub fn tick_after(&mut self, elapsed: Duration, length: Duration) -> Arc<Snapshot> {
        let since = elapsed.saturating_sub(self.state.elapsed);
        self.state.elapsed = elapsed;
        self.state.interval.seconds = length.as_secs_f64();
        self.state.health = self
            .health
            .values()
            .copied()
            .fold(Health::default(), add_health);
        self.judge.judge(&mut self.state, since);
        let alive = self.state.users_alive().max(0).unsigned_abs();
        self.state.peak_users = self.state.peak_users.max(alive);
        let snapshot = Arc::new(self.state.clone());
        if let Some(measured) = &mut self.state.measured
            && measured.since.is_none()
            && elapsed >= measured.warm_up
        {
            measured.begin(elapsed, &self.state.totals);
        }
        self.state.interval = crate::metrics::Interval {
            number: snapshot.interval.number + 1,
            ..crate::metrics::Interval::default()
        };
        snapshot
    }
}
