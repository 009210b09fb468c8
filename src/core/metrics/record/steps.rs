//! Steps and journeys, whose names are bounded together.

use std::time::Duration;

use rustc_hash::FxHashSet;

use super::named_counts::NamedCounts;
use super::redaction::{Redaction, redacted};
use crate::metrics::{JourneyEnd, JourneyTotals, StepId, StepResult, StepTotals, Totals, TypeId};

/// Counts since the last batch.
#[derive(Default)]
pub(crate) struct Steps {
    names: FxHashSet<Box<str>>,
    steps: NamedCounts<StepTotals>,
    journeys: NamedCounts<JourneyTotals>,
}

impl Steps {
    pub(crate) fn id(&mut self, kind: TypeId, name: &str, redaction: Option<&Redaction>) -> StepId {
        StepId(self.steps.place(kind, name, &mut self.names, redaction))
    }

    pub(crate) fn ended(&mut self, step: StepId, result: StepResult, duration: Duration) {
        self.steps.at(step.0).record(result, duration);
    }

    pub(crate) fn journey_begun(
        &mut self,
        kind: TypeId,
        name: &str,
        redaction: Option<&Redaction>,
    ) {
        self.journey(kind, name, redaction).begun += 1;
    }

    pub(crate) fn journey_ended(
        &mut self,
        kind: TypeId,
        name: &str,
        (end, duration): (JourneyEnd<'_>, Duration),
        redaction: Option<&Redaction>,
    ) {
        let journey = self.journey(kind, name, redaction);
        let result = match end {
            JourneyEnd::Finished { failed } => {
                journey.finished += 1;
                if failed {
                    StepResult::Failed
                } else {
                    StepResult::Ok
                }
            }
            JourneyEnd::Error { at } => {
                journey.lost_at(&redacted(redaction, at));
                StepResult::Error
            }
            JourneyEnd::Lost { at } => {
                journey.lost_at(&redacted(redaction, at));
                StepResult::Failed
            }
            JourneyEnd::Cancelled => StepResult::Cancelled,
        };
        journey.ended.record(result, duration);
    }

    fn journey(
        &mut self,
        kind: TypeId,
        name: &str,
        redaction: Option<&Redaction>,
    ) -> &mut JourneyTotals {
        let names = &mut self.names;
        let place = self.journeys.place(kind, name, names, redaction);
        self.journeys.at(place)
    }

    /// Takes what was counted since the last call.
    pub(crate) fn take(&mut self, into: &mut Totals) {
        into.steps.extend(self.steps.take());
        into.journeys.extend(self.journeys.take());
    }
}
