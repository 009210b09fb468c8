use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cost::Cost;

/// What is known of a run when it begins. Texts are masked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub id: String,
    /// Milliseconds since 1970 (UTC).
    pub started_ms: u64,
    pub seed: u64,
    /// Of throng.
    pub version: String,
    pub target: String,
    /// The crowd in words, such as `60 users` or `20 arrivals/s`.
    pub crowd: String,
    pub note: Option<String>,
    /// The folder of the scripts, or that they are built in.
    pub scripts: String,
    /// Hashes of the scripts with all that they require and read, by type.
    pub hashes: BTreeMap<String, String>,
    /// The commit that the script folder's repository has checked out, and its branch.
    pub commit: Option<String>,
    pub branch: Option<String>,
    /// The plan as it was resolved: what makes two runs comparable.
    pub plan: BTreeMap<String, Value>,
}

/// The figures of a list of runs; without the warm-up, once that is over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// The run's age.
    pub seconds: f64,
    /// How long its warm-up took.
    #[serde(default)]
    pub warm_up_seconds: f64,
    pub requests: u64,
    pub requests_per_second: f64,
    /// Failed requests as a share, 0 to 1; none without requests.
    pub failure_rate: Option<f64>,
    /// Of the service times.
    pub p95_seconds: Option<f64>,
    pub users_peak: u64,
    /// What it took of this machine; none of a run on several machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
}

/// What is known of a run when it is over. Texts are masked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// Milliseconds since 1970 (UTC).
    pub ended_ms: u64,
    pub exit_code: u8,
    /// Whether the load generator's figures are valid; none where nothing was judged.
    pub verdict: Option<String>,
    /// How many thresholds passed, and of how many.
    pub thresholds: Option<(u64, u64)>,
}

/// What a run is doing, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Running,
    Ended,
    /// Its process is gone, and it said no end.
    Killed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Killed => "killed",
        }
    }
}

/// A run in the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(flatten)]
    pub start: Start,
    pub state: State,
    pub figures: Headline,
    pub ending: Option<Ending>,
}
