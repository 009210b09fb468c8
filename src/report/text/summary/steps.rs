//! Steps and journeys of each type, and where journeys were lost.

use std::cmp::Reverse;

use super::look::Look;
use super::requests::section;
use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::report::text::{Ink, plain};
use crate::view::format::{count, measured, rate, share};
use crate::view::{Ended, Journey, Results, Step};

/// Places that are named of those where a journey was lost: the most frequent.
const PLACES: usize = 3;

const STEPS: [(&str, Side); 13] = [
    ("type", Side::Left),
    ("step", Side::Left),
    ("count", Side::Right),
    ("/s", Side::Right),
    ("ok", Side::Right),
    ("failed", Side::Right),
    ("error", Side::Right),
    ("cancelled", Side::Right),
    ("mean", Side::Right),
    ("p50", Side::Right),
    ("p95", Side::Right),
    ("p99", Side::Right),
    ("max", Side::Right),
];

const JOURNEYS: [(&str, Side); 14] = [
    ("type", Side::Left),
    ("journey", Side::Left),
    ("begun", Side::Right),
    ("finished", Side::Right),
    ("", Side::Right),
    ("lost", Side::Right),
    ("cancelled", Side::Right),
    ("failed", Side::Right),
    ("error", Side::Right),
    ("mean", Side::Right),
    ("p50", Side::Right),
    ("p95", Side::Right),
    ("max", Side::Right),
    ("lost at", Side::Left),
];

pub(crate) fn steps(steps: &[Step], look: Look) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&STEPS);
    let (steps, more) = look.first(shown(steps, look, |step| &step.ended));
    for step in steps {
        let Ended {
            results,
            duration_seconds,
            ..
        } = &step.ended;
        let mut row = names(&step.kind, &step.name);
        row.extend([figure(results.total), rate(step.per_second).into()]);
        row.extend([figure(results.ok), bad(results.failed), bad(results.error)]);
        row.push(figure(results.cancelled));
        let of = duration_seconds;
        row.extend([of.mean, of.p50, of.p95, of.p99, of.max].map(time));
        table.row(row);
    }
    table.drop_idle("error");
    table.drop_idle("cancelled");
    let body = look.table(&table, 2, "mean") + &more;
    section("Steps", &body, look)
}

pub(crate) fn journeys(journeys: &[Journey], look: Look) -> String {
    if journeys.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&JOURNEYS);
    let (journeys, more) = look.first(shown(journeys, look, |journey| &journey.ended));
    for journey in journeys {
        let Results {
            failed,
            error,
            cancelled,
            ..
        } = journey.ended.results;
        let duration = &journey.ended.duration_seconds;
        let mut row = names(&journey.kind, &journey.name);
        row.extend([figure(journey.begun), figure(journey.finished)]);
        row.push(share(journey.finished, journey.finished + journey.lost).into());
        row.extend([bad(journey.lost), figure(cancelled)]);
        row.extend([bad(failed), bad(error)]);
        row.extend([duration.mean, duration.p50, duration.p95, duration.max].map(time));
        row.push(places(journey).into());
        table.row(row);
    }
    for column in ["lost", "cancelled", "failed", "error", "lost at"] {
        table.drop_idle(column);
    }
    let body = look.table(&table, 2, "mean") + &more;
    section("Journeys", &body, look)
}

/// All of them in their order, where they have room; else those with failures first, then those that ended most often.
fn shown<T>(all: &[T], look: Look, ended: impl Fn(&T) -> &Ended) -> Vec<&T> {
    let mut shown: Vec<_> = all.iter().collect();
    if shown.len() > look.rows {
        shown.sort_by_key(|one| {
            let results = &ended(one).results;
            Reverse((results.failed + results.error, results.total))
        });
    }
    shown
}

fn names(kind: &str, name: &str) -> Vec<Cell> {
    vec![kind.into(), plain::line(name).into()]
}

fn places(journey: &Journey) -> String {
    let places = journey.lost_at.iter().take(PLACES);
    let places: Vec<_> = places
        .map(|at| format!("{} {}", at.place, count(at.count)))
        .collect();
    if places.is_empty() {
        return NOTHING.to_owned();
    }
    let more = journey.lost_at.len().saturating_sub(PLACES);
    let more = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    places.join(", ") + &more
}

fn figure(figure: u64) -> Cell {
    match figure {
        0 => NOTHING.into(),
        some => count(some).into(),
    }
}

fn bad(figure: u64) -> Cell {
    match figure {
        0 => NOTHING.into(),
        some => Cell::inked(count(some), Ink::Bad),
    }
}

fn time(seconds: Option<f64>) -> Cell {
    measured(seconds).into()
}
