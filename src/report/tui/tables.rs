//! Tables: by endpoint, by type, of failures, of scripts.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{self, Span, Text};
use ratatui::widgets::{Cell, Paragraph, Row, Table, Wrap};

use super::frame::framed;
use super::look::Look;
use crate::report::text::table::shortened;
use crate::report::text::{Ink, plain};
use crate::view::RunView;
use crate::view::format::{NOTHING, count, measured, rate, share, version};

/// Between two columns, and of the frame around them.
const GAP: u16 = 1;
const FRAME: u16 = 2;
/// Columns that a figure gets beyond its need at most.
const MORE: u16 = 3;
/// A name that has less room says nothing.
const LEAST_NAME: u16 = 14;

/// A row: its name, whether it is bad news, and a figure for each further column.
pub(super) struct Line {
    name: String,
    bad: bool,
    figures: Vec<String>,
}

pub(super) fn row(name: String, figures: impl IntoIterator<Item = String>, failed: u64) -> Line {
    Line {
        name,
        bad: failed > 0,
        figures: figures.into_iter().collect(),
    }
}

/// Rows from the one that is scrolled to; at least the last one stays. Each column is as wide as what it says; those that have no
/// room are left out from the right, so that no heading and no figure is ever cut.
pub(super) fn show(
    frame: &mut Frame<'_>,
    area: Rect,
    title: String,
    look: &Look,
    head: &[&str],
    rows: Vec<Line>,
) {
    let first = look.first_of(rows.len());
    let (name, figures) = columns(area.width.saturating_sub(FRAME), head, &rows);
    let heads = head.iter().take(1 + figures.len()).enumerate();
    let heads = heads.map(|(place, heading)| figure_or_word(place, (*heading).to_owned()));
    let heads = Row::new(heads).style(look.style(Ink::Dim));
    let lines = rows.into_iter().skip(first).map(|line| {
        let ink = if line.bad {
            look.style(Ink::Bad)
        } else {
            Style::default()
        };
        let name = Span::styled(shortened(&line.name, usize::from(name)), ink);
        let shown = line.figures.into_iter().take(figures.len());
        let shown = shown.map(|words| figure_or_word(1, words));
        Row::new(std::iter::once(Cell::from(name)).chain(shown))
    });
    let widths = std::iter::once(name).chain(figures.iter().copied());
    let table = Table::new(lines, widths.map(Constraint::Length))
        .column_spacing(GAP)
        .header(heads);
    frame.render_widget(table.block(framed(&title)), area);
}

/// The width of the first column, and of the figures that there is room for.
fn columns(room: u16, head: &[&str], rows: &[Line]) -> (u16, Vec<u16>) {
    let wide = |words: &str| u16::try_from(console::measure_text_width(words)).unwrap_or(u16::MAX);
    let names = rows.iter().map(|line| wide(&line.name));
    let heading = head.first().map_or(0, |heading| wide(heading));
    let name = names.max().unwrap_or(0).max(heading).max(LEAST_NAME);
    let mut left = room.saturating_sub(name.min(LEAST_NAME));
    let mut figures = Vec::new();
    for (place, heading) in head.iter().enumerate().skip(1) {
        let cells = rows.iter().filter_map(|line| line.figures.get(place - 1));
        let width = cells.map(|words| wide(words)).max().unwrap_or(0);
        let width = width.max(wide(heading));
        let Some(rest) = left.checked_sub(width + GAP) else {
            break;
        };
        left = rest;
        figures.push(width);
    }
    // A little more room for each, where there is some.
    let used: u16 = figures.iter().map(|width| width + GAP).sum();
    let spare = room.saturating_sub(used).saturating_sub(name);
    let count = u16::try_from(figures.len()).unwrap_or(u16::MAX);
    let more = spare.checked_div(count).unwrap_or(0).min(MORE);
    figures.iter_mut().for_each(|width| *width += more);
    (room.saturating_sub(used + more * count), figures)
}

/// Words stand at the left, figures at the right.
fn figure_or_word(place: usize, words: String) -> Cell<'static> {
    let text = Text::from(words);
    Cell::from(if place == 0 {
        text
    } else {
        text.right_aligned()
    })
}

pub(crate) fn endpoints(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let mut all: Vec<_> = view.endpoints.iter().collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.outcomes.total));
    let rows = all.iter().map(|one| {
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
        row(
            plain::line(&format!("{:<7}{}", one.method, one.name)),
            figures,
            outcomes.failed(),
        )
    });
    let head = [
        "request", "requests", "/s", "expected", "failed", "p50", "p95", "p99",
    ];
    let rows: Vec<_> = rows.collect();
    show(
        frame,
        area,
        format!("{} endpoints", rows.len()),
        look,
        &head,
        rows,
    );
}

pub(crate) fn types(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
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
    show(frame, area, "types".to_owned(), look, &head, rows.collect());
}

pub(crate) fn failures(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let mut lines: Vec<text::Line<'_>> = Vec::new();
    for note in &view.live.failures {
        let what = format!("{} {}:", note.kind, note.what);
        lines.push(text::Line::from(vec![
            Span::styled(plain::line(&what), look.style(Ink::Bad)),
            Span::raw(" "),
            Span::raw(plain::line(&note.text)),
        ]));
        for (arrow, part) in [("> ", &note.request), ("< ", &note.response)] {
            let words = part
                .lines()
                .map(|line| format!("    {arrow}{}", plain::line(line)));
            lines.extend(
                words.map(|line| text::Line::from(Span::styled(line, look.style(Ink::Dim)))),
            );
        }
    }
    if lines.is_empty() {
        lines.push(text::Line::from("No request has failed so far."));
    }
    lines_of(frame, area, "last failures, newest first", look, lines);
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
    show(
        frame,
        above,
        title,
        &Look {
            scroll: 0,
            ..look.clone()
        },
        &head,
        rows,
    );
    let refusal = view.reload_status.refusal.iter();
    let refused = refusal.flat_map(|refusal| &refusal.faults);
    let refused = refused.map(|fault| format!("refused  {}: {}", fault.place, fault.cause));
    let raised = view.scripts.script_errors.iter().rev();
    let raised = raised.map(|error| {
        format!(
            "{} times  {}: {}",
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

fn lines_of(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    look: &Look,
    lines: Vec<text::Line<'_>>,
) {
    let first = look.first_of(lines.len());
    let rest: Vec<text::Line<'_>> = lines.into_iter().skip(first).collect();
    let block = framed(title);
    frame.render_widget(
        Paragraph::new(rest).wrap(Wrap { trim: false }).block(block),
        area,
    );
}
