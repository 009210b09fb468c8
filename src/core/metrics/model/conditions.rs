//! Conditions of a run: what holds at a moment, and since when. A condition that does not hold is none.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::metrics::{Cluster, DropReason, Operation, TypeId};

/// What holds at this moment. Moments are the run's age.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// How long the phase has lasted, by a clock that no pause stops.
    pub phase_lasted: Duration,
    /// What a run that ends does next, and in how long.
    pub deadline: Option<(Deadline, Duration)>,
    /// Whether the run began to delete what it created.
    pub has_cleaned: bool,
    /// Requests fail, and none gets a response.
    pub silent: Option<Silence>,
    /// Users are active, and no request has ended.
    pub idle_since: Option<Duration>,
    /// Requests fail.
    pub failing: Option<Failing>,
    /// Scripts raise errors.
    pub script_errors: Option<ScriptsFailing>,
    /// Every session that ends fails.
    pub sessions: Option<SessionsFailing>,
    /// The generator is overloaded, in every second since.
    pub overloaded_since: Option<Duration>,
    /// Heavy steps are skipped.
    pub shedding_since: Option<Duration>,
    /// Arrivals are dropped.
    pub dropping: Option<Dropping>,
    /// There are fewer users than planned, after all had time to start.
    pub below_plan_since: Option<Duration>,
    /// Stop rules that are met once they have been beyond their bound for long enough.
    pub stop_rules: Vec<RuleProgress>,
    /// Until when users of these types begin no session.
    pub quarantined: BTreeMap<TypeId, Duration>,
    /// The ledger cannot be written.
    pub ledger: Option<LedgerTrouble>,
    /// The workers, where the run is on several machines.
    pub cluster: Option<Cluster>,
}

/// What a run that ends does once it has waited long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// Requests of steps are cancelled.
    CancelRequests,
    /// What is still under way is dropped.
    End,
    /// Threads that have not ended are left behind.
    LeaveBehind,
    /// The clean-up ends, whatever is left.
    EndCleanup,
}

/// Requests that get no response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    pub since: Duration,
    /// The kind of the last failure: `refused`, `timeout`.
    pub reason: String,
}

/// Failed requests of the last seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// Since when requests fail, without a break.
    pub since: Duration,
    /// How many seconds were counted.
    pub over: Duration,
    pub requests: u64,
    pub failed: u64,
    /// What most of them have in common.
    pub most: Option<FailingGroup>,
}

/// Failures of one kind at one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingGroup {
    pub count: u64,
    /// `status 503` or the name of a network error.
    pub reason: String,
    pub operation: Operation,
}

/// Errors of scripts in the last seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptsFailing {
    pub since: Duration,
    pub over: Duration,
    pub count: u64,
    /// The place of most of them, and what was raised there.
    pub place: String,
    pub message: String,
}

/// Sessions that all fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsFailing {
    /// Since when none has completed.
    pub since: Duration,
    pub failed: u64,
    /// Why most of them failed.
    pub reason: String,
}

/// Dropped arrivals of the last seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropping {
    pub since: Duration,
    pub over: Duration,
    pub arrivals: u64,
    pub dropped: u64,
    /// Why most of them were.
    pub reason: DropReason,
}

/// How far a rule is that has to be beyond its bound for some time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleProgress {
    /// `failed > 90% for 60s`
    pub rule: String,
    /// For so long it has been.
    pub held: Duration,
    /// When it has been for so long, it is met.
    pub needed: Duration,
    /// The last figure, with its unit.
    pub figure: String,
}

/// What is wrong with the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerTrouble {
    pub since: Duration,
    /// Whether nothing may be created any more; else it is kept in memory.
    pub refuses: bool,
    pub why: String,
}

impl Conditions {
    /// Adds those of another part of the same run: what holds anywhere holds.
    pub(crate) fn merge(&mut self, other: Self) {
        self.phase_lasted = self.phase_lasted.max(other.phase_lasted);
        self.deadline = self.deadline.or(other.deadline);
        self.has_cleaned |= other.has_cleaned;
        self.silent = self.silent.take().or(other.silent);
        self.failing = match (self.failing.take(), other.failing) {
            (Some(ours), Some(theirs)) => Some(ours.merged(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.script_errors = self.script_errors.take().or(other.script_errors);
        self.sessions = self.sessions.take().or(other.sessions);
        self.dropping = self.dropping.or(other.dropping);
        for (ours, theirs) in [
            (&mut self.idle_since, other.idle_since),
            (&mut self.overloaded_since, other.overloaded_since),
            (&mut self.shedding_since, other.shedding_since),
            (&mut self.below_plan_since, other.below_plan_since),
        ] {
            *ours = ours.iter().copied().chain(theirs).min();
        }
        if self.stop_rules.is_empty() {
            self.stop_rules = other.stop_rules;
        }
        for (kind, until) in other.quarantined {
            let ours = self.quarantined.entry(kind).or_default();
            *ours = until.max(*ours);
        }
        self.ledger = self.ledger.take().or(other.ledger);
    }
}

impl Failing {
    fn merged(self, other: Self) -> Self {
        let most = self.most.into_iter().chain(other.most);
        Self {
            since: self.since.min(other.since),
            over: self.over.max(other.over),
            requests: self.requests + other.requests,
            failed: self.failed + other.failed,
            most: most.max_by_key(|group| group.count),
        }
    }
}
