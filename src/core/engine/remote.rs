//! Shards elsewhere: what a run tells them besides orders, and the two ends between it and who reaches them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::arc_serde;
use super::checkpoint::RunCheckpoint;
use super::owners::Owners;
use super::protocol::{Order, Report};
use super::recording::RecordingOrder;
use super::roster::Roster;
use crate::plan::{LiveSettings, Plan};

/// What the shards of a run start with, wherever they are: plain data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunStart {
    /// What will run; its shards are those of all machines.
    #[serde(with = "arc_serde::shared")]
    pub plan: Arc<Plan>,
    /// Who plays what at first.
    #[serde(with = "arc_serde::shared")]
    pub roster: Arc<Roster>,
    /// Which shard has which users at first.
    pub owners: Owners,
    /// The settings at first.
    pub settings: LiveSettings,
    /// The part of each shard of the rate and of the connections, where those have a limit.
    pub quotas: Vec<(Option<u64>, Option<u64>)>,
    /// A recording that is there before the first user.
    pub recording: Option<RecordingOrder>,
    /// What `setup` returned.
    pub crowd: Option<serde_json::Value>,
}

/// From a run to who reaches its shards.
#[derive(Debug)]
pub enum RemoteOrder {
    /// They start, and report that they are ready.
    Start(Box<RunStart>),
    /// Their users begin at this moment of the machine's clock.
    Begin(Instant),
    /// The shards from `first` on start in a run that began at this moment, and do what was ordered before.
    Join {
        first: usize,
        start: Box<RunStart>,
        began: Instant,
        before: Vec<Order>,
    },
    /// For one shard.
    One(usize, Order),
    /// For each of them.
    All(Order),
    /// So many workers are wanted from now on.
    Workers(usize),
    /// All shards have ended: what they created is deleted, where the plan says so. Each worker reports what is left.
    Clean,
    /// The time for that is over.
    EndCleanup,
    /// The run as it is after the reports that came before the question with this number.
    Checkpoint {
        number: u64,
        state: Box<RunCheckpoint>,
    },
    /// Something was done to the run: a checkpoint is worth its while.
    Changed,
    /// The run takes no more reports than those that are on their way.
    Close,
}

/// The end that a run has of shards elsewhere.
#[derive(Debug)]
pub struct RemoteShards {
    /// How many workers have them.
    pub workers: usize,
    /// To the link that reaches them.
    pub orders: mpsc::UnboundedSender<RemoteOrder>,
    /// From them; it ends once nothing more will come.
    pub reports: mpsc::UnboundedReceiver<Report>,
}
