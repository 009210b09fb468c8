//! Old and new of each type that has changed, one below the other.

use super::line::Line;
use super::moving::moving;
use crate::report::text::{Ink, Paint};
use crate::view::format::{count, measured, share, version};
use crate::view::{RunView, UserType, Version};

/// Types shown at most.
const TYPES: usize = 5;

const COLUMNS: [&str; 6] = ["requests", "failed", "p50", "p95", "p99", "script errors"];

/// A heading and two rows for each type, while there is something to compare.
pub(crate) fn pairs(view: &RunView, paint: Paint) -> Vec<Line> {
    let moving = moving(view);
    let is_moving = |of: &UserType| moving.iter().any(|one| one.name == of.name);
    let compared = view.types.iter();
    let compared = compared
        .filter(|of| is_moving(of) || of.is_parted())
        .map(|of| (of.name.as_str(), pair(of)))
        .filter(|(_, pair)| pair.len() > 1)
        .take(TYPES);
    let rows: Vec<_> = compared
        .flat_map(|(name, pair)| pair.into_iter().map(move |one| Row::new(name, one)))
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let wide = |text: &str| console::measure_text_width(text);
    let first = rows.iter().map(|row| wide(&row.name)).max().unwrap_or(0);
    let widths: Vec<_> = (0..COLUMNS.len())
        .map(|at| {
            let cells = rows.iter().map(|row| wide(&row.cells[at].0));
            cells.max().unwrap_or(0).max(COLUMNS[at].len())
        })
        .collect();
    let mut heading = Line::new("compare", paint);
    heading.inked(Ink::Dim, &" ".repeat(first));
    for (name, width) in COLUMNS.iter().zip(&widths) {
        heading.inked(Ink::Dim, &format!("{name:>width$}"));
    }
    let lines = rows.iter().map(|row| {
        let mut line = Line::new("", paint);
        line.plain(&console::pad_str(
            &row.name,
            first,
            console::Alignment::Left,
            None,
        ));
        for ((cell, bad), &width) in row.cells.iter().zip(&widths) {
            let cell = format!("{cell:>width$}");
            if *bad {
                line.inked(Ink::Bad, &cell);
            } else {
                line.plain(&cell);
            }
        }
        line
    });
    std::iter::once(heading).chain(lines).collect()
}

/// The two newest versions of a type, those with users first; the older one first.
pub(crate) fn pair(of: &UserType) -> Vec<&Version> {
    let mut versions: Vec<_> = of.versions.iter().collect();
    versions.sort_by_key(|one| (one.users > 0, one.version));
    let older = versions.len().saturating_sub(2);
    let mut pair = versions.split_off(older);
    pair.sort_by_key(|one| one.version);
    pair
}

struct Row {
    /// `active 3`
    name: String,
    /// By [`COLUMNS`]; with whether it is bad news.
    cells: [(String, bool); COLUMNS.len()],
}

impl Row {
    fn new(name: &str, one: &Version) -> Self {
        let (requests, times) = (&one.requests, &one.latency_seconds);
        let failed = requests.failed();
        Row {
            name: format!("{name} {}", version(one.version)),
            cells: [
                (count(requests.total), false),
                (share(failed, requests.total), failed > 0),
                (measured(times.p50), false),
                (measured(times.p95), false),
                (measured(times.p99), false),
                (count(one.script_errors), one.script_errors > 0),
            ],
        }
    }
}
