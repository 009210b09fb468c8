//! What a worker needs of its machine.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::cluster::records::{Brief, Part};
use crate::engine::{Cleanup, RunConfig, RunStart};
use crate::script::Bundle;

/// Prepares runs on this machine.
pub trait Host {
    /// The run as this machine has it.
    ///
    /// # Errors
    /// What it lacks, in words.
    fn prepare(&self, brief: &Brief, start: &RunStart, part: Part) -> Result<Prepared, String>;

    /// Tries scripts without running them: place and cause of each fault.
    fn check(&self, bundle: &Arc<Bundle>) -> Vec<(String, String)>;
}

/// A run as a machine has it.
pub struct Prepared {
    pub config: RunConfig,
    /// What deletes what its shards created; none: it stays.
    pub cleanup: Option<Cleanup>,
    /// Gets why the target cannot be reached from this machine, if so.
    pub unreached: oneshot::Receiver<String>,
}

/// What ends a worker: a signal.
pub type Stop<'a> = Pin<&'a mut dyn Future<Output = ()>>;
