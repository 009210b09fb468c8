//! A run as its readers see it: made once from a snapshot, read by everything that reports.
//!
//! Comes in: a [`Snapshot`]. Goes out: a [`RunView`], plain data with names in place of ids and seconds as floats, in names
//! that end in `_seconds`, of which [`Views`] makes one for all readers and [`History`] keeps the charts' figures; and
//! [`format`], the one way in which figures are written for people.
//! Must never know: who reads it, terminals, files, sockets.

mod buckets;
pub mod format;
mod generator;
mod history;
mod latency;
mod live;
mod load;
mod protection;
mod reload_status;
mod run;
mod scripts;
mod views;

use serde::Serialize;

use crate::metrics::Snapshot;

/// What a view says in the words of the counts.
pub use crate::metrics::{
    BUILT_IN, BreakerState, CustomKind, Histogram, MOVES, Phase, RELOAD_RESULTS, Settings,
    StopCause,
};
pub use buckets::Buckets;
pub use generator::{Generator, Lag, NotSent};
pub use history::{Added, History, MAX_MOMENTS, Moment, Times};
pub use latency::Latency;
pub use live::{Health, Interval, Left, Live, Note};
pub use load::{
    Endpoint, ErrorKind, LiveType, Load, Outcomes, Reason, Requests, Series, Sessions, UserType,
    Version,
};
pub use protection::{Breaker, BreakerWaits, Degradation, Protection, Waits};
pub use reload_status::{Canary, Event, Fault, Previous, Refusal, Reload, ReloadStatus};
pub use run::{Ending, Run, StoppedBy};
pub use scripts::{Check, Figures, Metric, MetricValue, ScriptError, Scripts};
pub use views::Views;

/// A run at one moment. Serialized it is the JSON summary (`docs/summary.schema.json`).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// What is known of it from the start.
    pub run: Run,
    /// What holds only now, and is in no summary.
    #[serde(skip)]
    pub live: Live,
    /// How throng itself kept up.
    pub generator: Generator,
    /// How it ended.
    #[serde(flatten)]
    pub ending: Ending,
    /// What was sent, and what came of it.
    #[serde(flatten)]
    pub load: Load,
    /// What was done to spare the target.
    pub protection: Protection,
    /// By type of user.
    pub types: Vec<UserType>,
    /// By method and name.
    pub endpoints: Vec<Endpoint>,
    /// By type, method and name; in no summary, which would be long.
    #[serde(skip)]
    pub series: Vec<Series>,
    /// What the scripts said.
    #[serde(flatten)]
    pub scripts: Scripts,
    /// The scripts as they are, and how they came to be so.
    pub reload_status: ReloadStatus,
    /// What can be changed while the run is out.
    pub settings: Settings,
}

impl RunView {
    /// What a snapshot says.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            run: Run::of(snapshot),
            live: Live::of(snapshot),
            generator: Generator::of(snapshot),
            ending: Ending::of(snapshot),
            load: Load::of(snapshot),
            protection: Protection::of(snapshot),
            types: load::types(snapshot),
            endpoints: load::endpoints(snapshot),
            series: load::series(snapshot),
            scripts: Scripts::of(snapshot),
            reload_status: ReloadStatus::of(snapshot),
            settings: snapshot.settings.clone(),
        }
    }
}
