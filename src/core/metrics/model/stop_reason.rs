//! The reason for which a run was stopped early.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What stops a run early.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopCause {
    /// A stop rule was met.
    #[default]
    Valve,
    /// The ledger could not be written.
    Ledger,
    /// A threshold that ends the run failed.
    Threshold,
}

impl StopCause {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valve => "valve",
            Self::Ledger => "ledger",
            Self::Threshold => "threshold",
        }
    }
}

/// Why a run stopped itself early.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopReason {
    /// What ended it.
    pub cause: StopCause,
    /// The run's age at that moment.
    pub at: Duration,
    /// The rule that was met: `failed > 90% for 60s`.
    pub rule: String,
    /// The figures that met it, as a phrase.
    pub figures: String,
}
