//! A run as its readers see it: made once from a snapshot, read by everything that reports.
//!
//! Comes in: a [`Snapshot`](crate::metrics::Snapshot). Goes out: a [`RunView`], plain data with names in place of ids and seconds as floats, in names
//! that end in `_seconds`, of which [`Views`] makes one for all readers and [`History`] keeps the charts' figures; and
//! [`format`], the one way in which figures are written for people.
//! Must never know: who reads it, terminals, files, sockets.

mod baseline;
mod buckets;
mod cluster;
mod coverage;
mod errors;
mod exponential;
mod failure_groups;
pub mod format;
mod generator;
mod history;
mod incident;
mod latency;
mod live;
mod load;
mod outputs;
mod parts;
mod people;
mod protection;
mod reload_status;
mod run;
mod run_view;
mod scripts;
mod sessions;
mod status;
mod steps;
mod views;

/// What a view says in the words of the counts.
pub use crate::metrics::{
    BUILT_IN, BreakerState, CustomKind, Exit, ExitKind, ExitReason, GeneratorVerdict, Histogram,
    MOVES, OverloadReason, Phase, RELOAD_RESULTS, Settings, StopCause, Threshold, ThresholdResult,
    WorkerState, exit,
};
pub use crate::metrics::{
    LevelUnit, Search, SearchPhase, SearchResult, SearchTrial, TrialFigure, TrialResult,
};
pub use baseline::{Baseline, BaselineChange};
pub use buckets::Buckets;
pub use cluster::Cluster;
pub use coverage::{
    Coverage, CoverageRule, CoverageShare, OperationCoverage, OutsideRequest, ParameterCoverage,
    SchemaMismatch, StatusCoverage, TypeCoverage, UndocumentedStatus,
};
pub use errors::ErrorKind;
pub use exponential::{Exponential, ExponentialRow};
pub use failure_groups::FailureGroup;
pub use generator::{Generator, GeneratorReason, Lag, NotSent, verdict_sentence};
pub use history::{Added, Arriving, History, MAX_MOMENTS, Moment, Times};
pub use incident::{Held, Incident};
pub use latency::Latency;
pub use live::{Health, Interval, Left, Live, Note};
pub use load::{Endpoint, LiveType, Load, Outcomes, Requests, Series, UserType, Version};
pub use outputs::{OutputReporter, OutputStatus, OutputStatuses};
pub use parts::{Part, Parts};
pub use people::{Arrivals, Dropped, People};
pub use protection::{Breaker, BreakerWaits, Degradation, Protection, Waits};
pub use reload_status::{Canary, Event, Fault, Previous, Refusal, Reload, ReloadStatus};
pub use run::{Ending, Run, StoppedBy};
pub use run_view::RunView;
pub use scripts::{Check, Figures, Metric, MetricValue, ScriptError, Scripts};
pub use sessions::{Reason, Sessions};
pub use status::{Level, Place, StatusKind, StatusLine};
pub use steps::{Ended, Journey, LostAt, Results, Step};
pub use views::Views;
