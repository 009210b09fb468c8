//! Steps and journeys: how often they ended, how many of them badly, and how long they took.

use std::cmp::Reverse;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use super::look::{Look, Sort};
use super::rows::{AROUND, row, show};
use super::tables::titled;
use crate::report::text::plain;
use crate::view::format::{count, measured, rate, share};
use crate::view::{Ended, Journey, Results, RunView, Step};

const STEPS: [&str; 7] = ["step", "count", "/s", "failed", "p50", "p95", "p99"];
const JOURNEYS: [&str; 7] = [
    "journey", "begun", "finished", "lost", "failed", "p50", "p95",
];

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let mut shown: Vec<&Step> = view.steps.iter().collect();
    sort(&mut shown, look.sort, |step| (&step.ended, &step.name));
    shown.retain(|step| look.has(&named(&step.kind, &step.name)));
    let mut lost: Vec<&Journey> = view.journeys.iter().collect();
    sort(&mut lost, look.sort, |one| (&one.ended, &one.name));
    lost.retain(|one| look.has(&named(&one.kind, &one.name)));
    // One row of both tables is selected.
    let selected = look.row_of(shown.len() + lost.len());
    let in_steps = (selected < shown.len()).then_some(selected);
    let in_journeys = selected.checked_sub(shown.len());
    let [above, below] = divided(area, shown.len(), lost.len());
    let steps = shown.iter().map(|step| {
        let (results, times) = (&step.ended.results, &step.ended.duration_seconds);
        let figures = [
            count(results.total),
            rate(step.per_second),
            share(failures(results), results.total),
            measured(times.p50),
            measured(times.p95),
            measured(times.p99),
        ];
        row(named(&step.kind, &step.name), figures, failures(results))
    });
    let title = titled("steps", (shown.len(), view.steps.len()), look);
    show(
        frame,
        above,
        title,
        look,
        &STEPS,
        (steps.collect(), in_steps),
    );
    if lost.is_empty() {
        return;
    }
    let journeys = lost.iter().map(|journey| {
        let (results, times) = (&journey.ended.results, &journey.ended.duration_seconds);
        let figures = [
            count(journey.begun),
            count(journey.finished),
            count(journey.lost),
            share(failures(results), results.total),
            measured(times.p50),
            measured(times.p95),
        ];
        let name = named(&journey.kind, &journey.name);
        row(name, figures, failures(results))
    });
    let title = titled("journeys", (lost.len(), view.journeys.len()), look);
    show(
        frame,
        below,
        title,
        look,
        &JOURNEYS,
        (journeys.collect(), in_journeys),
    );
}

/// Of equal ones the order stays that of their types.
fn sort<T>(all: &mut [&T], sort: Sort, of: impl Fn(&T) -> (&Ended, &String)) {
    match sort {
        Sort::Failures => all.sort_by_key(|one| Reverse(failures(&of(one).0.results))),
        Sort::Count => all.sort_by_key(|one| Reverse(of(one).0.results.total)),
        Sort::P95 => all.sort_by(|one, other| {
            let p95 = |one: &T| of(one).0.duration_seconds.p95.unwrap_or(-1.0);
            p95(other).total_cmp(&p95(one))
        }),
        Sort::Name => all.sort_by(|one, other| of(one).1.cmp(of(other).1)),
    }
}

/// Room for the steps, and below for the journeys, which have half of it at most unless the steps leave more.
fn divided(area: Rect, steps: usize, journeys: usize) -> [Rect; 2] {
    let lines = |rows: usize| {
        u16::try_from(rows)
            .unwrap_or(u16::MAX)
            .saturating_add(AROUND)
    };
    let below = match journeys {
        0 => 0,
        some => lines(some).min((area.height / 2).max(area.height.saturating_sub(lines(steps)))),
    };
    Layout::vertical([Constraint::Min(0), Constraint::Length(below)]).areas(area)
}

fn failures(results: &Results) -> u64 {
    results.failed + results.error
}

fn named(kind: &str, name: &str) -> String {
    plain::line(&format!("{kind}: {name}"))
}
