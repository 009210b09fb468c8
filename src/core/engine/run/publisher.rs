//! Publishes the snapshots of a run: adds up batches, keeps events.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::engine::command::{Done, Initiator};
use crate::engine::release::Deployment;
use crate::metrics::{
    Aggregator, Batch, Breaker, Canary, Cluster, Deadline, Event, IncidentStatus, LedgerTrouble,
    Left, MachineReport, Phase, RecordSink, Refusal, Reload, Scope, ScriptError, Settings,
    Snapshot, StopReason, Sums, TypeId,
};
use crate::secrets::Masker;

/// The only one that publishes snapshots of a run.
pub struct Publisher {
    aggregator: Aggregator,
    snapshots: watch::Sender<Arc<Snapshot>>,
    secrets: Arc<Masker>,
    /// Where single requests go.
    records: Option<RecordSink>,
    /// Who does what is being done to the run.
    by: Initiator,
    /// When the phase began.
    phase_began: Option<Instant>,
    /// What workers left on the target, by kind.
    elsewhere: BTreeMap<String, u64>,
}

impl Publisher {
    pub fn new(
        aggregator: Aggregator,
        snapshots: watch::Sender<Arc<Snapshot>>,
        secrets: Arc<Masker>,
        records: Option<RecordSink>,
    ) -> Self {
        Self {
            aggregator,
            snapshots,
            secrets,
            records,
            by: Initiator::Run,
            phase_began: None,
            elsewhere: BTreeMap::new(),
        }
    }

    /// What was added up so far.
    pub fn sums(&self) -> Sums {
        self.aggregator.sums()
    }

    /// What workers left on the target, by kind.
    pub fn elsewhere(&self) -> &BTreeMap<String, u64> {
        &self.elsewhere
    }

    /// Goes on with what another process had added up, at this age of the run.
    pub fn resume(&mut self, sums: Sums, age: Duration, elsewhere: BTreeMap<String, u64>) {
        self.aggregator.resume(sums, age);
        self.elsewhere = elsewhere;
    }

    /// The snapshot that was published last.
    pub fn last(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }

    /// From now on events are of this one.
    pub fn act_for(&mut self, by: Initiator) {
        self.by = by;
    }

    /// Adds what a shard counted; gives the script errors that are new.
    pub fn absorb(&mut self, shard: usize, mut batch: Batch) -> Vec<ScriptError> {
        let records = std::mem::take(&mut batch.records);
        if let Some(sink) = self.records.as_ref().filter(|_| !records.is_empty()) {
            sink(records);
        }
        self.aggregator.absorb(shard, batch)
    }

    /// Ends an interval of this length, at this age of the run; the snapshot is not published yet.
    pub fn end_interval(&mut self, now: Instant, age: Duration, length: Duration) -> Arc<Snapshot> {
        let began = self.phase_began.unwrap_or(now);
        self.aggregator.conditions().phase_lasted = now.saturating_duration_since(began);
        self.aggregator.tick_after(age, length)
    }

    /// Publishes a snapshot.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        self.snapshots.send_replace(snapshot);
    }

    /// Publishes what was done to the run since the last snapshot; its counts stay as they were.
    pub fn publish_news(&self) {
        let news = self.aggregator.news(&self.last());
        self.publish(news);
    }

    /// What the run is doing from `now` on.
    pub fn phase(&mut self, phase: Phase, now: Instant) {
        self.phase_began = Some(now);
        let conditions = self.aggregator.conditions();
        (conditions.phase_lasted, conditions.deadline) = (Duration::ZERO, None);
        conditions.has_cleaned |= phase == Phase::Cleaning;
        self.aggregator.phase(phase);
    }

    /// What a run that ends does next, and in how long.
    pub fn deadline(&mut self, deadline: Option<(Deadline, Duration)>) {
        self.aggregator.conditions().deadline = deadline;
    }

    /// The ledger cannot be written.
    pub fn ledger_trouble(&mut self, trouble: LedgerTrouble) {
        let why = self.secrets.text(&trouble.why).into_owned();
        self.aggregator.conditions().ledger = Some(LedgerTrouble { why, ..trouble });
    }

    /// What is left of the run.
    pub fn left(&mut self, left: Option<Left>) {
        self.aggregator.left(left);
    }

    /// What the plan has now: users, where they change with the run's time; arrivals a second, where sessions arrive; and
    /// the time of day of its curve.
    pub fn planned(
        &mut self,
        users: Option<f64>,
        arrivals: Option<f64>,
        time_of_day: Option<Duration>,
    ) {
        self.aggregator.planned(users, arrivals, time_of_day);
    }

    /// What the run created and is still on the target, by kind.
    pub fn left_behind(&mut self, mut kinds: BTreeMap<String, u64>) {
        for (kind, count) in &self.elsewhere {
            *kinds.entry(kind.clone()).or_default() += count;
        }
        self.aggregator.left_behind(kinds);
    }

    /// What workers could not delete is still there, too, by kind.
    pub fn left_elsewhere(&mut self, kinds: BTreeMap<String, u64>) {
        for (kind, count) in kinds {
            *self.elsewhere.entry(kind).or_default() += count;
        }
    }

    /// What the machine of a worker says of itself, which has this shard.
    pub fn machine(&mut self, shard: usize, report: MachineReport) {
        self.aggregator.machine(shard, report);
    }

    /// How the workers of the run stand.
    pub fn cluster(&mut self, cluster: Cluster) {
        self.aggregator.cluster(cluster);
    }

    /// Arrivals that were due on shards that are lost, and are in none of their reports; none where that is not known.
    pub fn lost_arrivals(&mut self, arrivals: Option<u64>) {
        self.aggregator.lost_arrivals(arrivals);
    }

    /// Why the run ends itself.
    pub fn stopped_by(&mut self, stop: StopReason) {
        self.aggregator.stopped_by(stop);
    }

    /// A shard is lost, and with it who was there.
    pub fn forget(&mut self, shard: usize) {
        self.aggregator.forget(shard);
    }

    /// How the circuit breakers stand.
    pub fn breakers(&mut self, breakers: BTreeMap<Scope, Breaker>) {
        self.aggregator.guard().breakers = breakers;
    }

    /// How much is left out.
    pub fn shed_level(&mut self, level: u8) {
        self.aggregator.guard().level = level;
    }

    /// How the incidents stand.
    pub fn incidents(&mut self, states: Vec<IncidentStatus>) {
        self.aggregator.incidents(states);
    }

    /// An incident holds from this age of the run on.
    pub fn incident_began(&mut self, name: &str, at: Duration) {
        self.aggregator.incident(name).begin(at);
    }

    /// An incident is over at this age of the run.
    pub fn incident_ended(&mut self, name: &str, at: Duration) {
        self.aggregator.incident(name).end(at);
    }

    /// Counts a reload by its result.
    pub fn count_reload(&mut self, result: &str) {
        self.aggregator.reload(result);
    }

    /// The folders as they are now were refused.
    pub fn refused(&mut self, refusal: Refusal) {
        self.aggregator.reload_status().refusal = Some(refusal);
    }

    /// The folders as they are now are accepted; whether they were refused before.
    pub fn take_refusal(&mut self) -> bool {
        self.aggregator.reload_status().refusal.take().is_some()
    }

    /// A change of scripts is on its way to the users.
    pub fn reload_begins(&mut self, reload: Reload) {
        self.aggregator.reload_status().last = Some(reload);
    }

    /// The last user has moved to what was published last, after so long.
    pub fn reload_ends(&mut self, took: Duration) {
        if let Some(last) = &mut self.aggregator.reload_status().last {
            last.took = Some(took);
        }
    }

    /// How the canary stands.
    pub fn canary(&mut self, canary: Option<Canary>) {
        self.aggregator.reload_status().canary = canary;
    }

    /// What is played from now on, and the settings.
    pub fn deployed(
        &mut self,
        deployment: &Deployment,
        playing: BTreeMap<TypeId, u32>,
        settings: Settings,
    ) {
        let canary = deployment.canary_view(&self.last());
        let releases = deployment.releases();
        self.aggregator.types(releases.names());
        self.aggregator.users(releases.base_settings().users());
        self.aggregator.settings(settings);
        self.aggregator.versions(playing);
        let status = self.aggregator.reload_status();
        status.rolled_back = releases.is_rolled_back();
        status.release = releases.release();
        status.previous = releases.previous();
        status.canary = canary;
    }

    /// Keeps an event, at this age of the run, and writes it to the log.
    pub fn announce(&mut self, at: Duration, what: &str, text: &str) -> Done {
        tracing::info!(target: "throng::run", "{what}: {text}");
        self.record(at, what, text);
        Done(text.to_owned())
    }

    /// Keeps an event that is in the log already.
    pub fn record(&mut self, at: Duration, what: &str, text: &str) {
        let event = Event {
            at,
            what: what.to_owned(),
            by: self.by.as_str().to_owned(),
            text: self.secrets.text(text).into_owned(),
        };
        self.aggregator.reload_status().event(event);
    }
}
