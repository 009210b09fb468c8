//! The order of operations: what they need comes first, then things are read, changed, undone and deleted.

use std::collections::BTreeSet;

use throng_openapi::{Document, Operation};

use super::links::Links;
use super::resources::Resources;
use super::words;

/// Words of operations that undo what others did.
const UNDOING: [&str; 12] = [
    "revoke",
    "remove",
    "delete",
    "deactivate",
    "disable",
    "cancel",
    "close",
    "unassign",
    "archive",
    "block",
    "logout",
    "unsubscribe",
];

/// Words of operations that take back what one of the others did. What is created is mostly active and open, so that these
/// can do something only after it was undone.
const REDOING: [&str; 9] = [
    "activate",
    "reactivate",
    "enable",
    "unblock",
    "unlock",
    "unarchive",
    "reopen",
    "resume",
    "restore",
];

/// When an operation is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Create,
    Add,
    Read,
    Change,
    /// A thing is taken from another one.
    Detach,
    Undo,
    /// What was undone is done again.
    Redo,
    Delete,
}

/// The operations that are made, in their order.
pub(super) fn operations(document: &Document, resources: &Resources, links: &Links) -> Vec<usize> {
    let phase = |number: usize| phase(document, resources, number, links);
    let mut sorted: Vec<usize> = links.operations().collect();
    sorted.sort_by_key(|number| {
        let operation = &document.operations[*number];
        let phase = phase(*number);
        let depth = operation.path.split('/').count();
        // What is deeper goes first when it is deleted.
        let depth = if phase >= Phase::Detach {
            usize::MAX - depth
        } else {
            depth
        };
        (
            phase,
            depth,
            operation.path.clone(),
            operation.method.clone(),
        )
    });
    let (mut order, mut done) = (Vec::new(), BTreeSet::new());
    for number in sorted {
        place(number, links, &mut order, &mut done);
    }
    order
}

/// What an operation needs is made before it.
fn place(number: usize, links: &Links, order: &mut Vec<usize>, done: &mut BTreeSet<usize>) {
    // Also where operations need each other in a circle, each has one place.
    if !done.insert(number) {
        return;
    }
    for source in links.needs(number) {
        place(source.maker, links, order, done);
    }
    order.push(number);
}

/// Whether the name of an operation, or the end of its path, has one of these words.
fn has_word(operation: &Operation, wanted: &[&str]) -> bool {
    let last = operation.path.rsplit('/').find(|part| !part.contains('{'));
    let mut said = words::words(last.unwrap_or_default());
    said.extend(words::words(operation.id.as_deref().unwrap_or_default()));
    said.iter().any(|word| wanted.contains(&word.as_str()))
}

/// Whether another operation undoes something at the same thing.
fn has_sibling_that_undoes(operation: &Operation, document: &Document) -> bool {
    let parent = |path: &str| path.rsplit_once('/').map(|(parent, _)| parent.to_owned());
    let own = parent(&operation.path);
    let mut others = document.operations.iter();
    others.any(|other| {
        other.path != operation.path && parent(&other.path) == own && has_word(other, &UNDOING)
    })
}

fn phase(document: &Document, resources: &Resources, number: usize, links: &Links) -> Phase {
    let operation = &document.operations[number];
    let undoes = has_word(operation, &UNDOING);
    let redoes = has_word(operation, &REDOING);
    let variables = operation.path.matches('{').count();
    match operation.method.as_str() {
        "GET" | "HEAD" | "OPTIONS" | "TRACE" => Phase::Read,
        "DELETE" if variables > 1 => Phase::Detach,
        "DELETE" => Phase::Delete,
        _ if undoes => Phase::Undo,
        _ if redoes && has_sibling_that_undoes(operation, document) => Phase::Redo,
        "POST" if resources.made_by(number).is_some() || links.is_read(number) => Phase::Create,
        "POST" => Phase::Add,
        _ => Phase::Change,
    }
}
