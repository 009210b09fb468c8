//! Measures one step: how long it took without the user's pauses, and how it ended.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::StepResult;
use crate::request::Requester;
use crate::script::load::step_names::CachedStepId;

/// A step under way, which ends when this is dropped. Dropped without a result it was cancelled, by a stop or a reload.
pub(super) struct StepTimer<'a> {
    requester: &'a Requester,
    name: &'a Rc<str>,
    id: &'a CachedStepId,
    began: Instant,
    pauses: Duration,
    failures: u64,
    result: StepResult,
}

impl<'a> StepTimer<'a> {
    /// The step begins, under the name that the log of requests has for it; none: it is the only one.
    pub(super) fn start(
        requester: &'a Requester,
        (name, id): (&'a Rc<str>, &'a CachedStepId),
        logged_as: Option<Rc<str>>,
    ) -> Self {
        let session = &requester.session;
        session.begin_step(logged_as);
        Self {
            requester,
            name,
            id,
            began: Instant::now(),
            pauses: session.pauses.total(),
            failures: session.failures.get(),
            result: StepResult::Cancelled,
        }
    }

    /// It ended with this result; none: by what failed in it.
    pub(super) fn end(mut self, result: Option<StepResult>) {
        let failed = self.requester.session.failures.get() > self.failures;
        self.result = result.unwrap_or(if failed {
            StepResult::Failed
        } else {
            StepResult::Ok
        });
    }
}

impl Drop for StepTimer<'_> {
    fn drop(&mut self) {
        let session = &self.requester.session;
        let has_failed = matches!(self.result, StepResult::Failed | StepResult::Error);
        let (took, result) = (self.began.elapsed(), self.result.as_str());
        self.requester
            .keep_step(self.name, took, result, has_failed);
        session.end_step();
        let pauses = session.pauses.total().saturating_sub(self.pauses);
        let duration = self.began.elapsed().saturating_sub(pauses);
        let mut recorder = self.requester.shared.recorder.borrow_mut();
        let kind = self.requester.kind.get();
        let step = self.id.get(&mut recorder, kind, self.name);
        recorder.step_ended(step, self.result, duration);
    }
}
