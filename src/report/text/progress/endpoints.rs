//! The endpoints that one looks at first, where there is room for them.

use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::report::text::{Ink, Paint, plain};
use crate::view::RunView;
use crate::view::format::{count, measured, rate};

/// Rows at most.
const MOST: usize = 10;
/// Columns, and whether they are shown in a narrow display too.
const COLUMNS: [((&str, Side), bool); 6] = [
    (("endpoint", Side::Left), true),
    (("requests", Side::Right), true),
    (("/s", Side::Right), false),
    (("failed", Side::Right), true),
    (("p50", Side::Right), false),
    (("p95", Side::Right), true),
];
/// Columns below which it is narrow.
const NARROW_BELOW: usize = 60;
/// With fewer lines there is no table.
const LEAST: usize = 3;

/// A heading, and endpoints with failures first, then those with most requests; nothing where there is no room.
pub(super) fn endpoints(view: &RunView, width: usize, lines: usize, paint: Paint) -> Vec<String> {
    if lines < LEAST || view.endpoints.is_empty() {
        return Vec::new();
    }
    let is_narrow = width < NARROW_BELOW;
    let columns = COLUMNS.iter().filter(|(_, in_all)| *in_all || !is_narrow);
    let columns: Vec<_> = columns.map(|(column, _)| *column).collect();
    let mut table = Table::new(&columns);
    let all = view.endpoints_worst_first();
    for one in all.into_iter().take(MOST.min(lines - 1)) {
        let (outcomes, times) = (&one.outcomes, &one.latency_seconds);
        let failed = match outcomes.failed() {
            0 => NOTHING.into(),
            some => Cell::inked(count(some), Ink::Bad),
        };
        let cells: [Cell; COLUMNS.len()] = [
            plain::line(&format!("{} {}", one.method, one.name)).into(),
            count(outcomes.total).into(),
            rate(one.per_second).into(),
            failed,
            measured(times.p50).into(),
            measured(times.p95).into(),
        ];
        let cells = cells.into_iter().zip(COLUMNS);
        let cells = cells.filter(|(_, (_, in_all))| *in_all || !is_narrow);
        table.row(cells.map(|(cell, _)| cell).collect());
    }
    let text = table.render(width, false, 1, "", paint);
    text.lines()
        .map(|line| console::truncate_str(line, width, "").into_owned())
        .collect()
}
