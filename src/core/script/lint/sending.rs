//! Which functions of a script send requests, as far as the text tells.

use super::scope::Variable;
use super::value::{Id, Known};

/// What a function of the script does.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Whether it calls something that sends, or that is not known.
    pub may_send: bool,
    /// The locals that it reads: what they hold may be called.
    pub uses: Vec<Id>,
}

/// Whether a function may send something, by itself or by functions of the script that it uses.
pub(super) fn may_send(start: usize, facts: &[Facts], variables: &[Variable]) -> bool {
    let mut seen = vec![false; facts.len()];
    let mut open = vec![start];
    while let Some(number) = open.pop() {
        let Some(of) = facts.get(number) else {
            return true;
        };
        if std::mem::replace(&mut seen[number], true) {
            continue;
        }
        if of.may_send {
            return true;
        }
        for variable in of.uses.iter().map(|id| &variables[*id]) {
            match variable.known {
                Known::Body(_) if variable.writes > 0 => return true,
                Known::Body(number) => open.push(number),
                _ => {}
            }
        }
    }
    false
}
