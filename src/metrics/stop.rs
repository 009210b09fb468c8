use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a run ended itself before its time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// The run's age at that moment.
    pub at: Duration,
    /// The rule that was met: `failed > 90% for 60s`.
    pub rule: String,
    /// The figures that met it, as half a sentence.
    pub figures: String,
}
