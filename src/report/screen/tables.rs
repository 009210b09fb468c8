//! Tables: by endpoint, by type, of failures, of scripts.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Cell, Paragraph, Row, Table, Wrap};

use super::look::Look;
use crate::metrics::{Histogram, Outcomes, Snapshot};
use crate::report::units::{NOTHING, count, generation, percentile, rate, share};
use crate::report::{Ink, plain};

const FIGURE: Constraint = Constraint::Length(10);

/// Rows from the one that is scrolled to; at least the last one stays.
fn show(
    frame: &mut Frame<'_>,
    area: Rect,
    title: String,
    look: &Look,
    head: &[&str],
    rows: Vec<Vec<Cell<'static>>>,
) {
    let first = look.first_of(rows.len());
    let heads = head
        .iter()
        .enumerate()
        .map(|(place, name)| figure_or_word(place, (*name).to_owned()));
    let heads = Row::new(heads).style(look.style(Ink::Dim));
    let widths = std::iter::once(Constraint::Min(16)).chain(head.iter().skip(1).map(|_| FIGURE));
    let table = Table::new(rows.into_iter().skip(first).map(Row::new), widths).header(heads);
    frame.render_widget(table.block(Block::bordered().title(title)), area);
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

fn cells(
    look: &Look,
    name: String,
    figures: impl IntoIterator<Item = String>,
    failed: u64,
) -> Vec<Cell<'static>> {
    let name = if failed > 0 {
        Cell::from(Span::styled(name, look.style(Ink::Bad)))
    } else {
        Cell::from(name)
    };
    let figures = figures.into_iter().map(|words| figure_or_word(1, words));
    std::iter::once(name).chain(figures).collect()
}

pub(super) fn endpoints(frame: &mut Frame<'_>, area: Rect, snapshot: &Snapshot, look: &Look) {
    let mut all = snapshot.endpoints();
    all.sort_by_key(|one| std::cmp::Reverse(one.totals.outcomes().total()));
    let rows = all.iter().map(|one| {
        let outcomes = one.totals.outcomes();
        let figures = [
            count(outcomes.total()),
            rate(snapshot.per_second(outcomes.total())),
            count(outcomes.expected),
            count(outcomes.failed()),
            percentile(&one.totals.service, 0.5),
            percentile(&one.totals.service, 0.95),
            percentile(&one.totals.service, 0.99),
        ];
        cells(
            look,
            plain::line(&format!("{:<7}{}", one.method, one.name)),
            figures,
            outcomes.failed(),
        )
    });
    let head = [
        "request", "requests", "a second", "expected", "failed", "p50", "p95", "p99",
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

pub(super) fn types(frame: &mut Frame<'_>, area: Rect, snapshot: &Snapshot, look: &Look) {
    let rows = snapshot.types().map(|(kind, name)| {
        let totals = snapshot.totals.types.get(&kind);
        let outcomes: Outcomes = snapshot.totals.outcomes(Some(kind));
        let empty = Histogram::fine();
        let service = totals.map_or(&empty, |totals| &totals.service);
        let figures = [
            snapshot.users_of(kind).to_string(),
            count(outcomes.total()),
            snapshot
                .interval
                .rate_of(kind)
                .map_or_else(|| NOTHING.to_owned(), rate),
            share(outcomes.expected, outcomes.total()),
            count(outcomes.failed()),
            percentile(service, 0.5),
            percentile(service, 0.99),
            count(totals.map_or(0, |totals| totals.sessions.completed)),
        ];
        cells(look, plain::line(name), figures, outcomes.failed())
    });
    let head = [
        "type", "users", "requests", "a second", "expected", "failed", "p50", "p99", "sessions",
    ];
    show(frame, area, "types".to_owned(), look, &head, rows.collect());
}

pub(super) fn failures(frame: &mut Frame<'_>, area: Rect, snapshot: &Snapshot, look: &Look) {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for note in snapshot.failures.iter().rev() {
        let what = format!("{} {}:", snapshot.type_name(note.kind), note.failure);
        lines.push(Line::from(vec![
            Span::styled(plain::line(&what), look.style(Ink::Bad)),
            Span::raw(" "),
            Span::raw(plain::line(&note.text)),
        ]));
        for (arrow, part) in [("> ", &note.request), ("< ", &note.answer)] {
            let words = part
                .lines()
                .map(|line| format!("    {arrow}{}", plain::line(line)));
            lines.extend(words.map(|line| Line::from(Span::styled(line, look.style(Ink::Dim)))));
        }
    }
    if lines.is_empty() {
        lines.push(Line::from("No request has failed so far."));
    }
    text(frame, area, "last failures, newest first", look, lines);
}

pub(super) fn scripts(frame: &mut Frame<'_>, area: Rect, snapshot: &Snapshot, look: &Look) {
    let mut rows = Vec::new();
    for (kind, name) in snapshot.types().filter(|(_, name)| !name.starts_with('_')) {
        for one in snapshot.generations_of(kind) {
            let outcomes = one.totals.outcomes;
            let figures = [
                one.users.to_string(),
                count(outcomes.total()),
                share(outcomes.failed(), outcomes.total()),
                percentile(&one.totals.service, 0.5),
                percentile(&one.totals.service, 0.99),
                count(one.totals.steps),
                count(one.totals.script_errors),
            ];
            let name = plain::line(&format!("{name} {}", generation(one.number)));
            rows.push(cells(look, name, figures, one.totals.script_errors));
        }
    }
    let tall = (rows.len() as u16 + 3).min(area.height / 2);
    let [above, below] =
        Layout::vertical([Constraint::Length(tall), Constraint::Min(3)]).areas(area);
    let head = [
        "generation",
        "users",
        "requests",
        "failed",
        "p50",
        "p99",
        "steps",
        "errors",
    ];
    let title = format!("generations, bundle {}", snapshot.reloading.bundle);
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
    let refused = snapshot
        .reloading
        .refusal
        .iter()
        .flat_map(|refusal| &refusal.faults);
    let refused = refused.map(|(place, cause)| format!("refused  {place}: {cause}"));
    let raised = snapshot.totals.script_errors.iter().rev();
    let raised = raised.map(|error| {
        format!(
            "{} times  {}: {}",
            count(error.count),
            error.place,
            error.message
        )
    });
    let mut lines: Vec<Line<'_>> = refused
        .chain(raised)
        .map(|words| Line::from(Span::styled(plain::line(&words), look.style(Ink::Bad))))
        .collect();
    if lines.is_empty() {
        lines.push(Line::from("No script has raised an error so far."));
    }
    text(frame, below, "errors of scripts", look, lines);
}

fn text(frame: &mut Frame<'_>, area: Rect, title: &str, look: &Look, lines: Vec<Line<'_>>) {
    let first = look.first_of(lines.len());
    let rest: Vec<Line<'_>> = lines.into_iter().skip(first).collect();
    let block = Block::bordered().title(title.to_owned());
    frame.render_widget(
        Paragraph::new(rest).wrap(Wrap { trim: false }).block(block),
        area,
    );
}
