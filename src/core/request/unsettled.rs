//! Samples of responses that their script may still judge.

use std::cell::{Cell, RefCell};

use super::captured::Captured;
use super::tags::Tags;
use super::verdict::SampleId;
use crate::http::Request;
use crate::metrics::{Recorder, Sample};

/// A sample that is not counted yet.
pub struct OpenSample {
    pub sample: Sample,
    /// What is kept of it for outputs.
    pub captured: Option<Captured>,
    /// Which call of a session it was that is recorded.
    pub call: Option<u32>,
}

/// A sample that is not recorded yet, with its request.
pub struct UnsettledSample {
    id: SampleId,
    pub(super) sample: Sample,
    /// What was sent, without its target, which the response has.
    pub(super) request: Request,
    pub(super) tags: Tags,
    /// What is kept of it.
    pub(super) captured: Option<Captured>,
    /// Which call of a session it was that is recorded.
    pub(super) call: Option<u32>,
}

/// Those of a requester: with `parallel` there may be several.
#[derive(Default)]
pub struct UnsettledSamples {
    next: Cell<SampleId>,
    all: RefCell<Vec<UnsettledSample>>,
}

impl UnsettledSamples {
    pub(super) fn keep(&self, open: OpenSample, request: Request, tags: Tags) -> SampleId {
        let id = self.next.replace(self.next.get() + 1);
        let mut all = self.all.borrow_mut();
        // Mostly there is one.
        all.reserve_exact(1);
        all.push(UnsettledSample {
            id,
            sample: open.sample,
            request,
            tags,
            captured: open.captured,
            call: open.call,
        });
        id
    }

    /// Takes one that is to be recorded now.
    pub(super) fn take(&self, id: SampleId) -> Option<UnsettledSample> {
        let mut all = self.all.borrow_mut();
        let at = all.iter().position(|one| one.id == id)?;
        Some(all.swap_remove(at))
    }

    pub(super) fn take_any(&self) -> Option<UnsettledSample> {
        self.all.borrow_mut().pop()
    }
}

impl UnsettledSample {
    /// Records it as it is; it does not count as a failure.
    pub(super) fn record(&self, recorder: &mut Recorder) {
        recorder.record(&self.sample, String::new);
        self.tags.count(recorder, self.sample.outcome);
    }
}
