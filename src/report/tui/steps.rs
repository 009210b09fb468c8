//! Steps and journeys: how often they ended, how many of them badly, and how long they took.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use super::look::Look;
use super::tables::{row, show};
use crate::report::text::plain;
use crate::view::format::{count, measured, rate, share};
use crate::view::{Results, RunView};

/// Lines of a table around its rows: its frame and its headings.
const AROUND: u16 = 3;

const STEPS: [&str; 7] = ["step", "count", "/s", "failed", "p50", "p95", "p99"];
const JOURNEYS: [&str; 7] = [
    "journey", "begun", "finished", "lost", "failed", "p50", "p95",
];

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let [above, below] = divided(area, view.steps.len(), view.journeys.len());
    let steps = view.steps.iter().map(|step| {
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
    let title = format!("{} steps", view.steps.len());
    show(frame, above, title, look, &STEPS, steps.collect());
    if view.journeys.is_empty() {
        return;
    }
    let journeys = view.journeys.iter().map(|journey| {
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
    let title = format!("{} journeys", view.journeys.len());
    show(frame, below, title, look, &JOURNEYS, journeys.collect());
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
