//! A run as its readers see it: made once from a snapshot, read by everything that reports.
//!
//! Comes in: a [`Snapshot`]. Goes out: a [`RunView`], plain data with names in place of ids and seconds as floats, in names
//! that end in `_seconds`; and [`format`], the one way in which figures are written for people.
//! Must never know: who reads it, terminals, files, sockets.

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

use serde::{Deserialize, Serialize};

use crate::metrics::{Settings, Snapshot};

pub use generator::{Generator, Lag, NotSent};
pub use history::{Added, History, MAX_MOMENTS, Moment};
pub use latency::Latency;
pub use live::{Health, Left, Live, Note};
pub use load::{
    Endpoint, ErrorKind, LiveType, Load, Outcomes, Reason, Requests, Sessions, UserType, Version,
    errors,
};
pub use protection::{Breaker, BreakerWaits, Degradation, Protection, Waits};
pub use reload_status::{Canary, Event, Fault, Previous, Refusal, Reload, ReloadStatus};
pub use run::{Ending, Run, StoppedBy};
pub use scripts::{Check, Metric, MetricValue, ScriptError, Scripts};

/// A run at one moment. Serialized it is the JSON summary (`docs/summary.schema.json`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
            scripts: Scripts::of(snapshot),
            reload_status: ReloadStatus::of(snapshot),
            settings: snapshot.settings.clone(),
        }
    }
}
