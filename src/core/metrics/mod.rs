//! Metrics of a run.
//!
//! In: [`Sample`]s and other facts, reported to the [`Recorder`] of their shard.
//! Out: a [`Batch`] per second from each shard, added up by the [`Aggregator`] into a [`Snapshot`],
//! plain data that anything may read.
//! It must never know: Lua, HTTP, clocks of the run, or who reads the snapshots.
//!
//! The main rule: everything that is counted is a [`Totals`], and totals add up. A
//! batch is the totals of one shard and one interval; a run is the sum of its batches; a run on
//! several machines is the sum of their snapshots.

mod aggregate;
mod model;
mod record;
mod stats;

pub use aggregate::aggregator::Aggregator;
pub use aggregate::machine::MachineMeter;
pub use aggregate::sums::Sums;
pub use aggregate::version_view::Version;
pub use model::arrivals::{Arrivals, DropReason, LATE_ARRIVAL};
pub use model::batch::{Batch, Health};
pub use model::bounds::{MAX_METHODS, MAX_NAMES, MAX_STEP_NAMES, OTHER};
pub use model::check::Check;
pub use model::cluster::{Cluster, Worker, WorkerState};
pub use model::conditions::{
    Conditions, Deadline, Dropping, Failing, FailingGroup, LedgerTrouble, RuleProgress,
    ScriptsFailing, SessionsFailing, Silence,
};
pub use model::coverage::{Coverage, Mismatch, MismatchKey};
pub use model::custom::{
    Custom, CustomError, CustomKind, CustomValue, Declaration, MAX_LABEL_SETS,
};
pub use model::exit::{self, Exit, ExitKind, ExitReason};
pub use model::failure::{Example, Failure, FailureKind, FailureNote, Origin, Trace};
pub use model::failure_group::{FailureGroup, FailureGroupKey, MAX_FAILURE_GROUPS, Timeline};
pub use model::generator::{Generator, Planned};
pub use model::generator_verdict::{
    DOUBTFUL_SHARE, GeneratorVerdict, INVALID_SHARE, LEAST_JUDGED_SECONDS, LEAST_SENT,
};
pub use model::incident::IncidentStatus;
pub use model::interval::{Interval, IntervalType};
pub use model::journey::{JourneyEnd, JourneyTotals};
pub use model::machine_report::MachineReport;
pub use model::measured::Measured;
pub use model::operation::{Operation, OperationRef, Protocol};
pub use model::overload::{OverloadReason, THREAD_LIMIT};
pub use model::paced::{LAG_LIMIT, Paced};
pub use model::people::People;
pub use model::phases::{MAX_PHASES, PhaseNames, PhaseTotals, Phases};
pub use model::protection::{Breaker, BreakerState, Guard, MAX_SCOPES, Protection, Scope, Waits};
pub use model::records::{
    Capture, RecordSink, Records, RequestRecord, SpanIds, SpanKind, SpanRecord,
};
pub use model::reload_status::{
    Canary, Event, MAX_EVENTS, MOVES, RELOAD_RESULTS, Refusal, Reload, ReloadStatus, Settings,
};
pub use model::run_info::{BUILT_IN, RunInfo};
pub use model::sample::{Outcome, Outcomes, Sample, SeriesId, TypeId};
pub use model::script_error::{ScriptError, ScriptFault};
pub use model::search::{
    LevelUnit, Search, SearchPhase, SearchResult, SearchTrial, TrialFigure, TrialResult,
};
pub use model::series::{Series, SeriesTotals};
pub use model::session::{SessionResult, Sessions};
pub use model::snapshot::{Endpoint, Left, Phase, Snapshot};
pub use model::status::Status;
pub use model::step::{StepId, StepResult, StepResults, StepTotals};
pub use model::stop_reason::{StopCause, StopReason};
pub use model::threshold::{Threshold, ThresholdResult};
pub use model::totals::{Totals, TypeTotals};
pub use model::version::{MAX_VERSIONS, VersionTotals};
pub use record::custom_recorder::MetricId;
pub use record::recorder::Recorder;
pub use record::redaction::Redaction;
pub use stats::bins::Bins;
pub use stats::histogram::{Histogram, LONGEST};
pub use stats::newcombe::{Rate, lower_bound, upper_bound};
pub use stats::percentile::{interval_ranks, least_samples};
pub use stats::sparse_histogram::SparseHistogram;
