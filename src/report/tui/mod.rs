//! The full-screen view.
//!
//! In: the view of a run, and what is looked at of it. Out: a buffer of cells. It must never know the terminal that shows
//! them, or the keys.

mod chrome;
mod frame;
mod look;
mod overview;
mod steps;
mod tables;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};

use crate::view::RunView;

pub use look::{Look, TABS, Tab};

/// Smaller terminals get plain lines.
pub const SMALLEST: (u16, u16) = (80, 20);
/// Lines of the log that are shown below the rest.
const LOG_LINES: u16 = 5;

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, view: &RunView, look: &Look, log: &[String]) {
    let log_height = if frame.area().height >= 30 {
        LOG_LINES + 2
    } else {
        3
    };
    let [head, body, below, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(5),
        Constraint::Length(log_height),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    look.begin();
    chrome::head(frame, head, view, look);
    match look.tab {
        Tab::Overview => overview::draw(frame, body, view, look),
        Tab::Endpoints => tables::endpoints(frame, body, view, look),
        Tab::Steps => steps::draw(frame, body, view, look),
        Tab::Types => tables::types(frame, body, view, look),
        Tab::Failures => tables::failures(frame, body, view, look),
        Tab::Scripts => tables::scripts(frame, body, view, look),
    }
    chrome::log(frame, below, log);
    chrome::foot(frame, foot, look);
    if look.help {
        chrome::help(frame);
    }
}
