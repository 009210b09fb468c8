//! Where the one user of a shard stops.

use std::cell::RefCell;

use tokio::sync::mpsc;

use crate::engine::step_prompt::{Go, StepPrompt, StopAt, Stopped};

/// Where the one user stops.
#[derive(Default)]
pub struct Stops(RefCell<Option<StepPrompt>>);

impl Stops {
    /// It stops as this says; none: never.
    pub fn new(prompt: Option<StepPrompt>) -> Self {
        Self(RefCell::new(prompt))
    }

    /// What to tell where it stops before this step; none: it does not.
    pub fn before(&self, step: &str) -> Option<mpsc::UnboundedSender<Stopped>> {
        let prompt = self.0.borrow();
        let prompt = prompt.as_ref()?;
        let stops = match &prompt.at {
            StopAt::EveryStep => true,
            StopAt::Step(name) => name == step,
        };
        stops.then(|| prompt.stops.clone())
    }

    /// It stops after its session, where it stopped at each step until then.
    pub fn after(&self) -> Option<mpsc::UnboundedSender<Stopped>> {
        let prompt = self.0.borrow();
        let prompt = prompt.as_ref()?;
        (prompt.at == StopAt::EveryStep).then(|| prompt.stops.clone())
    }

    /// It goes on like this.
    pub fn go(&self, go: &Go) {
        let mut prompt = self.0.borrow_mut();
        match (go, &mut *prompt) {
            (Go::Step, Some(prompt)) => prompt.at = StopAt::EveryStep,
            _ => *prompt = None,
        }
    }
}
