//! The live display at the foot of a terminal.

use std::io;

use indicatif::{
    MultiProgress, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle, TermLike,
};

use super::frame;
use super::log::LogLines;
use super::room::Room;
use super::stderr::Stderr;
use crate::report::Output;
use crate::report::rates::Rates;
use crate::report::text::Paint;
use crate::view::RunView;

/// A redraw that comes sooner waits for the next one.
pub const REDRAWS_PER_SECOND: u8 = 4;

/// Draws each view over the one before.
pub struct Live<T> {
    term: T,
    paint: Paint,
    screen: MultiProgress,
    bar: ProgressBar,
    /// The address of the run's page.
    page: Option<String>,
    rates: Rates,
}

impl Live<Stderr> {
    /// On the terminal that stderr is; coloured as `console` was set, else as it finds fit:
    /// it knows `NO_COLOR` too.
    pub fn on_stderr(page: Option<String>) -> Self {
        let coloured = console::colors_enabled_stderr();
        let paint = if coloured {
            Paint::COLOUR
        } else {
            Paint::PLAIN
        };
        Live {
            page,
            ..Live::new(Stderr::new(), paint)
        }
    }
}

/// Redrawn with each view, and taken away at the end.
impl<T: TermLike + Clone + 'static> Output for Live<T> {
    fn show(&mut self, now: &RunView) {
        self.update(now);
    }

    fn finish(&mut self, _last: &RunView) -> io::Result<()> {
        self.clear();
        Ok(())
    }
}

impl<T: TermLike + Clone + 'static> Live<T> {
    pub fn new(term: T, paint: Paint) -> Self {
        let target =
            ProgressDrawTarget::term_like_with_hz(Box::new(term.clone()), REDRAWS_PER_SECOND);
        let screen = MultiProgress::with_draw_target(target);
        let style =
            ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::no_length()
            .with_style(style)
            .with_finish(ProgressFinish::AndClear);
        let bar = screen.add(bar);
        Live {
            term,
            paint,
            screen,
            bar,
            page: None,
            rates: Rates::default(),
        }
    }

    /// Shows the run.
    pub fn update(&mut self, view: &RunView) {
        self.rates.add(view);
        // A line as wide as the terminal would wrap on some.
        let width = usize::from(self.term.width()).saturating_sub(1);
        let height = usize::from(self.term.height());
        let room = Room {
            width,
            height,
            paint: self.paint,
            page: self.page.as_deref(),
            rates: self.rates.newest(),
        };
        let mut lines = frame(view, &room);
        lines.truncate(height.saturating_sub(1).max(1));
        self.bar.set_message(lines.join("\n"));
    }

    /// Where log lines go, so that they appear above the display.
    pub fn log_lines(&self) -> LogLines<T> {
        LogLines::new(self.screen.clone(), self.term.clone())
    }

    /// Takes the display away; what was logged stays.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
