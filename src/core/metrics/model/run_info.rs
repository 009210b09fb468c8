//! Facts of a run, as it was started.

use serde::{Deserialize, Serialize};

/// The name of the script folder for built-in scripts.
pub const BUILT_IN: &str = "built in";

/// Facts of a run that are known before it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    pub id: String,
    pub seed: u64,
    /// When it began: RFC 3339, UTC.
    pub started_at: String,
    /// Users planned.
    pub users: u64,
    /// Names of the types; a [`TypeId`] is an index of this list.
    pub types: Vec<String>,
    pub base_url: String,
    /// The folder of the scripts, or that they are built in.
    pub scripts: String,
    /// Version of throng.
    pub version: String,
}
