//! Messages between a run and its shards: plain data that could be sent to another process.
//!
//! It must never hold a moment of this machine's clock, a channel, or anything that only this process can read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arc_serde;
use super::owners::Owners;
use super::protection::{QuotaKind, Usage};
use super::recording::{RecordingNews, RecordingOrder};
use super::roster::Roster;
use crate::metrics::{Batch, Cluster, MachineReport, Scope, TypeId};
use crate::plan::crowd::ShardMap;
use crate::plan::{LiveSettings, TypeLevels};
use crate::request::admission::TimeoutsByEndpoint;
use crate::request::circuit_breaker::{BreakerReport, BreakerSignal};

/// From the run to a shard. Moments are times since the run began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// No new steps; a request under way is the last of its step.
    Drain,
    /// Requests of steps still under way are cancelled.
    CancelSteps,
    /// What is still under way, `on_stop` too, is dropped.
    End,
    /// Users of this type begin no session for so long.
    Quarantine { kind: TypeId, period: Duration },
    /// From now on this is who plays what.
    Roster(#[serde(with = "arc_serde::shared")] Arc<Roster>),
    /// From now on this shard has these users; who is of another one leaves at the end of its session.
    Owners(Owners),
    /// So many more sessions may begin, where the run has a number of them.
    Sessions(u64),
    /// From now on sessions arrive by this; what came before it is in it too.
    Arrivals(#[serde(with = "arc_serde::shared")] Arc<TypeLevels>),
    /// The run's clock stands still since this moment.
    Pause { at: Duration },
    /// It goes on at this moment.
    Resume { at: Duration },
    /// From now on scripts draw and pause by these.
    Settings(LiveSettings),
    /// It may use this much of a quota; the number of the order comes back when it does.
    Quota {
        quota: QuotaKind,
        limit: u64,
        order: u64,
    },
    /// Whatever its quota of the rate is, it uses no more than this, in thousandths of a request a second; none: its quota
    /// holds.
    RateCeiling(Option<u64>),
    /// How a circuit breaker stands.
    Breaker { scope: Scope, signal: BreakerSignal },
    /// How long requests of each endpoint may take.
    Timeouts(#[serde(with = "arc_serde::shared_pairs")] Arc<TimeoutsByEndpoint>),
    /// The level of load shedding.
    ShedLevel(u8),
    /// Record the session of a user.
    Record(RecordingOrder),
    /// Nobody follows this recording any more.
    EndRecording { id: u64 },
    /// Every shard is empty: the run is over.
    Finish,
}

/// From a shard to the run. Moments are times since the run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// What was counted in the last second.
    Batch { shard: usize, batch: Box<Batch> },
    /// Every user of the shard is where the roster of this revision wants it, since this moment.
    Settled {
        shard: usize,
        revision: u64,
        at: Duration,
    },
    /// The shard has no active users, and the roster and the map of these revisions bring none. The next ones may.
    Idle {
        shard: usize,
        revision: u64,
        owners: u64,
    },
    /// The users of these virtual shards have left, as the map of this revision wants it.
    Released {
        shard: usize,
        revision: u64,
        of: Vec<u16>,
    },
    /// What the shard used of its quotas since the last time, and whether users wait and the quota has nothing for them.
    QuotaUsed {
        shard: usize,
        usage: Usage,
        is_starved: bool,
    },
    /// It uses no more than `held` of a quota, by the order with this number.
    QuotaReduced {
        shard: usize,
        quota: QuotaKind,
        order: u64,
        held: u64,
    },
    /// Something happened at a circuit breaker.
    Breaker { shard: usize, report: BreakerReport },
    /// Something comes of a recording.
    Recording { id: u64, news: RecordingNews },
    /// The shard can begin.
    Ready,
    /// The shard has ended; nothing more will come.
    Ended { shard: usize },
    /// The shard cannot begin, or cannot go on: why.
    Failed { shard: usize, why: String },
    /// The machine of the shard is lost, and the run goes on without it.
    Lost { shard: usize },
    /// With users that are to leave it gives up so many sessions, which others may begin.
    SessionsLeft { shard: usize, sessions: u64 },
    /// A machine is there that has so many shards from `first` on; they have no users yet.
    Joins { first: usize, threads: usize },
    /// These shards are to end once their users have left.
    Leaves { shards: Vec<usize> },
    /// Virtual shards are to be divided like this.
    Divided(ShardMap),
    /// What a worker's shards created is deleted, but for this many things, by kind.
    Cleaned { left: BTreeMap<String, u64> },
    /// What the machine of a worker says of itself, which has this shard among others.
    Machine {
        shard: usize,
        report: Box<MachineReport>,
    },
    /// How the workers of a run on many machines stand.
    Cluster(Box<Cluster>),
    /// The run is asked for how it stands after all reports that came before.
    Checkpoint { number: u64 },
    /// Another process leads the run by now: this one does nothing more to it.
    Superseded { why: String },
}

#[cfg(test)]
mod tests;
