//! What the run measures.
//!
//! Comes in: [`Sample`]s and other facts, told to the [`Recorder`] of the shard that saw them.
//! Goes out: a [`Batch`] a second from each shard, added up by the [`Hub`] into a [`Snapshot`],
//! plain data that anything may read.
//! Must never know: Lua, HTTP, clocks of the run, or who reads the snapshots.
//!
//! One rule carries the room: everything that is counted is a [`Totals`], and totals add up. A
//! batch is the totals of one shard and one interval; a run is the sum of its batches; a run on
//! several machines is the sum of their snapshots.

mod batch;
mod bins;
mod catalogue;
mod check;
mod cpu;
mod custom;
mod declared;
mod difference;
mod failure;
mod generation;
mod generator;
mod histogram;
mod history;
mod hub;
mod interval;
mod lineage;
mod pairs;
mod recorder;
mod reloading;
mod restraint;
mod sample;
mod script_error;
mod series;
mod session;
mod snapshot;
mod spread;
mod stop;
mod tally;
mod totals;

pub use batch::{Batch, Health};
pub use check::Check;
pub use custom::{Custom, CustomError, CustomKind, CustomValue, Declaration, MAX_LABEL_SETS};
pub use declared::MetricId;
pub use difference::{Rate, lower_bound, upper_bound};
pub use failure::{Example, Failure, FailureKind, FailureNote};
pub use generation::{GenerationTotals, MAX_GENERATIONS};
pub use generator::{Generator, LAG_LIMIT, THREAD_LIMIT};
pub use histogram::{Histogram, LONGEST};
pub use history::{History, Kept, MAX_MOMENTS, Moment};
pub use hub::{BUILT_IN, Hub, RunInfo};
pub use interval::{Interval, IntervalType};
pub use lineage::Generation;
pub use recorder::{Recorder, Wording};
pub use reloading::{
    Canary, Event, MAX_EVENTS, MOVES, RELOAD_RESULTS, Refusal, Reload, Reloading, Settings,
};
pub use restraint::{Breaker, BreakerState, Guard, MAX_SCOPES, Restraint, Scope, Waits};
pub use sample::{Outcome, Outcomes, PHASES, Sample, SeriesId, TypeId};
pub use script_error::{ScriptError, ScriptFault};
pub use series::{MAX_METHODS, MAX_NAMES, OTHER, Series, SeriesTotals};
pub use session::{SessionResult, Sessions};
pub use snapshot::{Endpoint, Left, Phase, Snapshot};
pub use spread::Spread;
pub use stop::{Stop, StopCause};
pub use totals::{Totals, TypeTotals};
