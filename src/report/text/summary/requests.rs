//! Requests by type and by endpoint.

use super::look::Look;
use crate::report::text::Ink;
use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::view::format::{count, measured, rate};
use crate::view::{Latency, Outcomes, RunView};

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

pub(crate) fn by_type(view: &RunView, look: Look) -> String {
    let mut table = table(&[("type", Side::Left), ("sessions", Side::Right)]);
    for of in &view.types {
        let mut row = vec![of.name.as_str().into(), count(of.sessions.total).into()];
        row.extend(counts(&of.requests.outcomes, of.requests.per_second));
        row.extend(times(&of.latency_seconds));
        table.row(row);
    }
    section("By type", &rendered(table, 1, look), look)
}

pub(crate) fn by_endpoint(view: &RunView, look: Look) -> String {
    if view.endpoints.is_empty() {
        return String::new();
    }
    let mut table = table(&[("method", Side::Left), ("name", Side::Left)]);
    let (endpoints, more) = look.first(view.endpoints_worst_first());
    for endpoint in endpoints {
        let mut row = vec![
            endpoint.method.as_str().into(),
            endpoint.name.as_str().into(),
        ];
        row.extend(counts(&endpoint.outcomes, endpoint.per_second));
        row.extend(times(&endpoint.latency_seconds));
        table.row(row);
    }
    let body = rendered(table, 2, look) + &more;
    section("By endpoint", &body, look)
}

/// How many requests each percentile takes, as `metrics::least_samples` has it.
const FEW: &str =
    "A dash in place of a percentile: too few were measured. p50 takes 5, p90 29, p95 59, p99 299.";

/// Why there are dashes in place of percentiles, where there are.
pub(crate) fn few(view: &RunView, look: Look) -> String {
    let shown = [0.5, 0.9, 0.95, 0.99];
    let types = view.types.iter().map(|of| &of.latency_seconds);
    let endpoints = view.endpoints.iter().map(|of| &of.latency_seconds);
    let steps = view.steps.iter().map(|of| &of.ended.duration_seconds);
    let journeys = view.journeys.iter().map(|of| &of.ended.duration_seconds);
    let mut all = types.chain(endpoints).chain(steps).chain(journeys);
    match all.any(|times| times.lacks(&shown)) {
        true => look.wrapped(FEW, 0) + "\n",
        false => String::new(),
    }
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

fn counts(outcomes: &Outcomes, per_second: f64) -> [Cell; COUNTS.len()] {
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
        number(outcomes.total),
        rate(per_second).into(),
        number(outcomes.ok),
        number(outcomes.expected),
        failed,
        number(outcomes.cancelled),
    ]
}

fn times(times: &Latency) -> [Cell; TIMES.len()] {
    let figures = [
        times.mean, times.p50, times.p90, times.p95, times.p99, times.max,
    ];
    figures.map(|seconds| measured(seconds).into())
}
