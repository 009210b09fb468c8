//! What the run covered of the contract of its target, and what it did not.

use super::look::Look;
use super::requests::section;
use crate::report::text::table::{Cell, Side, Table};
use crate::report::text::{Ink, plain};
use crate::view::format::{count, ratio};
use crate::view::{Coverage, CoverageShare};

/// The table, then what is missing and what should not be there.
pub(crate) fn coverage(coverage: Option<&Coverage>, look: Look) -> String {
    let Some(coverage) = coverage else {
        return String::new();
    };
    let title = format!("Coverage of {}", plain::line(&coverage.document));
    let parts = [
        section(&title, &shares(coverage, look), look),
        uncovered(coverage, look),
        mismatches(coverage, look),
        undocumented(coverage, look),
        outside(coverage, look),
    ];
    let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("\n")
}

fn shares(coverage: &Coverage, look: Look) -> String {
    let columns = [
        ("covered", Side::Left),
        ("", Side::Right),
        ("of", Side::Right),
        (" ", Side::Right),
    ];
    let mut table = Table::new(&columns);
    let succeeded = CoverageShare {
        covered: coverage.succeeded,
        ratio: coverage
            .operations
            .ratio
            .map(|_| coverage.succeeded as f64 / coverage.operations.total as f64),
        ..coverage.operations
    };
    for (name, share) in [
        ("operations", coverage.operations),
        ("  with success", succeeded),
        ("parameters", coverage.parameters),
        ("statuses", coverage.statuses),
        ("content types", coverage.content_types),
    ] {
        let word = name.replace(' ', "_");
        let is_missed = coverage.missed().any(|rule| rule.of == word);
        let shown = ratio(share.ratio);
        table.row(vec![
            name.into(),
            count(share.covered).into(),
            count(share.total).into(),
            match is_missed {
                true => Cell::inked(shown, Ink::Bad),
                false => shown.into(),
            },
        ]);
    }
    look.table(&table, 1, "")
}

fn uncovered(coverage: &Coverage, look: Look) -> String {
    let mut table = Table::new(&[("operation", Side::Left), ("id", Side::Left)]);
    let mut all = 0;
    for one in coverage.uncovered() {
        all += 1;
        table.row(vec![
            plain::line(&one.operation).into(),
            plain::line(one.id.as_deref().unwrap_or("-")).into(),
        ]);
    }
    listed("Not covered", &table, all, look)
}

fn mismatches(coverage: &Coverage, look: Look) -> String {
    let columns = [
        ("count", Side::Right),
        ("response", Side::Left),
        ("at", Side::Left),
        ("because", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for one in &coverage.mismatches {
        let pointer = match one.pointer.as_str() {
            "" => "the whole body",
            pointer => pointer,
        };
        table.row(vec![
            count(one.count).into(),
            format!("{} {}", plain::line(&one.operation), one.status).into(),
            plain::line(pointer).into(),
            plain::line(&one.example).into(),
        ]);
    }
    table.keep_whole("because");
    let title = "Responses that do not follow their schema";
    listed(title, &table, coverage.mismatches.len(), look)
}

fn undocumented(coverage: &Coverage, look: Look) -> String {
    let columns = [
        ("count", Side::Right),
        ("status", Side::Right),
        ("operation", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for one in &coverage.undocumented {
        table.row(vec![
            count(one.requests).into(),
            one.status.to_string().into(),
            plain::line(&one.operation).into(),
        ]);
    }
    let title = "Statuses that are not in the document";
    listed(title, &table, coverage.undocumented.len(), look)
}

fn outside(coverage: &Coverage, look: Look) -> String {
    let mut table = Table::new(&[("count", Side::Right), ("request", Side::Left)]);
    for one in &coverage.outside {
        table.row(vec![
            count(one.requests).into(),
            plain::line(&one.request).into(),
        ]);
    }
    let title = "Requests that are not in the document";
    listed(title, &table, coverage.outside.len(), look)
}

fn listed(title: &str, table: &Table, rows: usize, look: Look) -> String {
    match rows {
        0 => String::new(),
        _ => section(title, &look.table(table, 1, ""), look),
    }
}
