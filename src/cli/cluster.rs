//! A run on several machines, as the command line says it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::ledger::Policy;

/// How a NATS server is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct NatsConfig {
    /// It may hold a password.
    pub url: String,
    /// The file of credentials.
    pub creds: Option<PathBuf>,
    /// The file with the seed of an nkey.
    pub nkey: Option<PathBuf>,
    pub ca: Option<PathBuf>,
    /// Certificate and key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl std::fmt::Debug for NatsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NatsConfig").finish_non_exhaustive()
    }
}

/// The workers of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterRun {
    pub nats: NatsConfig,
    /// How many, from 1.
    pub workers: usize,
    /// The id of the run; none: one is made.
    pub run_id: Option<String>,
    /// Whether it waits until another coordinator of the run is gone.
    pub standby: bool,
    /// How long they may take to come.
    pub within: Duration,
    pub on_loss: OnLoss,
    /// Whose pods the workers are, on Kubernetes.
    pub job: Option<WorkersJob>,
}

/// An Indexed Job of Kubernetes, which has a pod for each worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkersJob {
    pub name: String,
    /// The folder of the service account that may resize it.
    pub service_account: PathBuf,
}

/// What happens when a worker is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLoss {
    /// The run ends.
    #[default]
    Abort,
    /// It goes on without the worker's users.
    Degrade,
    /// Other workers have its users from then on.
    Reassign,
}

/// `throng worker`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerConfig {
    pub nats: NatsConfig,
    /// Its name; none: the host's, and the number of the process.
    pub name: Option<String>,
    /// The one place that it may take; none: any.
    pub index: Option<usize>,
    /// Threads, from 1.
    pub threads: usize,
    /// Whether it ends after one run.
    pub once: bool,
    /// How long it waits for a run; none: for ever.
    pub wait: Option<Duration>,
    pub state_dir: Option<PathBuf>,
    pub policy: Policy,
}

/// `throng cluster`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterCommand {
    Up(ClusterUp),
    List(ClusterList),
    /// Makes an nkey, whose seed goes to this file.
    Key(PathBuf),
    /// Becomes this command, which ends with the process of this number.
    Child(u32, Vec<OsString>),
}

/// `throng cluster up`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterUp {
    /// Workers, from 1.
    pub workers: usize,
    /// Threads of each of them, from 1.
    pub threads: usize,
    /// The NATS server; none: the one on `PATH`.
    pub nats_server: Option<PathBuf>,
    pub state_dir: Option<PathBuf>,
}

/// `throng cluster ls`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterList {
    pub nats: NatsConfig,
    /// Whether it is JSON.
    pub json: bool,
}
