//! Measures one step: how long it took without the user's pauses, and how it ended.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::StepResult;
use crate::request::Requester;

/// A step under way. Dropped without an end it was cancelled, by a stop or a reload.
pub(super) struct StepTimer<'a> {
    requester: &'a Requester,
    name: Rc<str>,
    began: Instant,
    pauses: Duration,
    failures: u64,
    result: StepResult,
}

impl<'a> StepTimer<'a> {
    pub(super) fn start(requester: &'a Requester, name: Rc<str>) -> Self {
        let session = &requester.session;
        Self {
            requester,
            name,
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
        let pauses = self.requester.session.pauses.total() - self.pauses;
        let duration = self.began.elapsed().saturating_sub(pauses);
        let mut recorder = self.requester.shared.recorder.borrow_mut();
        recorder.step_ended(self.requester.kind.get(), &self.name, self.result, duration);
    }
}
