//! The items of a contract that a run can cover, numbered throughout the document.

use std::ops::Range;

use super::document::{Document, Operation};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// An operation.
    Operation,
    /// A parameter of one.
    Parameter,
    /// A status that it answers.
    Status,
    /// A media type that it takes or answers.
    ContentType,
}

/// The numbers of the items of an operation: that of the operation itself, and those of what belongs to it, in the order of
/// the document; of the answers' media types those of the first status come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationItems {
    /// Of the operation.
    pub operation: u32,
    /// Of its parameters.
    pub parameters: Range<u32>,
    /// Of its statuses.
    pub statuses: Range<u32>,
    /// Of the media types that it takes.
    pub request_types: Range<u32>,
    /// Of the media types that it answers, over all statuses.
    pub response_types: Range<u32>,
}

impl OperationItems {
    fn of(operation: &Operation, next: &mut u32) -> Self {
        let number = *next;
        *next += 1;
        let mut range = |count: usize| {
            let from = *next;
            // Bounded by the length of the document.
            *next += u32::try_from(count).unwrap_or(u32::MAX);
            from..*next
        };
        let answers = operation.responses.iter();
        Self {
            operation: number,
            parameters: range(operation.parameters.len()),
            statuses: range(operation.responses.len()),
            request_types: range(operation.body.as_ref().map_or(0, |body| body.content.len())),
            response_types: range(answers.map(|one| one.content.len()).sum()),
        }
    }

    /// Of the media types that it answers with a status: the number of the first.
    pub(super) fn response_type(
        &self,
        operation: &Operation,
        response: usize,
        content: usize,
    ) -> u32 {
        let before = operation.responses.iter().take(response);
        let before: usize = before.map(|one| one.content.len()).sum();
        self.response_types.start + u32::try_from(before + content).unwrap_or(u32::MAX)
    }
}

/// The items of each operation.
pub(super) fn number(document: &Document) -> Vec<OperationItems> {
    let mut next = 0;
    let operations = document.operations.iter();
    operations
        .map(|one| OperationItems::of(one, &mut next))
        .collect()
}
