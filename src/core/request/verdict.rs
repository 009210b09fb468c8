//! How far the sample of a response is: counted, or still to be judged by its script.

use std::cell::Cell;

/// Which sample, of one requester.
pub type SampleId = u64;

/// Of one response.
#[derive(Debug)]
pub struct Verdict(Cell<State>);

#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// Counted as it arrived.
    Counted,
    /// Counted as a failure, which is final.
    Failed,
    /// The script may judge it.
    Open(SampleId),
}

impl Verdict {
    pub(super) fn of(state: State) -> Self {
        Self(Cell::new(state))
    }

    pub(super) fn state(&self) -> State {
        self.0.get()
    }

    pub(super) fn failed(&self) {
        self.0.set(State::Failed);
    }

    /// The sample that may be judged.
    pub fn sample(&self) -> Option<SampleId> {
        match self.state() {
            State::Open(id) => Some(id),
            State::Counted | State::Failed => None,
        }
    }
}
