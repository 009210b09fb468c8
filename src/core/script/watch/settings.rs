//! Settings of the watcher: which folders it reads, how and when.

use std::sync::Arc;
use std::time::Duration;

use crate::plan::Watch;
use crate::plan::file::Baseline;
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::Bundle;
use crate::script::source::source_tree::Places;

/// What is read, and how.
#[derive(Debug, Clone)]
pub struct LoaderSettings {
    /// Where the sources are.
    pub places: Places,
    /// How changes are noticed.
    pub watch: Watch,
    /// When it looks.
    pub patience: LoaderTimings,
    /// The run's settings, as its scripts see them.
    pub script_config: ScriptConfig,
    /// The types that take part; none: all that there are.
    pub types: Option<Vec<String>>,
    /// The bundle with which the run began, checked.
    pub first: Arc<Bundle>,
    /// What its plan file began with.
    pub baseline: Baseline,
}

/// Why the folders cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum LoaderError {
    /// [`Watch::Native`] was asked for.
    #[error(
        "--watch native: {0}; or give --watch auto, which looks at the folders every {1} s then"
    )]
    Watch(String, u64),
    /// No thread to be had.
    #[error("no thread to read the scripts on: {0}")]
    Thread(std::io::Error),
}

/// When the reader looks at the folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoaderTimings {
    /// Quiet time after the last hint, before it looks.
    pub settle: Duration,
    /// Longest wait for quiet: under a steady stream of saves it looks all the same.
    pub longest: Duration,
    /// Time between two looks without a hint: a net for what the system does not tell.
    pub poll: Duration,
}

impl Default for LoaderTimings {
    fn default() -> Self {
        Self {
            settle: Duration::from_millis(200),
            longest: Duration::from_secs(2),
            poll: Duration::from_secs(2),
        }
    }
}
