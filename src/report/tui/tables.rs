//! Tables: by endpoint, by type, of scripts.

use std::cmp::Reverse;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{self, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::frame::framed;
use super::look::{Look, Sort};
use super::rows::{row, show};
use crate::report::text::{Ink, plain};
use crate::view::RunView;
use crate::view::format::{NOTHING, count, measured, rate, share, version};

const ENDPOINTS: [&str; 8] = [
    "request", "requests", "/s", "expected", "failed", "p50", "p95", "p99",
];

/// The endpoints; a row of them is selected where they are all that is shown.
pub(crate) fn endpoints(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &RunView,
    look: &Look,
    is_selectable: bool,
) {
    let mut all = view.endpoints_worst_first();
    match look.sort {
        Sort::Failures => {}
        Sort::Count => all.sort_by_key(|one| Reverse(one.outcomes.total)),
        Sort::P95 => all.sort_by(|one, other| {
            let p95 = |of: Option<f64>| of.unwrap_or(-1.0);
            let (one, other) = (one.latency_seconds.p95, other.latency_seconds.p95);
            p95(other).total_cmp(&p95(one))
        }),
        Sort::Name => all.sort_by_key(|one| (&one.name, &one.method)),
    }
    let named = all.into_iter().map(|one| {
        let name = plain::line(&format!("{:<7}{}", one.method, one.name));
        (name, one)
    });
    let named = named.filter(|(name, _)| look.has(name));
    let rows: Vec<_> = named
        .map(|(name, one)| {
            let (outcomes, times) = (&one.outcomes, &one.latency_seconds);
            let figures = [
                count(outcomes.total),
                rate(one.per_second),
                count(outcomes.expected),
                count(outcomes.failed()),
                measured(times.p50),
                measured(times.p95),
                measured(times.p99),
            ];
            row(name, figures, outcomes.failed())
        })
        .collect();
    let title = titled("endpoints", (rows.len(), view.endpoints.len()), look);
    let selected = is_selectable.then(|| look.row_of(rows.len()));
    show(frame, area, title, look, &ENDPOINTS, (rows, selected));
}

/// `12 of 40 endpoints by failures`
pub(super) fn titled(what: &str, (shown, all): (usize, usize), look: &Look) -> String {
    let of = if shown == all {
        count(all as u64)
    } else {
        format!("{} of {}", count(shown as u64), count(all as u64))
    };
    format!("{of} {what} by {}", look.sort.as_str())
}

/// The types of users; a row of them is selected where they are all that is shown.
pub(crate) fn types(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &RunView,
    look: &Look,
    is_selectable: bool,
) {
    let rows = view.types.iter().map(|of| {
        let (outcomes, times) = (&of.requests.outcomes, &of.latency_seconds);
        let now = of.live.per_second;
        let figures = [
            of.live.users.to_string(),
            count(outcomes.total),
            now.map_or_else(|| NOTHING.to_owned(), rate),
            share(outcomes.expected, outcomes.total),
            count(outcomes.failed()),
            measured(times.p50),
            measured(times.p99),
            count(of.sessions.completed),
        ];
        row(plain::line(&of.name), figures, outcomes.failed())
    });
    let head = [
        "type", "users", "requests", "/s", "expected", "failed", "p50", "p99", "sessions",
    ];
    let rows: Vec<_> = rows.collect();
    let selected = is_selectable.then(|| look.row_of(rows.len()));
    show(
        frame,
        area,
        "types".to_owned(),
        look,
        &head,
        (rows, selected),
    );
}

pub(crate) fn scripts(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let mut rows = Vec::new();
    for of in view.types.iter().filter(|of| of.has_users()) {
        for one in &of.versions {
            let (outcomes, times) = (&one.requests, &one.latency_seconds);
            let figures = [
                one.users.to_string(),
                count(outcomes.total),
                share(outcomes.failed(), outcomes.total),
                measured(times.p50),
                measured(times.p99),
                count(one.steps),
                count(one.script_errors),
            ];
            let name = plain::line(&format!("{} {}", of.name, version(one.version)));
            rows.push(row(name, figures, one.script_errors));
        }
    }
    let tall = (rows.len() as u16 + 3).min(area.height / 2);
    let [above, below] =
        Layout::vertical([Constraint::Length(tall), Constraint::Min(3)]).areas(area);
    let head = [
        "version", "users", "requests", "failed", "p50", "p99", "steps", "errors",
    ];
    let title = format!("versions, release {}", view.reload_status.release);
    show(frame, above, title, look, &head, (rows, None));
    let refusal = view.reload_status.refusal.iter();
    let refused = refusal.flat_map(|refusal| &refusal.faults);
    let refused = refused.map(|fault| format!("refused  {}: {}", fault.place, fault.cause));
    let raised = view.scripts.script_errors.iter().rev();
    let raised = raised.map(|error| {
        let times = if error.count == 1 { "time" } else { "times" };
        format!(
            "{} {times}  {}: {}",
            count(error.count),
            error.place,
            error.message
        )
    });
    let mut lines: Vec<text::Line<'_>> = refused
        .chain(raised)
        .map(|words| text::Line::from(Span::styled(plain::line(&words), look.style(Ink::Bad))))
        .collect();
    if lines.is_empty() {
        lines.push(text::Line::from("No script has raised an error so far."));
    }
    lines_of(frame, below, "script errors", look, lines);
}

/// Lines from the selected one on; at least the last one stays.
fn lines_of(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    look: &Look,
    lines: Vec<text::Line<'_>>,
) {
    let first = look.row_of(lines.len());
    let rest: Vec<text::Line<'_>> = lines.into_iter().skip(first).collect();
    let block = framed(title);
    frame.render_widget(
        Paragraph::new(rest).wrap(Wrap { trim: false }).block(block),
        area,
    );
}
