//! Requests by type and by endpoint, and what failed of them.

use super::look::Look;
use crate::metrics::{Histogram, Outcomes, Snapshot};
use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::report::{Ink, plain};
use crate::view::format::{count, rate, time};

/// Columns of counts, after those that name the row.
const COUNTS: [(&str, Side); 6] = [
    ("count", Side::Right),
    ("/s", Side::Right),
    ("ok", Side::Right),
    ("expected", Side::Right),
    ("failed", Side::Right),
    ("cancelled", Side::Right),
];

/// Columns of service times.
const TIMES: [(&str, Side); 6] = [
    ("mean", Side::Right),
    ("p50", Side::Right),
    ("p90", Side::Right),
    ("p95", Side::Right),
    ("p99", Side::Right),
    ("max", Side::Right),
];

pub(crate) fn by_type(snapshot: &Snapshot, look: Look) -> String {
    let mut table = table(&[("type", Side::Left), ("sessions", Side::Right)]);
    for (kind, name) in snapshot.types() {
        let totals = snapshot
            .totals
            .types
            .get(&kind)
            .cloned()
            .unwrap_or_default();
        let mut row = vec![name.into(), count(totals.sessions.total()).into()];
        row.extend(counts(snapshot, &snapshot.totals.outcomes(Some(kind))));
        row.extend(times(&totals.service));
        table.row(row);
    }
    section("By type", &rendered(table, 1, look), look)
}

pub(crate) fn by_endpoint(snapshot: &Snapshot, look: Look) -> String {
    let endpoints = snapshot.endpoints();
    if endpoints.is_empty() {
        return String::new();
    }
    let mut table = table(&[("method", Side::Left), ("name", Side::Left)]);
    for endpoint in &endpoints {
        let mut row = vec![
            endpoint.operation.verb.into(),
            endpoint.operation.name.into(),
        ];
        row.extend(counts(snapshot, &endpoint.totals.outcomes()));
        row.extend(times(&endpoint.totals.service));
        table.row(row);
    }
    section("By endpoint", &rendered(table, 2, look), look)
}

pub(crate) fn errors(snapshot: &Snapshot, look: Look) -> String {
    let failures = crate::view::errors(snapshot);
    if failures.is_empty() {
        return String::new();
    }
    let columns = [
        ("error", Side::Left),
        ("count", Side::Right),
        ("for example", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for failure in failures {
        let example = failure.example.unwrap_or_default();
        table.row(vec![
            Cell::inked(failure.kind, Ink::Bad),
            count(failure.count).into(),
            plain::line(&example).into(),
        ]);
    }
    section("Failures", &look.table(&table, 1, ""), look)
}

pub(crate) fn section(title: &str, body: &str, look: Look) -> String {
    format!("{}\n{body}", look.paint.ink(Ink::Bold, title))
}

fn table(keys: &[(&'static str, Side)]) -> Table {
    Table::new(&[keys, &COUNTS, &TIMES].concat())
}

/// Columns of counts and times in one table, or in two below each other.
fn rendered(mut table: Table, keys: usize, look: Look) -> String {
    table.drop_idle("cancelled");
    look.table(&table, keys, TIMES[0].0)
}

fn counts(snapshot: &Snapshot, outcomes: &Outcomes) -> [Cell; COUNTS.len()] {
    let number = |number: u64| {
        if number == 0 {
            NOTHING.into()
        } else {
            count(number).into()
        }
    };
    let failed = if outcomes.failed() > 0 {
        Cell::inked(count(outcomes.failed()), Ink::Bad)
    } else {
        number(0)
    };
    [
        number(outcomes.total()),
        rate(snapshot.per_second(outcomes.total())).into(),
        number(outcomes.ok),
        number(outcomes.expected),
        failed,
        number(outcomes.cancelled),
    ]
}

fn times(times: &Histogram) -> [Cell; TIMES.len()] {
    let at = |quantile| times.quantile(quantile) as f64;
    let figures = [
        times.mean(),
        at(0.5),
        at(0.9),
        at(0.95),
        at(0.99),
        times.max() as f64,
    ];
    figures.map(|micros| {
        if times.is_empty() {
            NOTHING.into()
        } else {
            time(micros).into()
        }
    })
}
