//! Which step of a type comes after which: the `next` of each, by the names that the steps have.

use std::fmt::Write as _;
use std::rc::Rc;

use super::contract::{Step, Steps};
use crate::plan::StepChain;
use crate::script::diagnostic::Diagnostic;
use crate::text::did_you_mean;

/// The name under which `next` has the end of the session.
const LEAVE: &str = "leave";
/// What is said of a step that no session can come to.
const UNREACHABLE: &str = "cannot be reached: its weight is 0, and no step that can be reached leads to it; \
                           give it a weight, or a share in another's next";

/// The chain of a type's steps, which have these names.
///
/// # Errors
/// Every name that no step has, and every step that no session can come to.
pub fn chain(steps: &Steps, names: &[Rc<str>], path: &str) -> Result<StepChain, Vec<Diagnostic>> {
    let Steps::Drawn(steps) = steps else {
        return Ok(StepChain::by_weight(vec![1.0]));
    };
    let weights: Vec<f64> = steps.iter().map(|step| step.weight).collect();
    let at = |index: usize, message: String| {
        Diagnostic::at(
            place(&steps[index], path),
            format!("{} {message}", called(index, names)),
        )
    };
    if steps.iter().all(|step| step.next.is_none()) {
        let none = (0..steps.len()).filter(|index| weights[*index] <= 0.0);
        let faults: Vec<_> = none
            .map(|index| {
                let message = format!(
                    "steps[{}] has the weight 0; it takes a number above 0",
                    index + 1
                );
                Diagnostic::at(path, message)
            })
            .collect();
        return if faults.is_empty() {
            Ok(StepChain::by_weight(weights))
        } else {
            Err(faults)
        };
    }
    let mut faults = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if **name == *LEAVE {
            faults.push(at(
                index,
                "has the name that `next` has for the end of the session; name it otherwise"
                    .to_owned(),
            ));
        }
    }
    let rows = steps.iter().enumerate().map(|(index, step)| {
        let shares = step.next.as_ref()?;
        let mut row = vec![0.0; steps.len() + 1];
        for (name, share) in shares {
            match column(name, names) {
                Ok(column) => row[column] += share,
                Err(why) => faults.push(at(index, format!("has next.{name}, {why}"))),
            }
        }
        Some(row)
    });
    let rows: Vec<_> = rows.collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    if weights.iter().all(|weight| *weight <= 0.0) {
        let message = "no step can be the first: all have the weight 0; give one a weight above 0";
        return Err(vec![Diagnostic::at(path, message)]);
    }
    let chain = StepChain::new(weights, rows);
    let unreachable = chain.unreachable().into_iter();
    let unreachable = unreachable.map(|index| at(index, UNREACHABLE.to_owned()));
    let unreachable: Vec<_> = unreachable.collect();
    if unreachable.is_empty() {
        Ok(chain)
    } else {
        Err(unreachable)
    }
}

/// The column of a name in the rows: a step's number, or that of leaving.
fn column(name: &str, names: &[Rc<str>]) -> Result<usize, String> {
    if name == LEAVE {
        return Ok(names.len());
    }
    let mut with = (0..names.len()).filter(|index| *names[*index] == *name);
    match (with.next(), with.next()) {
        (Some(index), None) => Ok(index),
        (Some(one), Some(other)) => Err(format!(
            "and both steps[{}] and steps[{}] have that name; give each its own",
            one + 1,
            other + 1
        )),
        (None, _) => {
            let mut known = String::new();
            for name in names {
                // Writing to a string cannot fail.
                let _ = write!(known, "{name}, ");
            }
            let words = names.iter().map(|name| &**name).chain([LEAVE]);
            Err(format!(
                "and there is no step of that name; there are: {known}{LEAVE}{}",
                did_you_mean(name, words)
            ))
        }
    }
}

/// `steps[2] (search)`.
fn called(index: usize, names: &[Rc<str>]) -> String {
    match names.get(index) {
        Some(name) => format!("steps[{}] ({name})", index + 1),
        None => format!("steps[{}]", index + 1),
    }
}

/// Where the function of a step begins, if that is in its script: in most scripts its `next` is near.
fn place(step: &Step, path: &str) -> String {
    let info = step.function.info();
    let is_here = info
        .source
        .as_deref()
        .and_then(|source| source.strip_prefix('@'))
        == Some(path);
    match info.line_defined.filter(|_| is_here) {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    }
}
