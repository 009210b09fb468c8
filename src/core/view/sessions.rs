//! Sessions that ended.

use serde::{Deserialize, Serialize};

use crate::metrics;

/// Sessions that ended, by how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    pub total: u64,
    pub completed: u64,
    pub failed: u64,
    pub interrupted: u64,
    /// Why they failed, of the run as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures: Option<Vec<Reason>>,
}

/// Why sessions failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub reason: String,
    pub count: u64,
}

impl From<metrics::Sessions> for Sessions {
    fn from(sessions: metrics::Sessions) -> Self {
        Self {
            total: sessions.total(),
            completed: sessions.completed,
            failed: sessions.failed,
            interrupted: sessions.interrupted,
            failures: None,
        }
    }
}
