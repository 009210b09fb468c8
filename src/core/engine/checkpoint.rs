//! A run at one moment, for another process that goes on with it: plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::monitor::RuleMemory;
use super::owners::PoolOwners;
use super::placement::Placement;
use super::protection::QuotaState;
use super::session_pool::SessionPool;
use crate::metrics::Sums;
use crate::pace::Profile;
use crate::plan::shape::CurvePlan;
use crate::plan::{LiveSettings, TypeLevels};
use crate::request::circuit_breaker::coordinator::CircuitStates;

/// A run at one moment. Times are how long something had lasted then.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunCheckpoint {
    /// All that was counted, and what happened.
    pub sums: Sums,
    /// What `setup` returned.
    pub crowd: Option<serde_json::Value>,
    pub clock: ClockState,
    pub shards: ShardsState,
    /// Which of them has which virtual shard, those that are to end, and the sessions that nobody has begun.
    pub placement: Placement,
    pub leaving: BTreeSet<usize>,
    pub sessions: SessionPool,
    /// The settings beneath all incidents.
    pub settings: LiveSettings,
    /// The number of the roster, and of the release that users play.
    pub revision: u64,
    pub release: u32,
    pub shape: ShapeState,
    /// Arrivals a second over the run's time, and those of the last change.
    pub arrivals: Option<(TypeLevels, TypeLevels)>,
    /// Which arrivals were due where; none in a closed crowd.
    pub due_arrivals: Option<DueState>,
    pub rules: Vec<RuleMemory>,
    pub quotas: QuotaState,
    pub breakers: Option<CircuitStates>,
    pub shutdown: ShutdownState,
    /// Whether `teardown` was called.
    pub is_torn_down: bool,
    /// What workers left on the target, by kind.
    pub left_elsewhere: BTreeMap<String, u64>,
}

/// A checkpoint, and how old it was at which moment, by the machine's clock.
#[derive(Debug)]
pub struct Resumed {
    pub state: Box<RunCheckpoint>,
    pub age: Duration,
    pub at: Instant,
}

/// The clock of a run.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct ClockState {
    /// Since the first users could begin, pauses included.
    pub since_began: Duration,
    /// All pauses that were over.
    pub paused: Duration,
    /// For so long it has stood still.
    pub paused_for: Option<Duration>,
    /// The age at which the last user left.
    pub final_age: Option<Duration>,
}

/// The shards of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ShardsState {
    pub count: usize,
    /// How many had not ended.
    pub open: usize,
    /// Those without active users, and by which roster and which owners of users.
    pub idle: BTreeMap<usize, (u64, u64)>,
    /// Whether one ended before its time.
    pub lost_one: bool,
}

/// The arrivals of an open crowd that are due on each shard, and those that it reports.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DueState {
    /// Until which time of the run they are counted.
    pub until: Duration,
    pub owners: PoolOwners,
    /// By shard: arrivals that were due, and those that it reported.
    pub due: BTreeMap<usize, u64>,
    pub reported: BTreeMap<usize, u64>,
    /// Shards that have ended before their time.
    pub lost: BTreeSet<usize>,
}

/// The users or the arrivals over the run's time, as commands left them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShapeState {
    pub line: Option<Profile>,
    pub users: f64,
    pub has_stages: bool,
    pub curve: Option<CurvePlan>,
}

/// How far a run was on the way to its end.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct ShutdownState {
    /// For so long users have been leaving.
    pub draining: Option<Duration>,
    /// So long ago it was asked to end.
    pub requested: Option<Duration>,
}
