//! What will run, as plain data.
//!
//! In: values that someone has already parsed. Out: a [`Plan`], every fault of it at once, and the arithmetic of the
//! crowd (how many users of each type, which user is of which type). It must never know files, sockets, clocks or the
//! command line: the same plan can be read from a file or sent to another machine.

pub mod crowd;
mod fault;
mod length;
mod limits;
pub mod live;
mod measure;
mod reload;
mod requests;
pub mod span;
mod validate;
mod valve;

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

pub use crate::pace::Length;
use crate::pace::{ClosedModel, Ramp};

pub use fault::Fault;
pub use length::show_length;
pub use limits::{DEFAULT_BREAKER, Limits};
pub use live::{Change, LiveSettings, Setting};
pub use measure::{Measure, Unit};
pub use reload::{
    CanaryRules, DEFAULT_CANARY_TIME, DEFAULT_CANARY_TOLERANCE, Reload, ReloadAt, Watch,
};
pub use requests::{DEFAULT_REQUESTS, RequestLimits};
pub use valve::{DEFAULT_VALVE, Rule, SHORTEST_STREAK, Side};

/// Users when nobody says how many.
pub const DEFAULT_USERS: u32 = 100;

/// Share of requests that are deliberate mistakes, per cent.
pub const DEFAULT_ERROR_RATE: f64 = 15.0;

/// The target when nobody names one.
pub const DEFAULT_BASE_URL: &str = "http://localhost";

/// Time between two clean-ups of a run without an end.
pub const DEFAULT_CLEANUP_INTERVAL: Duration = Duration::from_secs(3600);

/// Requests a second of a clean-up, at most: what a run of 1,000 users made is gone in seconds, and a service that has just
/// had a crowd is not overrun.
pub const DEFAULT_CLEANUP_RPS: f64 = 1_000.0;

/// Time that the default ramp gives each user: one second for a hundred of them.
pub const RAMP_PER_USER: Duration = Duration::from_millis(10);

/// One run: who comes, for how long, against what.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Size of the crowd, from 1.
    pub users: u32,
    /// The types that take part; `None` is all that the script folder has.
    pub types: Option<Vec<String>>,
    /// Requests of a session.
    pub requests: RequestLimits,
    /// When the run ends.
    pub length: Length,
    /// Time over which the users arrive; `None` is [`RAMP_PER_USER`] for each. See [`Plan::ramp`].
    pub ramp: Option<Duration>,
    /// Per cent of the requests that are deliberate mistakes, 0 to 100.
    pub error_rate: f64,
    /// Where the crowd goes: http or https, with a host, without user info.
    pub base_url: Url,
    /// Where all randomness of the run starts.
    pub seed: u64,
    /// What scripts read as `vars`, from `-e KEY=VALUE`.
    pub vars: BTreeMap<String, String>,
    /// Whether, and when, what the run created is deleted.
    pub cleanup: Option<Cleanup>,
    /// Requests a second of a clean-up, at most.
    pub cleanup_rps: f64,
    /// Threads that share the users, 1 to [`crowd::VIRTUAL_SHARDS`].
    pub shards: usize,
    /// Factor on every think time: 1 as written, 0 without pauses.
    pub think_factor: f64,
    /// Shares of types in the crowd, in place of those in their scripts; 0 is nobody.
    pub weights: BTreeMap<String, f64>,
    /// How changed scripts reach users who are out.
    pub reload: Reload,
    /// When the run ends itself before it does harm; none: never.
    pub valve: Vec<Rule>,
    /// What it may at most do to its target.
    pub limits: Limits,
}

/// Deleting what the run created: always at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleanup {
    /// Also this often while running, for sessions that have ended.
    pub interval: Option<Duration>,
}

impl Default for Plan {
    /// The run that `throng run` without any option means (but for the seed, 0 here).
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
            think_factor: 1.0,
            weights: BTreeMap::new(),
            reload: Reload::default(),
            valve: DEFAULT_VALVE.to_vec(),
            limits: Limits::default(),
        }
    }
}

impl Plan {
    /// The time over which the users arrive.
    pub fn ramp(&self) -> Duration {
        self.ramp.unwrap_or(RAMP_PER_USER * self.users)
    }

    /// Who starts when, and when the run is over.
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
