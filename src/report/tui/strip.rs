//! What is wrong and where, above everything else.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::look::Look;
use crate::report::text::status::{folded, sign};
use crate::report::text::{Ink, plain};
use crate::view::format::count;
use crate::view::{Level, RunView, StatusLine};

/// Lines of the first sentence, and sentences, in a low view and in a tall one.
const LINES: [usize; 2] = [2, 3];
const SENTENCES: [usize; 2] = [1, 3];
/// Lines from which a view is tall.
pub(super) const TALL: u16 = 30;

/// The sentences in lines of this width; what has no room is counted behind the last one.
pub(crate) fn lines(
    view: &RunView,
    (width, height): (u16, u16),
    look: &Look,
) -> Vec<Line<'static>> {
    let tall = usize::from(height >= TALL);
    let shown = SENTENCES[tall];
    let others = view.status.iter().skip(shown);
    let others = others.filter(|one| one.level != Level::Ok).count();
    let mut lines = Vec::new();
    for (at, one) in view.status.iter().take(shown).enumerate() {
        let is_last = at + 1 == shown.min(view.status.len());
        let more = if is_last && others > 0 {
            format!("  (and {} more)", count(others as u64))
        } else {
            String::new()
        };
        lines.extend(sentence(
            one,
            &more,
            (usize::from(width), LINES[tall]),
            look,
        ));
    }
    lines
}

fn sentence(
    one: &StatusLine,
    more: &str,
    (width, most): (usize, usize),
    look: &Look,
) -> Vec<Line<'static>> {
    let (sign, ink) = sign(one.level);
    let style = look.style(ink).add_modifier(Modifier::BOLD);
    let room = width.saturating_sub(2 + more.len()).max(1);
    let mut parts = folded(&plain::line(&one.text), room);
    if parts.len() > most {
        let rest = parts.split_off(most - 1).join(" ");
        parts.push(console::truncate_str(&rest, room, "...").into_owned());
    }
    let last = parts.len() - 1;
    let lines = parts.into_iter().enumerate().map(|(at, part)| {
        let before = if at == 0 { sign } else { " " };
        let mut spans = vec![Span::styled(format!("{before} {part}"), style)];
        if at == last {
            spans.push(Span::styled(more.to_owned(), look.style(Ink::Dim)));
        }
        Line::from(spans)
    });
    lines.collect()
}

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>) {
    frame.render_widget(Paragraph::new(lines), area);
}
