//! The names under which steps are counted.

use std::rc::Rc;

use mlua::Function;

use super::contract::Steps;
use crate::script::api::argument::LONGEST_NAME;
use crate::script::source::bundle::Bundle;
use crate::script::source::function_name;
use crate::script::source::lua_text::code;

/// The name of each step: the one that it was given, else that of its function, else its number.
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
