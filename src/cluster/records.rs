//! What coordinators and workers send each other, as plain data. Each record has the number of the protocol; fields that are
//! not known are ignored, and a record of another number is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::{Order, Report, Roster, RunStart};
use crate::script::{RowAnswer, RowRequest};

/// The number of this protocol.
pub const PROTOCOL: u32 = 1;

/// The epoch of who leads a run first.
pub const FIRST_EPOCH: u64 = 1;

/// The bucket of what ends by itself: calls for workers, and who leads a run.
pub const LEASES: &str = "throng_lease";
/// The bucket of who has which place of a run.
pub const STATE: &str = "throng_state";
/// The objects, by their SHA-256.
pub const BUNDLES: &str = "throng_bundles";
/// The stream of orders.
pub const ORDERS: &str = "THRONG_ORD";
/// The stream of what workers report.
pub const RESULTS: &str = "THRONG_RES";

/// Where workers are asked who they are; they answer whoever asked.
pub const WHO: &str = "throng.who";

/// Keys and subjects of one run.
#[derive(Clone, Debug)]
pub struct Names(pub String);

impl Names {
    pub fn call(&self) -> String {
        format!("run.{}.call", self.0)
    }

    /// In the bucket of leases: who leads the run.
    pub fn leader(&self) -> String {
        format!("run.{}.leader", self.0)
    }

    /// In the bucket of state: where the last checkpoint is.
    pub fn checkpoint(&self) -> String {
        format!("run.{}.ckpt", self.0)
    }

    /// In the bucket of state: the [`RunRecord`].
    pub fn record(&self) -> String {
        format!("run.{}.run", self.0)
    }

    /// In the bucket of state: the epoch of who led the run last.
    pub fn epoch(&self) -> String {
        format!("run.{}.epoch", self.0)
    }

    pub fn place(&self, index: usize) -> String {
        format!("run.{}.w.{index}", self.0)
    }

    pub fn orders(&self) -> String {
        format!("throng.{}.ord", self.0)
    }

    pub fn results(&self) -> String {
        format!("throng.{}.res.>", self.0)
    }

    pub fn results_of(&self, index: usize, incarnation: &str) -> String {
        format!("throng.{}.res.{index}.{incarnation}", self.0)
    }

    pub fn heartbeats(&self) -> String {
        format!("throng.{}.hb.*", self.0)
    }

    pub fn heartbeat_of(&self, index: usize) -> String {
        format!("throng.{}.hb.{index}", self.0)
    }

    pub fn beacon(&self) -> String {
        format!("throng.{}.beacon", self.0)
    }

    pub fn time(&self) -> String {
        format!("throng.{}.time", self.0)
    }

    pub fn refusals(&self) -> String {
        format!("throng.{}.no", self.0)
    }
}

/// A run calls for workers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub v: u32,
    pub run: String,
    /// The version of throng, which all have to be.
    pub version: String,
    /// How many places there are.
    pub workers: usize,
    /// Counts the calls of a run: one that is under way calls again for those who are to come later.
    #[serde(default)]
    pub round: u64,
}

/// Who leads a run, for as long as the record is renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    pub v: u32,
    pub run: String,
    /// From 1; counts up with each coordinator that takes the run over.
    pub epoch: u64,
    pub host: String,
    pub pid: u32,
    /// Identifies this process of it.
    pub incarnation: String,
}

/// What a coordinator leaves of its run for another one: who prepared it knows what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    pub v: u32,
    pub details: serde_json::Value,
}

/// A worker takes a place of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub v: u32,
    /// Identifies this process of the worker among all that have had its name.
    pub incarnation: String,
    pub name: String,
    pub threads: usize,
    /// How far its clock is ahead of the coordinator's, in microseconds.
    pub clock_offset_us: i64,
}

/// A worker cannot take part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cannot {
    pub name: String,
    pub why: String,
}

/// What workers need to know of a run beside its [`RunStart`]; who prepares it there knows what it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    pub run: String,
    pub details: serde_json::Value,
}

/// The part of a run that a worker has: shards from `first` on, one for each thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The place of the worker in the run.
    pub index: usize,
    pub first: usize,
    pub threads: usize,
}

/// The sources of versions, by the number of their release: their SHA-256.
pub type Digests = BTreeMap<u32, String>;

/// From the coordinator to all workers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Notice {
    pub v: u32,
    /// From 1.
    pub n: u64,
    /// That of the coordinator; one of an earlier epoch is not obeyed any more.
    pub epoch: u64,
    pub what: CoordinatorMessage,
}

/// What the coordinator says.
#[derive(Debug, Serialize, Deserialize)]
pub enum CoordinatorMessage {
    /// Who has which part, and with what shards start. The roster's sources are objects.
    Start {
        parts: Vec<Part>,
        /// Who has them.
        incarnations: Vec<String>,
        /// Whether a worker that is stopped hands its users over to others.
        hands_over: bool,
        brief: Brief,
        start: Box<RunStart>,
        bundles: Digests,
    },
    /// This worker has this part of a run that is under way: its shards start, and do what was ordered before.
    Join {
        part: Part,
        incarnation: String,
        hands_over: bool,
        brief: Brief,
        start: Box<RunStart>,
        bundles: Digests,
        /// When the run began.
        unix_ns: u64,
        before: Vec<Order>,
    },
    /// This worker leaves the run once its shards have ended.
    Leave { incarnation: String },
    /// Users begin at this moment of the coordinator's clock, in nanoseconds since 1970.
    Begin { unix_ns: u64 },
    /// An order for one shard.
    One(usize, Order),
    /// An order for each shard.
    All(Order),
    /// A new roster for each shard; its sources are objects.
    Roster { roster: Roster, bundles: Digests },
    /// Try these scripts, and say whether they can be used; nobody runs them yet.
    Stage { ticket: u64, digest: String },
    /// About rows of data files that users take exclusively, to this worker or to all.
    Rows { to: Option<String>, what: RowAnswer },
    /// Delete what your shards created.
    Clean,
    /// The time for that is over.
    EndCleanup,
    /// Send what is left, and end the run.
    Close,
}

/// A message, or where it is.
#[derive(Debug, Serialize, Deserialize)]
pub enum Envelope {
    /// The message.
    Here(Notice),
    /// It is the object of this SHA-256.
    Object(String),
}

/// From a worker to the coordinator: all that it has to say since the record before.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delta {
    pub v: u32,
    /// From 1, without gaps.
    pub n: u64,
    pub said: Vec<WorkerMessage>,
    /// Requests in all batches up to here.
    pub declared: u64,
    /// Nothing comes after it.
    pub last: bool,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
pub enum WorkerMessage {
    /// What its shards report.
    Report(Report),
    /// Its users began so long after they should have, in microseconds.
    Began { late_us: u64 },
    /// Whether the scripts of this ticket can be used: place and cause of each fault.
    Staged {
        ticket: u64,
        faults: Vec<(String, String)>,
    },
    /// About rows of data files that users take exclusively.
    Rows(RowRequest),
    /// The target cannot be reached from there.
    Unreached { why: String },
    /// Its users are gone before their time.
    Leaves { why: String },
    /// It is to leave: others are to have its users, and it waits until those are gone from here.
    HandsOver { why: String },
}

/// A worker lives, and has counted so much.
#[derive(Debug, Serialize, Deserialize)]
pub struct Heartbeat {
    pub incarnation: String,
    /// Requests in all batches up to now.
    pub declared: u64,
    /// Requests that have left up to now: those that are in no batch yet, too.
    #[serde(default)]
    pub sent: u64,
    /// Its process is gone: what it left is sent by one that was started again, until its last record.
    #[serde(default)]
    pub remains: bool,
    /// When it was sent, by the worker's own clock, in nanoseconds from any moment.
    pub sent_ns: u64,
    /// The number of the last notice that it has obeyed.
    #[serde(default)]
    pub obeyed: u64,
}

/// The coordinator lives, and heard of these workers: when the last heartbeat of each was sent.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Beacon {
    /// That of the coordinator.
    pub epoch: u64,
    /// The number of the last notice that the server has.
    #[serde(default)]
    pub ordered: u64,
    pub heard: BTreeMap<String, u64>,
}

/// Who a worker is, and what it does: its answer on [`WHO`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    pub v: u32,
    pub name: String,
    pub host: String,
    /// The version of throng.
    pub version: String,
    pub threads: usize,
    /// The run that it is in; none while it waits.
    pub work: Option<Work>,
}

/// The place that a worker has in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub run: String,
    pub place: usize,
    /// How many places the run has.
    pub workers: usize,
}
