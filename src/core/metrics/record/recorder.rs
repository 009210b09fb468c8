//! The shard's own counters: no locks, and memory that does not grow with the run.

use std::borrow::Cow;
use std::cell::Cell;
use std::marker::PhantomData;
use std::time::Duration;

use rustc_hash::FxHashSet;

use super::counts::CountsByType;
use super::coverage_recorder::CoverageRecorder;
use super::custom_recorder::CustomRecorder;
use super::redaction::{Redaction, redacted};
use super::series_index::{SeriesIndex, bounded};
use super::steps::Steps;
use super::users::Users;
use crate::metrics::model::bounds::{MAX_WORDS, bounded_entry};
use crate::metrics::model::failure::{MAX_FIRST_NOTES, MAX_NOTES};
use crate::metrics::model::script_error::{add_script_error, has_room, remember};
use crate::metrics::{
    Batch, CustomError, Declaration, DropReason, Example, FailureKind, FailureNote, Health,
    JourneyEnd, MetricId, OperationRef, Origin, Outcome, People, Protection, Records, Sample,
    ScriptError, ScriptFault, Series, SeriesId, SeriesTotals, SessionResult, StepId, StepResult,
    Totals, TypeId,
};

/// Failure kinds of a series for which an example is kept.
const MAX_EXAMPLES: usize = 32;

/// Counts the events of one shard; [`Recorder::take`] returns the counts and starts again from zero.
#[derive(Default)]
pub struct Recorder {
    known_series: SeriesIndex,
    slots: Vec<Slot>,
    /// The slots that counted something since the last batch.
    touched: Vec<u32>,
    types: CountsByType,
    steps: Steps,
    users: Users,
    custom: CustomRecorder,
    pub(super) coverage: CoverageRecorder,
    /// Errors that were reported before, whether or not they happened again.
    said: Vec<ScriptError>,
    /// Rare events, counted directly in the form of a batch.
    rest: Totals,
    notes: Vec<FailureNote>,
    /// What outputs are to get of single requests.
    pub(super) records: Records,
    /// Reasons for which scripts judge responses to be failures.
    reasons: FxHashSet<Box<str>>,
    health: Option<Health>,
    pub(super) redaction: Option<Redaction>,
    /// One recorder belongs to one shard.
    not_sync: PhantomData<Cell<()>>,
}

#[derive(Default)]
struct Slot {
    /// As in the index; kept here to save a cache line.
    kind: TypeId,
    totals: SeriesTotals,
    touched: bool,
    /// Failures with an example in this run.
    exemplified: Vec<(Outcome, FailureKind)>,
}

impl Recorder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Redacts the texts of scripts and responses: names, labels, reasons, examples, errors.
    #[must_use]
    pub fn redacted(mut self, redaction: Redaction) -> Self {
        self.redaction = Some(redaction);
        self
    }

    /// The redacted form of a new text.
    fn word<'a>(&self, text: &'a str) -> Cow<'a, str> {
        redacted(self.redaction.as_ref(), text)
    }

    /// The series of these requests; beyond [`MAX_NAMES`](crate::metrics::MAX_NAMES) names, that of
    /// [`OTHER`](crate::metrics::OTHER).
    pub fn series(&mut self, kind: TypeId, operation: OperationRef<'_>) -> SeriesId {
        let index = match self.known_series.find(kind, operation) {
            Some(index) => index,
            None => self.new_series(kind, operation),
        };
        if self.slots.len() <= index as usize {
            // Indices are assigned consecutively.
            let kind = self.known_series.get(index).kind;
            self.slots.push(Slot {
                kind,
                ..Slot::default()
            });
        }
        SeriesId(index)
    }

    /// A redacted name is looked up by its original text each time: there are few of them.
    #[cold]
    fn new_series(&mut self, kind: TypeId, operation: OperationRef<'_>) -> u32 {
        let (verb, name) = (self.word(operation.verb), self.word(operation.name));
        let operation = OperationRef {
            verb: &verb,
            name: &name,
            ..operation
        };
        self.known_series.add(kind, operation)
    }

    /// Every known series, by number.
    pub fn known(&self) -> &[Series] {
        self.known_series.all()
    }

    /// Protection counts since the last batch, to be added to.
    pub fn protection(&mut self) -> &mut Protection {
        &mut self.rest.protection
    }

    /// Counts one request that ended. `example` describes it in one line; it is called only for the
    /// first failure of a kind in a series, and for the last few failures.
    pub fn record<E: Into<Example>>(&mut self, sample: &Sample, example: impl FnOnce() -> E) {
        self.count(sample);
        if sample.outcome.failed() {
            self.failure(
                sample,
                FailureKind::of(sample.status, sample.error),
                example,
            );
        }
    }

    /// Counts one request whose response its script judged to be a failure, for a reason of its own.
    pub fn record_judged<E: Into<Example>>(
        &mut self,
        sample: &Sample,
        reason: &str,
        example: impl FnOnce() -> E,
    ) {
        self.count(sample);
        let reason = redacted(self.redaction.as_ref(), reason);
        let reason = bounded(&mut self.reasons, MAX_WORDS, &reason).to_owned();
        let status = sample.status;
        self.failure(sample, FailureKind::Judged { status, reason }, example);
    }

    fn count(&mut self, sample: &Sample) {
        let index = sample.series.0;
        let slot = &mut self.slots[index as usize];
        if !slot.touched {
            slot.touched = true;
            self.touched.push(index);
        }
        slot.totals.record(sample);
        self.types.of(slot.kind).record(sample);
    }

    #[cold]
    fn failure<E: Into<Example>>(
        &mut self,
        sample: &Sample,
        kind: FailureKind,
        example: impl FnOnce() -> E,
    ) {
        let slot = &mut self.slots[sample.series.0 as usize];
        let first = slot.exemplified.len() < MAX_EXAMPLES
            && !slot
                .exemplified
                .iter()
                .any(|(outcome, seen)| (*outcome, seen) == (sample.outcome, &kind));
        let room = if first { MAX_FIRST_NOTES } else { MAX_NOTES };
        let noted = self.notes.len() < room;
        let redaction = self.redaction.as_ref();
        let word = |text: &str| redacted(redaction, text).into_owned();
        let example: Option<Example> = (first || noted).then(|| example().into());
        let text = example.as_ref().map(|example| word(&example.line));
        let failure = slot.totals.failures.entry(kind.clone()).or_default();
        failure.count += 1;
        if first {
            slot.exemplified.push((sample.outcome, kind.clone()));
        }
        if let (Some(text), Some(example)) = (&text, &example) {
            // One of a sampled trace may come after the first.
            let trace = example.trace.as_ref();
            let is_sampled = trace.is_some_and(|trace| trace.is_sampled);
            if (first || is_sampled) && failure.prefers(trace) {
                failure.example = Some(text.clone());
                failure.trace = trace.cloned();
            }
        }
        if let (true, Some(text), Some(example)) = (noted, text, example) {
            let (request, response) = (word(&example.request), word(&example.response));
            let series = self.known_series.get(sample.series.0).clone();
            self.notes.push(FailureNote {
                number: 0,
                kind: series.kind,
                operation: series.operation,
                outcome: sample.outcome,
                failure: kind,
                text,
                request,
                response,
                trace: example.trace,
                at: Duration::ZERO,
                service: sample.service,
                version: sample.version,
                origin: Origin {
                    user: example.origin.user,
                    step: example.origin.step.as_deref().map(word),
                    place: example.origin.place.as_deref().map(word),
                },
            });
        }
    }

    /// Counts one request that this machine could not send for lack of descriptors or ports.
    pub fn not_sent(&mut self, why: &str) {
        let why = self.word(why).into_owned();
        *bounded_entry(&mut self.rest.not_sent, &why) += 1;
    }

    /// Counts one session that ended.
    pub fn session(&mut self, kind: TypeId, result: SessionResult<'_>) {
        let sessions = &mut self.types.of(kind).totals.sessions;
        match result {
            SessionResult::Completed => sessions.completed += 1,
            SessionResult::Interrupted => sessions.interrupted += 1,
            SessionResult::Failed(reason) => {
                sessions.failed += 1;
                let reason = redacted(self.redaction.as_ref(), reason);
                *bounded_entry(&mut self.rest.failed_sessions, &reason) += 1;
            }
        }
    }

    /// Counts one arrival, and how late it was let in.
    pub fn arrival(&mut self, kind: TypeId, late: Duration) {
        self.types.of(kind).totals.arrivals.count(late);
    }

    /// Counts one wait for the pace of a type: how long it was to be, and how much longer it was.
    pub fn paced(&mut self, kind: TypeId, pace: Duration, late: Duration) {
        self.types.of(kind).totals.paced.count(pace, late);
    }

    /// Counts an arrival, which was counted before, as one that begins no session.
    pub fn dropped(&mut self, kind: TypeId, why: DropReason) {
        self.types.of(kind).totals.arrivals.drop_one(why);
    }

    /// Who begins sessions and who is lost, to be added to.
    pub fn people(&mut self, kind: TypeId) -> &mut People {
        &mut self.types.of(kind).totals.people
    }

    /// Users that went away between two sessions, or came back, below zero.
    pub fn away(&mut self, kind: TypeId, delta: i32) {
        self.users.away(kind, i64::from(delta));
    }

    /// Users that started (or left, below zero), by their version.
    pub fn users(&mut self, kind: TypeId, version: u32, delta: i32) {
        self.users.change(kind, version, i64::from(delta));
    }

    /// Counts one error of a script. True for the first of its version, place and message in
    /// this recorder; [`Aggregator::absorb`](crate::metrics::Aggregator::absorb) returns those that are new to the run.
    pub fn script_error(&mut self, fault: ScriptFault<'_>) -> bool {
        let (place, message) = (self.word(fault.place), self.word(fault.message));
        let traceback = self.word(fault.traceback);
        let fault = ScriptFault {
            place: &place,
            message: &message,
            traceback: &traceback,
            ..fault
        };
        let error = ScriptError::first(&fault);
        let new = !self
            .said
            .iter()
            .any(|said| said.said_by(fault.version, fault.place, fault.message));
        let first = new && has_room(&self.said, fault.version);
        if first {
            remember(&mut self.said, error.clone());
        }
        let tally = self.types.of(fault.kind);
        tally.version(fault.version).script_errors += 1;
        add_script_error(&mut self.rest.script_errors, error);
        first
    }

    /// Counts one step that ended, successfully or not, for its version.
    pub fn step(&mut self, kind: TypeId, version: u32) {
        self.types.of(kind).version(version).steps += 1;
    }

    /// The step of this name; beyond [`MAX_STEP_NAMES`](crate::metrics::MAX_STEP_NAMES) names of steps and journeys, that of
    /// [`OTHER`](crate::metrics::OTHER).
    pub fn step_id(&mut self, kind: TypeId, name: &str) -> StepId {
        self.steps.id(kind, name, self.redaction.as_ref())
    }

    /// Counts one run of a step, also one that was cancelled; `duration` is without the user's pauses.
    pub fn step_ended(&mut self, step: StepId, result: StepResult, duration: Duration) {
        self.steps.ended(step, result, duration);
    }

    /// Counts one journey that began.
    pub fn journey_begun(&mut self, kind: TypeId, name: &str) {
        let redaction = self.redaction.as_ref();
        self.steps.journey_begun(kind, name, redaction);
    }

    /// Counts one journey that ended; `duration` is with the user's pauses.
    pub fn journey_ended(
        &mut self,
        kind: TypeId,
        name: &str,
        end: JourneyEnd<'_>,
        duration: Duration,
    ) {
        let (how, redaction) = ((end, duration), self.redaction.as_ref());
        self.steps.journey_ended(kind, name, how, redaction);
    }

    /// Counts a user that moved to another version: `copied`, `migrated` or `restarted`.
    pub fn moved(&mut self, how: &'static str) {
        self.users.moved(how);
    }

    /// Counts one result of a script's check.
    pub fn check(&mut self, name: &str, ok: bool) {
        if let Some(check) = self.rest.checks.get_mut(name) {
            return check.count(ok);
        }
        let name = self.word(name).into_owned();
        bounded_entry(&mut self.rest.checks, &name).count(ok);
    }

    /// Declares a metric of a script; repeated declarations return the same metric.
    pub fn declare(&mut self, declaration: Declaration) -> Result<MetricId, CustomError> {
        self.custom.declare(declaration, self.redaction.as_ref())
    }

    /// Records a value: a counter adds it, a gauge is set to it, a histogram counts it.
    pub fn update(
        &mut self,
        metric: MetricId,
        labels: &[&str],
        value: f64,
    ) -> Result<(), CustomError> {
        self.custom
            .update(metric, labels, value, self.redaction.as_ref())
    }

    /// Records the lag of a timer.
    pub fn lag(&mut self, lag: Duration) {
        self.rest.lag.record(lag);
    }

    /// Reports the health of the shard; may be called more than once a second.
    pub fn health(&mut self, health: Health) {
        self.lag(health.lag);
        self.health = Some(health);
    }

    /// The counts since the last call.
    pub fn take(&mut self) -> Batch {
        let mut totals = std::mem::take(&mut self.rest);
        for index in self.touched.drain(..) {
            let slot = &mut self.slots[index as usize];
            slot.touched = false;
            let series = self.known_series.get(index).clone();
            totals
                .series
                .insert(series, std::mem::take(&mut slot.totals));
        }
        totals.types.extend(self.types.take());
        self.steps.take(&mut totals);
        totals.custom = self.custom.take();
        totals.coverage = self.coverage.take();
        let users = self.users.take();
        Batch {
            totals,
            users: users.changes,
            away: users.away,
            peak_users: users.peak,
            moved: users.moved,
            failures: std::mem::take(&mut self.notes),
            records: std::mem::take(&mut self.records),
            health: self.health.take(),
        }
    }
}
