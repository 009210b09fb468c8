//! What is counted after a warm-up, beside what is counted of the whole run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::totals::Totals;

/// What a run with a warm-up counted after it. The cut is at the end of a second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// How long the warm-up is meant to be.
    pub warm_up: Duration,
    /// The run's age when it was over; none while it is not.
    pub since: Option<Duration>,
    /// What was counted since.
    pub totals: Totals,
}
