//! The names under which steps are counted.

use std::cell::Cell;
use std::rc::Rc;

use mlua::Function;

use super::contract::Steps;
use crate::metrics::{Recorder, StepId, TypeId};
use crate::script::api::argument::LONGEST_NAME;
use crate::script::source::bundle::Bundle;
use crate::script::source::function_name;
use crate::script::source::lua_text::code;

/// The id of a step, which the recorder of the VM's shard is asked for once.
#[derive(Default)]
pub struct CachedStepId(Cell<Option<(TypeId, StepId)>>);

impl CachedStepId {
    /// That of the step of this name.
    pub fn get(&self, recorder: &mut Recorder, kind: TypeId, name: &str) -> StepId {
        if let Some((known, id)) = self.0.get()
            && known == kind
        {
            return id;
        }
        let id = recorder.step_id(kind, name);
        self.0.set(Some((kind, id)));
        id
    }
}

/// The name of each step, never empty: the one that it was given, else that of its function, else its number.
pub fn of(steps: &Steps, bundle: &Bundle) -> Vec<Rc<str>> {
    match steps {
        Steps::Own(function) => vec![named(None, function, bundle, 0)],
        Steps::Drawn(steps) => (0..)
            .zip(steps)
            .map(|(index, step)| named(step.name.as_ref(), &step.function, bundle, index))
            .collect(),
    }
}

fn named(given: Option<&Rc<str>>, function: &Function, bundle: &Bundle, index: usize) -> Rc<str> {
    let given = given.filter(|name| !name.is_empty()).cloned();
    given
        .or_else(|| name_of(function, bundle))
        .unwrap_or_else(|| format!("step {}", index + 1).into())
}

fn name_of(function: &Function, bundle: &Bundle) -> Option<Rc<str>> {
    let info = function.info();
    let path = info.source?;
    let source = bundle.source(path.strip_prefix('@')?)?;
    let name = function_name::name_in(code(&source.text), info.line_defined?)?;
    (name.len() <= LONGEST_NAME).then(|| name.into())
}
