//! Failed requests by reason and endpoint, and an example of the selected ones in full.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::frame::framed;
use super::look::Look;
use super::rows::{AROUND, row, show};
use crate::report::text::{Ink, plain};
use crate::view::format::{count, reason, span};
use crate::view::{FailureGroup, RunView};

const HEAD: [&str; 5] = ["reason and endpoint", "count", "first", "last", "incident"];

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let groups = view.failure_groups.iter();
    let named = groups.map(|group| (named(group), group));
    let shown: Vec<_> = named.filter(|(name, _)| look.has(name)).collect();
    if shown.is_empty() {
        let words = if view.failure_groups.is_empty() {
            "No request has failed so far."
        } else {
            "No failure has that in its name; Esc shows all."
        };
        frame.render_widget(Paragraph::new(words).block(framed("failures")), area);
        return;
    }
    let rows = shown.iter().map(|(name, group)| {
        let figures = [
            count(group.count),
            span(group.first_seconds as f64),
            span(group.last_seconds as f64),
            plain::line(group.incident.as_deref().unwrap_or_default()),
        ];
        row(name.clone(), figures, group.count)
    });
    let rows: Vec<_> = rows.collect();
    let wanted = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let tall = wanted.saturating_add(AROUND).min(area.height / 2);
    let [above, below] =
        Layout::vertical([Constraint::Length(tall), Constraint::Min(3)]).areas(area);
    let selected = look.row_of(rows.len());
    let all = view.failure_groups.len() as u64;
    let title = match (rows.len() as u64, all) {
        (shown, all) if shown == all => "failures, the most frequent first".to_owned(),
        (shown, all) => format!("{} of {} failures", count(shown), count(all)),
    };
    show(frame, above, title, look, &HEAD, (rows, Some(selected)));
    example(frame, below, shown[selected].1, look);
}

/// `503 POST /orders`
fn named(group: &FailureGroup) -> String {
    plain::line(&format!(
        "{}  {} {}",
        reason(&group.reason),
        group.method,
        group.name
    ))
}

/// What was sent and what came, line by line.
fn example(frame: &mut Frame<'_>, area: Rect, group: &FailureGroup, look: &Look) {
    let mut lines: Vec<Line<'_>> = Vec::new();
    if let Some(note) = &group.example {
        let what = format!("{} {}:", note.kind, note.what);
        lines.push(Line::from(vec![
            Span::styled(plain::line(&what), look.style(Ink::Bad)),
            Span::raw(" "),
            Span::raw(plain::line(&note.text)),
        ]));
        for (arrow, part) in [("> ", &note.request), ("< ", &note.response)] {
            let words = part.lines();
            let words = words.map(|line| format!("    {arrow}{}", plain::line(line)));
            lines.extend(words.map(|line| Line::from(Span::styled(line, look.style(Ink::Dim)))));
        }
    }
    let block = framed("the newest of them");
    frame.render_widget(
        Paragraph::new(lines)
            .wrap(Wrap { trim: false })
            .block(block),
        area,
    );
}

/// The most frequent ones in a line each, for the overview.
pub(crate) fn lines(view: &RunView, most: usize, look: &Look) -> Vec<Line<'static>> {
    let groups = view.failure_groups.iter().take(most);
    let lines = groups.map(|group| {
        let mut words = format!(
            "{} x{}",
            plain::line(reason(&group.reason)),
            count(group.count)
        );
        words += "  ";
        let mut endpoint = plain::line(&format!("{} {}", group.method, group.name));
        if let Some(incident) = &group.incident {
            endpoint += &format!("  {}", plain::line(incident));
        }
        Line::from(vec![
            Span::styled(words, look.style(Ink::Bad)),
            Span::raw(endpoint),
        ])
    });
    lines.collect()
}
