//! Which run calls for workers, and how.

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;

/// Which run calls for workers.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its id.
    pub run: String,
    /// The name of this machine.
    pub host: String,
    /// The version of throng.
    pub version: String,
    /// How many workers it wants.
    pub workers: usize,
    /// How long they may take to come.
    pub within: Duration,
    /// What happens when one is lost.
    pub on_loss: OnLoss,
    /// The clock by which the run goes.
    pub clock: Clock,
    /// Where each worker is a pod that starts for its place and takes no other: how many there are.
    pub pods: Option<Pods>,
}

/// The pods of workers, one for each place.
#[derive(Clone, Debug)]
pub struct Pods {
    /// Receives how many are wanted; initially `workers`.
    pub wanted: watch::Sender<usize>,
    /// How many were accepted last. A place from there on gets a pod once there are more, also where it had one that has
    /// ended.
    pub accepted: watch::Receiver<usize>,
}

/// What happens when a worker is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLoss {
    /// The run ends in order, and has failed.
    #[default]
    Abort,
    /// It goes on without the worker's users.
    Degrade,
    /// Other workers have its users from then on.
    Reassign,
}
