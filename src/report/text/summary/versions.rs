//! What old and new scripts did, one below the other.

use super::look::Look;
use super::requests::section;
use crate::report::text::Ink;
use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::view::format::{count, measured, share, version};
use crate::view::{UserType, Version};

const COLUMNS: [(&str, Side); 11] = [
    ("type", Side::Left),
    ("version", Side::Right),
    ("users", Side::Right),
    ("count", Side::Right),
    ("failed", Side::Right),
    ("", Side::Right),
    ("p50", Side::Right),
    ("p95", Side::Right),
    ("p99", Side::Right),
    ("steps", Side::Right),
    ("script errors", Side::Right),
];

/// The types that had more than one version.
pub(crate) fn versions(types: &[UserType], look: Look) -> String {
    let mut table = Table::new(&COLUMNS);
    let mut any = false;
    for of in types.iter().filter(|of| of.versions.len() > 1) {
        any = true;
        for (at, one) in of.versions.iter().enumerate() {
            table.row(row(if at == 0 { &of.name } else { "" }, one));
        }
    }
    if !any {
        return String::new();
    }
    table.drop_idle("users");
    table.drop_idle("script errors");
    section("Versions", &look.table(&table, 2, "p50"), look)
}

fn row(name: &str, one: &Version) -> Vec<Cell> {
    let requests = one.requests;
    let mut row = vec![
        name.into(),
        version(one.version).into(),
        figure(one.users.max(0) as u64),
        figure(requests.total),
        bad(requests.failed()),
        if requests.failed() == 0 {
            "".into()
        } else {
            Cell::inked(share(requests.failed(), requests.total), Ink::Bad)
        },
    ];
    let times = &one.latency_seconds;
    row.extend([times.p50, times.p95, times.p99].map(|seconds| measured(seconds).into()));
    row.extend([figure(one.steps), bad(one.script_errors)]);
    row
}

fn figure(figure: u64) -> Cell {
    if figure == 0 {
        NOTHING.into()
    } else {
        count(figure).into()
    }
}

fn bad(figure: u64) -> Cell {
    if figure == 0 {
        NOTHING.into()
    } else {
        Cell::inked(count(figure), Ink::Bad)
    }
}
