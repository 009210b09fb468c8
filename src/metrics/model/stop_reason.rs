use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What ends a run before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopCause {
    /// A rule of its safety valve was met.
    #[default]
    Valve,
    /// What it creates could not be written down.
    Ledger,
}

impl StopCause {
    /// The word for it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valve => "valve",
            Self::Ledger => "ledger",
        }
    }
}

/// Why a run ended itself before its time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopReason {
    /// What ended it.
    pub cause: StopCause,
    /// The run's age at that moment.
    pub at: Duration,
    /// The rule that was met: `failed > 90% for 60s`.
    pub rule: String,
    /// The figures that met it, as half a sentence.
    pub figures: String,
}
