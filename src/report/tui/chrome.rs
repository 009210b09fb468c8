//! What stands around: the run and the tabs above, the log and the keys below.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph, Wrap};

use super::frame::framed;
use super::look::{Look, TABS};
use crate::report::text::status::sign;
use crate::report::text::{Ink, plain};
use crate::view::format::{count, span};
use crate::view::{Left, RunView};

const KEYS: &str = "1-6 tab  ↑↓ row  / filter  s sort  p pause  +- users  r reload  q stop  ? help";
const HELP: [&str; 12] = [
    "1 to 6, Tab, ←, →   another view",
    "↑, ↓, PgUp, PgDn    another row; Home: the first",
    "/                   filter rows by name; Enter keeps it, Esc shows all",
    "s                   sort endpoints and steps by another column",
    "p                   pause, or resume",
    "+, -                a tenth more users, or fewer",
    "r                   look at the script folders now",
    "q, Ctrl-C           stop the run in order; again: at once",
    "Ctrl-Z              to the shell; the run is suspended until fg",
    "?                   this, or away with it",
    "The page of the run shows more; its address is at the top.",
    "",
];

pub(crate) fn head(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let [first, second] = Layout::vertical([Constraint::Length(1); 2]).areas(area);
    let left = match view.live.left {
        Some(Left::Seconds(left)) => format!("{} left", span(left)),
        Some(Left::Sessions(left)) => format!("{} sessions left", count(left)),
        None => "no end".to_owned(),
    };
    let phase = view.live.phase;
    let mut line = Line::from(vec![
        Span::styled("throng  ", look.style(Ink::Bold)),
        // A phase is neither good nor bad.
        Span::styled(phase.as_str(), look.style(Ink::Bold)),
        Span::raw(format!("  {}, {left}  ", span(view.run.seconds))),
        Span::raw(plain::line(&view.run.base_url)),
        Span::styled(format!("  run {}", view.run.id), look.style(Ink::Dim)),
    ]);
    if let Some(page) = &look.page {
        let page = format!("  page {page}");
        // Half an address leads nowhere.
        if line.width() + page.len() <= usize::from(area.width) {
            line.push_span(Span::raw(page));
        }
    }
    frame.render_widget(line, first);
    let tabs = TABS.iter().enumerate().flat_map(|(place, (tab, name))| {
        // The selected tab is visible without colours too.
        let words = match *tab == look.tab {
            true => format!("[{} {name}]", place + 1),
            false => format!(" {} {name} ", place + 1),
        };
        let ink = if *tab == look.tab {
            Ink::Bold
        } else {
            Ink::Dim
        };
        [Span::styled(words, look.style(ink)), Span::raw(" ")]
    });
    frame.render_widget(Line::from(tabs.collect::<Vec<_>>()), second);
}

/// The newest lines of the log, as many as there is room for.
pub(crate) fn log(frame: &mut Frame<'_>, area: Rect, log: &[String]) {
    let room = usize::from(area.height.saturating_sub(2));
    let newest = &log[log.len().saturating_sub(room)..];
    let lines: Vec<Line<'_>> = newest
        .iter()
        .map(|line| Line::from(plain::line(line)))
        .collect();
    frame.render_widget(Paragraph::new(lines).block(framed("log")), area);
}

pub(crate) fn foot(frame: &mut Frame<'_>, area: Rect, look: &Look) {
    let words = if look.is_typing {
        format!(
            "filter: {}_  Enter keeps it, Esc shows all",
            plain::line(&look.filter)
        )
    } else if look.said.is_empty() && !look.filter.is_empty() {
        format!(
            "filter: {}  / changes it, Esc shows all  ? help",
            plain::line(&look.filter)
        )
    } else if look.said.is_empty() {
        KEYS.to_owned()
    } else {
        plain::line(&look.said)
    };
    frame.render_widget(Span::styled(words, look.style(Ink::Dim)), area);
}

pub(crate) fn help(frame: &mut Frame<'_>) {
    let whole = frame.area();
    let (width, height) = (
        72.min(whole.width),
        (HELP.len() as u16 + 2).min(whole.height),
    );
    let area = Rect::new(
        (whole.width - width) / 2,
        (whole.height - height) / 2,
        width,
        height,
    );
    let lines: Vec<Line<'_>> = HELP.into_iter().map(Line::from).collect();
    let block = framed("keys").title_alignment(Alignment::Center);
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

/// All that there is room for: what is wrong, and how large the terminal should be.
pub(crate) fn too_small(
    frame: &mut Frame<'_>,
    view: &RunView,
    look: &Look,
    (width, height): (u16, u16),
) {
    let area = frame.area();
    let words = format!(
        "The terminal has {}x{} cells; the full-screen view needs {width}x{height}. The run goes on.",
        area.width, area.height
    );
    let mut lines = vec![Line::from(words)];
    lines.extend(view.status.first().map(|first| {
        let (sign, ink) = sign(first.level);
        let words = format!("{sign} {}", plain::line(&first.text));
        Line::from(Span::styled(words, look.style(ink)))
    }));
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: true }), area);
}
