//! Which step comes next.

use std::rc::Rc;

use super::session_streams::SessionStreams;
use super::state::ShardState;
use crate::random::weighted;
use crate::script::{ScriptUser, Steps, Vm};

/// What a user does next.
pub enum Next {
    /// It makes this step.
    Step(usize),
    /// Its session is over.
    Leave,
    /// Nothing, since every step is shed.
    AllShed,
}

/// The step that a user made before, which decides over the next one.
#[derive(Default)]
pub struct StepBefore {
    /// In which version it was made, under which number and name.
    made: Option<(u32, usize, Rc<str>)>,
}

impl StepBefore {
    /// It made the step with this number.
    pub fn made(vm: &Vm, index: usize) -> Self {
        let name = vm.step_names.get(index).cloned();
        Self {
            made: name.map(|name| (vm.version, index, name)),
        }
    }

    /// Its number in this version: that of the step with its name, if there is one.
    pub fn index_in(&self, vm: &Vm) -> Option<usize> {
        let (version, index, name) = self.made.as_ref()?;
        if *version == vm.version {
            return Some(*index);
        }
        vm.step_names.iter().position(|other| other == name)
    }
}

/// What comes next: by the `next` of the step before, or by weight. A step that is shed is drawn all the same, so that
/// the others come in their usual order, and another one in its place: one that the step before leads to, else any. Only
/// the first draw can end the session: that of others than usual would have more of them, and more logins, on a target
/// that is overloaded.
pub fn draw(
    state: &ShardState,
    script_user: &ScriptUser,
    streams: &mut SessionStreams,
    before: Option<usize>,
) -> Next {
    let chain = &script_user.vm.chain;
    let row = before.and_then(|before| chain.row(before));
    let drawn = weighted(&mut streams.steps, row.unwrap_or(chain.weights()));
    let index = drawn.unwrap_or(0);
    if index == chain.len() {
        return Next::Leave;
    }
    let shed_level = &state.context.requests.limits.shed_level;
    let Steps::Drawn(steps) = &script_user.vm.contract.steps else {
        return Next::Step(index);
    };
    let names = &script_user.vm.step_names;
    let index = state.context.step_for_all(names).unwrap_or(index);
    let out = |step: usize| {
        steps
            .get(step)
            .is_some_and(|step| shed_level.skips(step.heavy))
    };
    if shed_level.level() == 0 || !out(index) {
        return Next::Step(index);
    }
    state
        .context
        .requests
        .recorder
        .borrow_mut()
        .protection()
        .steps_skipped += 1;
    let others = |shares: &[f64]| {
        let shares = shares.iter().take(chain.len()).enumerate();
        let shares = shares.map(|(step, share)| if out(step) { 0.0 } else { *share });
        shares.collect::<Vec<_>>()
    };
    let other = row.and_then(|row| weighted(&mut streams.steps, &others(row)));
    other
        .or_else(|| weighted(&mut streams.steps, &others(chain.weights())))
        .map_or(Next::AllShed, Next::Step)
}
