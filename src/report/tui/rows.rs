//! A table of rows of which one is selected.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Span, Text};
use ratatui::widgets::{Cell, Row, Table};

use super::frame::framed;
use super::look::Look;
use crate::report::text::Ink;
use crate::report::text::table::shortened;

/// Between two columns, and of the frame around them.
const GAP: u16 = 1;
const FRAME: u16 = 2;
/// Lines of a table around its rows: its frame and its headings.
pub(super) const AROUND: u16 = 3;
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

/// The rows around the selected one, if one is. Each column is as wide as what it says; those that have no room are left
/// out from the right, so that no heading and no figure is ever cut.
pub(super) fn show(
    frame: &mut Frame<'_>,
    area: Rect,
    title: String,
    look: &Look,
    head: &[&str],
    (rows, selected): (Vec<Line>, Option<usize>),
) {
    let room = usize::from(area.height.saturating_sub(AROUND)).max(1);
    let first = selected.unwrap_or(0).saturating_sub(room - 1);
    let (name, figures) = columns(area.width.saturating_sub(FRAME), head, &rows);
    let heads = head.iter().take(1 + figures.len()).enumerate();
    let heads = heads.map(|(place, heading)| figure_or_word(place, (*heading).to_owned()));
    let heads = Row::new(heads).style(look.style(Ink::Dim));
    let lines = rows.into_iter().enumerate().skip(first).map(|(at, line)| {
        let ink = if line.bad {
            look.style(Ink::Bad)
        } else {
            Style::default()
        };
        let name = Span::styled(shortened(&line.name, usize::from(name)), ink);
        let shown = line.figures.into_iter().take(figures.len());
        let shown = shown.map(|words| figure_or_word(1, words));
        let row = Row::new(std::iter::once(Cell::from(name)).chain(shown));
        if selected == Some(at) {
            row.style(Style::default().add_modifier(Modifier::REVERSED))
        } else {
            row
        }
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
