//! What will run, as plain data.
//!
//! In: parsed values. Out: a [`Plan`], all its faults at once, and the division of
//! users (how many of each type, which user has which type). It must never know files, sockets, clocks or the
//! command line: the same plan can be read from a file or sent to another machine.

// So that the paths are those of the crates above.
use crate as plan;
use throng_pace as pace;
use throng_text as text;

pub mod crowd;
mod expected_session;
mod fault;
pub mod file;
mod incident;
mod length;
mod levels;
mod limits;
pub mod live;
mod open;
mod over_time;
mod reload;
mod requests;
mod rule;
mod search;
mod searching;
mod settle;
pub mod shape;
mod shape_rules;
pub mod share;
pub mod span;
mod step_chain;
mod type_overrides;
mod validate;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use url::Url;

pub use crate::pace::Length;
use crate::pace::{ClosedModel, Ramp};

pub use expected_session::ExpectedSession;
pub use fault::Fault;
pub use incident::{Incident, SHORTEST_INCIDENT, Starts};
pub use length::show_length;
pub use levels::{Levels, TypeLevels, WeightedType, without_users};
pub use limits::{DEFAULT_BREAKER, Limits};
pub use live::{Change, LiveSettings, Overlay, Setting};
pub use open::OpenCrowd;
pub use reload::{
    CanaryRules, DEFAULT_CANARY_TIME, DEFAULT_CANARY_TOLERANCE, MixAt, Reload, ReloadAt, Watch,
};
pub use requests::{DEFAULT_REQUESTS, RequestLimits};
pub use rule::{
    DEFAULT_VALVE, Label, Measure, Rule, SHORTEST_WINDOW, Selector, Side, Subject, Unit, Window,
};
pub use search::{
    DEFAULT_COOLDOWN, DEFAULT_MEASURE, DEFAULT_PASSES, DEFAULT_PRECISION, DEFAULT_SETTLE,
    DEFAULT_SPAN, SearchPlan, parse_slo, show_level,
};
pub use shape::Shape;
pub use step_chain::StepChain;
pub use type_overrides::TypeOverrides;

/// Default number of users.
pub const DEFAULT_USERS: u32 = 100;

/// Default per cent of requests that are deliberate mistakes.
pub const DEFAULT_ERROR_RATE: f64 = 15.0;

/// Default target.
pub const DEFAULT_BASE_URL: &str = "http://localhost";

/// Default interval of clean-ups in a run without an end.
pub const DEFAULT_CLEANUP_INTERVAL: Duration = Duration::from_secs(3600);

/// Default maximum rate of a clean-up, per second: the items of 1,000 users are deleted in seconds, without overloading
/// a service right after a run.
pub const DEFAULT_CLEANUP_RPS: f64 = 1_000.0;

/// Time that the default ramp gives each user: one second for a hundred of them.
pub const RAMP_PER_USER: Duration = Duration::from_millis(10);

/// One run: which users, for how long, against which target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Number of users, from 1.
    pub users: u32,
    /// The types to run; `None` is all in the script folder.
    pub types: Option<Vec<String>>,
    /// Requests of a session.
    pub requests: RequestLimits,
    /// When the run ends.
    pub length: Length,
    /// Time over which the users start; `None` is [`RAMP_PER_USER`] for each. See [`Plan::ramp`].
    pub ramp: Option<Duration>,
    /// Per cent of the requests that are deliberate mistakes, 0 to 100.
    pub error_rate: f64,
    /// The base URL: http or https, with a host, without user info.
    pub base_url: Url,
    /// Seed of all randomness of the run.
    pub seed: u64,
    /// What scripts read as `vars`, from `-e KEY=VALUE`.
    pub vars: BTreeMap<String, String>,
    /// Whether, and when, what the run created is deleted.
    pub cleanup: Option<Cleanup>,
    /// Maximum requests a second of a clean-up.
    pub cleanup_rps: f64,
    /// Number of threads, 1 to [`crowd::VIRTUAL_SHARDS`].
    pub shards: usize,
    /// Which shard has which virtual shard; none: they are dealt out in turn.
    pub owners: Option<crowd::ShardMap>,
    /// Factor on every think time; 0 for none.
    pub think_factor: f64,
    /// Weights of types, instead of those in their scripts; 0 for no users.
    pub weights: BTreeMap<String, f64>,
    /// What takes the place of other values in the scripts of types.
    pub overrides: BTreeMap<String, TypeOverrides>,
    /// How changed scripts are applied during the run.
    pub reload: Reload,
    /// When the run stops itself; none: never. Rules, incidents and what is searched for belong to who leads the run, so
    /// they are not sent along.
    #[serde(skip)]
    pub valve: Vec<Rule>,
    /// What must not be so, or the run has failed.
    #[serde(skip)]
    pub thresholds: Vec<Rule>,
    /// Whether a threshold passes that names what was never seen.
    pub allow_missing: bool,
    /// Whether the run fails unless the verdict on the generator is valid.
    pub strict: bool,
    /// Its limits.
    pub limits: Limits,
    /// What holds for a while in place of the settings, and when.
    #[serde(skip)]
    pub incidents: Vec<Incident>,
    /// How many users there are, or how many arrive, over the run's time.
    pub shape: Shape,
    /// What is searched for; none: nothing.
    #[serde(skip)]
    pub search: Option<SearchPlan>,
}

/// Deleting what the run created: always at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleanup {
    /// Also at this interval during the run, for sessions that have ended.
    pub interval: Option<Duration>,
}

impl Default for Plan {
    /// The defaults of `throng run` (except the seed, which is 0 here).
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant that the tests parse")]
        let base_url = Url::parse(DEFAULT_BASE_URL).expect("the default base URL is a URL");
        Self {
            users: DEFAULT_USERS,
            types: None,
            requests: RequestLimits::default(),
            length: Length::Once,
            ramp: None,
            error_rate: DEFAULT_ERROR_RATE,
            base_url,
            seed: 0,
            vars: BTreeMap::new(),
            cleanup: None,
            cleanup_rps: DEFAULT_CLEANUP_RPS,
            shards: 1,
            owners: None,
            think_factor: 1.0,
            weights: BTreeMap::new(),
            overrides: BTreeMap::new(),
            reload: Reload::default(),
            valve: DEFAULT_VALVE.to_vec(),
            thresholds: Vec::new(),
            allow_missing: false,
            strict: false,
            limits: Limits::default(),
            incidents: Vec::new(),
            shape: Shape::default(),
            search: None,
        }
    }
}

impl Plan {
    /// Which shard has which users.
    pub fn shard_map(&self) -> crowd::ShardMap {
        let dealt = || crowd::ShardMap::in_turn(self.shards);
        self.owners.clone().unwrap_or_else(dealt)
    }

    /// The time over which the users start.
    pub fn ramp(&self) -> Duration {
        self.ramp.unwrap_or(RAMP_PER_USER * self.users)
    }

    /// At which age of the run the ramp is over; zero where there is none: stages and arrivals have no ramp of their own.
    pub fn ramp_end(&self) -> Duration {
        match self.is_open() || !self.shape.stages.is_empty() {
            true => Duration::ZERO,
            false => self.ramp(),
        }
    }

    /// When users start, and when the run ends.
    pub fn arrivals(&self) -> ClosedModel {
        ClosedModel {
            ramp: Ramp {
                users: self.users,
                over: self.ramp(),
            },
            length: self.length,
        }
    }
}
