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
    /// What was counted since; journeys that were under way then are among those that began.
    pub totals: Totals,
}

impl Measured {
    /// The warm-up is over at this age of the run, in which so much was counted.
    pub(crate) fn begin(&mut self, now: Duration, warm_up: &Totals) {
        self.since = Some(now);
        for (journey, totals) in &warm_up.journeys {
            let under_way = totals.begun.saturating_sub(totals.ended.results.total());
            if under_way > 0 {
                let measured = self.totals.journeys.entry(journey.clone()).or_default();
                measured.begun += under_way;
            }
        }
    }
}
