//! The full-screen view on a terminal: what is drawn is the report's matter, what is typed goes to the run.

mod key_commands;
mod log_buffer;
mod terminal;

use std::io::{self, IsTerminal};
use std::time::Duration;

use ratatui::crossterm::event;
use tokio::sync::mpsc::UnboundedSender;

use crate::engine::Command;
use crate::report::tui;
use crate::report::tui::Look;
use crate::view::{Phase, Views};

pub use log_buffer::LogBuffer;

use key_commands::KeyCommands;
use terminal::Terminal;

/// How often keys and views are looked for.
const TICK: Duration = Duration::from_millis(100);

/// Why a terminal that is there is too small; none where it is not, or where there is none.
pub fn too_small() -> Option<String> {
    let (columns, lines) = ratatui::crossterm::terminal::size().ok()?;
    let (width, height) = tui::SMALLEST;
    let is_small = columns < width || lines < height;
    (is_small && io::stdout().is_terminal() && io::stdin().is_terminal()).then(|| {
        format!(
            "--tui: the terminal has {columns}x{lines} cells, and the full-screen view needs \
             {width}x{height}: plain progress is shown instead"
        )
    })
}

/// Whether there is a terminal to draw on and to type on, and whether it is large enough.
pub fn fits() -> bool {
    if !(io::stdout().is_terminal() && io::stdin().is_terminal()) {
        return false;
    }
    let (width, height) = tui::SMALLEST;
    ratatui::crossterm::terminal::size()
        .is_ok_and(|(columns, lines)| columns >= width && lines >= height)
}

/// The view, before the run has begun.
pub struct FullScreen {
    log: LogBuffer,
    colours: bool,
    /// The address of the run's page.
    page: Option<String>,
}

impl FullScreen {
    /// Keeps the log, since there is no place beside the view for it.
    pub fn new(colours: bool, page: Option<String>) -> Self {
        Self {
            log: LogBuffer::default(),
            colours,
            page,
        }
    }

    /// Where the log goes.
    pub fn log(&self) -> LogBuffer {
        self.log.clone()
    }

    /// Shows the run until it is done; then the terminal is as before, with the log that nobody saw.
    pub fn show(self, mut views: Views, commands: UnboundedSender<Command>) {
        let shown = self.play(&mut views, commands);
        self.log.release();
        if let Err(why) = shown {
            tracing::warn!("the full-screen view ended ({why}); the run continues");
        }
    }

    fn play(&self, views: &mut Views, commands: UnboundedSender<Command>) -> io::Result<()> {
        let mut terminal = Terminal::enter()?;
        let mut keys = KeyCommands::new(commands);
        let mut look = Look {
            colours: self.colours,
            page: self.page.clone(),
            ..Look::default()
        };
        let mut stale = true;
        loop {
            // A sender that is gone has no more to tell.
            let over = views.is_over();
            let view = views.latest();
            if over || view.live.phase == Phase::Done {
                return Ok(());
            }
            stale |= look.rates.add(&view);
            stale |= keys.take_answer(&mut look) || self.log.take_news();
            if stale {
                let log = self.log.lines();
                terminal.draw(|frame| tui::draw(frame, &view, &look, &log))?;
                stale = false;
            }
            terminal::wait(TICK)?;
            while event::poll(Duration::ZERO)? {
                stale |= keys.handle(&event::read()?, &mut look, &view, &mut terminal)?;
            }
        }
    }
}
