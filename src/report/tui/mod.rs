//! The full-screen view.
//!
//! In: the view of a run, and what is looked at of it. Out: a buffer of cells. It must never know the terminal that shows
//! them, or the keys.

mod charts;
mod chrome;
mod failures;
mod frame;
mod look;
mod overview;
mod rows;
mod steps;
mod strip;
mod tables;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::view::RunView;

pub use look::{Look, Sort, TABS, Tab};

/// In a smaller terminal there is plain progress, or the view says that it has no room.
pub const SMALLEST: (u16, u16) = (80, 20);
/// Lines of the log that are shown below the rest.
const LOG_LINES: u16 = 5;

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, view: &RunView, look: &Look, log: &[String]) {
    let Rect { width, height, .. } = frame.area();
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return chrome::too_small(frame, view, look, SMALLEST);
    }
    let said = strip::lines(view, (width, height), look);
    let log_height = if height >= strip::TALL {
        LOG_LINES + 2
    } else {
        3
    };
    let [above, head, body, below, foot] = Layout::vertical([
        Constraint::Length(u16::try_from(said.len()).unwrap_or(1)),
        Constraint::Length(2),
        Constraint::Min(5),
        Constraint::Length(log_height),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    look.begin();
    strip::draw(frame, above, said);
    chrome::head(frame, head, view, look);
    match look.tab {
        Tab::Overview => overview::draw(frame, body, view, look),
        Tab::Endpoints => tables::endpoints(frame, body, view, look, true),
        Tab::Steps => steps::draw(frame, body, view, look),
        Tab::Types => tables::types(frame, body, view, look, true),
        Tab::Failures => failures::draw(frame, body, view, look),
        Tab::Scripts => tables::scripts(frame, body, view, look),
    }
    chrome::log(frame, below, log);
    chrome::foot(frame, foot, look);
    if look.help {
        chrome::help(frame);
    }
}
