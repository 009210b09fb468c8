//! What old and new scripts did, one below the other.

use super::look::Look;
use super::requests::section;
use crate::metrics::{Snapshot, Version};
use crate::report::Ink;
use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::view::format::{count, share, time, version};

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
pub(crate) fn versions(snapshot: &Snapshot, look: Look) -> String {
    let mut table = Table::new(&COLUMNS);
    let mut any = false;
    for (kind, name) in snapshot.types() {
        let versions = snapshot.versions_of(kind);
        if versions.len() < 2 {
            continue;
        }
        any = true;
        for (at, one) in versions.iter().enumerate() {
            table.row(row(if at == 0 { name } else { "" }, one));
        }
    }
    if !any {
        return String::new();
    }
    table.drop_idle("users");
    table.drop_idle("script errors");
    section("Versions", &look.table(&table, 2, "p50"), look)
}

fn row(name: &str, one: &Version<'_>) -> Vec<Cell> {
    let requests = one.totals.outcomes;
    let mut row = vec![
        name.into(),
        version(one.number).into(),
        figure(one.users.max(0) as u64),
        figure(requests.total()),
        bad(requests.failed()),
        if requests.failed() == 0 {
            "".into()
        } else {
            Cell::inked(share(requests.failed(), requests.total()), Ink::Bad)
        },
    ];
    row.extend([0.5, 0.95, 0.99].map(|quantile| {
        let times = &one.totals.service;
        if times.is_empty() {
            NOTHING.into()
        } else {
            time(times.quantile(quantile) as f64).into()
        }
    }));
    row.extend([figure(one.totals.steps), bad(one.totals.script_errors)]);
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
