//! What the run covers of an OpenAPI document, for the page: shares, and the first of what is missing or not described.

use serde::Serialize;

use crate::view::{self, CoverageShare, OutsideRequest, SchemaMismatch, UndocumentedStatus};

/// Rows of a list that are sent.
const MAX_ROWS: usize = 50;

#[derive(Serialize)]
pub struct Coverage<'a> {
    document: &'a str,
    /// By name: covered, and of how many.
    shares: [(&'static str, u64, u64); 5],
    uncovered: Vec<&'a str>,
    /// Operations that are not in the list.
    more_uncovered: usize,
    mismatches: &'a [SchemaMismatch],
    undocumented: &'a [UndocumentedStatus],
    outside: &'a [OutsideRequest],
}

impl<'a> From<&'a view::Coverage> for Coverage<'a> {
    fn from(of: &'a view::Coverage) -> Self {
        let share = |name, share: CoverageShare| (name, share.covered, share.total);
        let uncovered = of.uncovered().map(|one| one.operation.as_str());
        Self {
            document: &of.document,
            shares: [
                share("operations", of.operations),
                ("with success", of.succeeded, of.operations.total),
                share("parameters", of.parameters),
                share("statuses", of.statuses),
                share("content types", of.content_types),
            ],
            more_uncovered: of.uncovered().count().saturating_sub(MAX_ROWS),
            uncovered: uncovered.take(MAX_ROWS).collect(),
            mismatches: first(&of.mismatches),
            undocumented: first(&of.undocumented),
            outside: first(&of.outside),
        }
    }
}

fn first<T>(all: &[T]) -> &[T] {
    &all[..all.len().min(MAX_ROWS)]
}
