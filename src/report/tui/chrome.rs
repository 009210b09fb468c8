//! What stands around: the run and the tabs above, the log and the keys below.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::frame::framed;
use super::look::{Look, TABS};
use crate::report::text::{Ink, plain};
use crate::view::format::{count, span};
use crate::view::{Left, Phase, RunView};

const KEYS: &str = "1-6 tab ←→  ↑↓ scroll  p pause  +/- users  r reload  q stop  ? help";
const HELP: [&str; 9] = [
    "1 to 6, Tab, ←, →   another view",
    "↑, ↓, PgUp, PgDn    scroll",
    "p                   pause, or resume",
    "+, -                a tenth more users, or fewer",
    "r                   look at the script folders now",
    "q, Ctrl-C           stop the run in order; again: at once",
    "Ctrl-Z              to the shell; the run is suspended until fg",
    "?                   this, or away with it",
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
    let line = Line::from(vec![
        Span::styled("throng  ", look.style(Ink::Bold)),
        Span::styled(phase.as_str(), look.style(ink(phase))),
        Span::raw(format!("  {}, {left}  ", span(view.run.seconds))),
        Span::raw(plain::line(&view.run.base_url)),
        Span::styled(format!("  run {}", view.run.id), look.style(Ink::Dim)),
    ]);
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

fn ink(phase: Phase) -> Ink {
    match phase {
        Phase::Starting | Phase::Paused | Phase::Cleaning => Ink::Meant,
        Phase::Running => Ink::Good,
        Phase::Stopping => Ink::Bad,
        Phase::Done => Ink::Bold,
    }
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
    let words = if look.said.is_empty() {
        KEYS.to_owned()
    } else {
        plain::line(&look.said)
    };
    frame.render_widget(Span::styled(words, look.style(Ink::Dim)), area);
}

pub(crate) fn help(frame: &mut Frame<'_>) {
    let whole = frame.area();
    let (width, height) = (
        62.min(whole.width),
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
