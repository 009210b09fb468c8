//! What stands on stderr while a run goes on: progress, and the log above it.

use std::io::IsTerminal;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use super::full_screen::{self, FullScreen};
use super::log_format::OneLine;
use super::log_writer::MaskedWriter;
use super::output::complain;
use crate::cli::{Color, LogFormat, Output, Verbosity};
use crate::engine::Command;
use crate::metrics::{Phase, Snapshot};
use crate::report::text::progress::{Lines, Live, Stderr};
use crate::secrets::Masker;

/// Chooses what is logged, in place of the default: the syntax of tracing's `EnvFilter`.
const LOG_VARIABLE: &str = "THRONG_LOG";

/// Progress in the form that fits stderr.
pub enum Screen {
    /// All of a terminal.
    Full(FullScreen),
    /// Redrawn at the foot of a terminal.
    Live(Live<Stderr>),
    /// A line now and then: as it is, or as an entry of the log where that is JSON.
    Lines(Lines, LogFormat),
    /// Nothing.
    Quiet,
}

impl Screen {
    /// Looks at stderr and begins the log. Called once a process.
    pub fn open(output: &Output, secrets: &Arc<Masker>) -> Self {
        match output.color {
            Color::Auto => {}
            Color::Always => console::set_colors_enabled_stderr(true),
            Color::Never => console::set_colors_enabled_stderr(false),
        }
        let terminal = std::io::stderr().is_terminal();
        let screen = match output.verbosity {
            Verbosity::Quiet => Self::Quiet,
            _ if output.tui && terminal && full_screen::fits() => {
                Self::Full(FullScreen::new(coloured(output.color, terminal)))
            }
            _ if terminal && output.log_format == LogFormat::Text => Self::Live(Live::on_stderr()),
            _ => Self::Lines(Lines::new(), output.log_format),
        };
        let writer = match &screen {
            Self::Full(full) => BoxMakeWriter::new(full.log()),
            Self::Live(live) => BoxMakeWriter::new(live.log_lines()),
            _ => BoxMakeWriter::new(std::io::stderr),
        };
        let writer = MaskedWriter::new(writer, secrets, output.log_format == LogFormat::Json);
        // The view writes the log in its own way.
        let colours = !matches!(screen, Self::Full(_)) && coloured(output.color, terminal);
        log(output, writer, colours);
        screen
    }

    /// Shows snapshots on a thread of its own until the run is done or its orchestrator gone.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn follow(
        self,
        mut snapshots: watch::Receiver<Arc<Snapshot>>,
        commands: UnboundedSender<Command>,
    ) -> std::io::Result<JoinHandle<()>> {
        let thread = std::thread::Builder::new().name("screen".to_owned());
        let mut screen = match self {
            Self::Full(full) => return thread.spawn(move || full.show(snapshots, commands)),
            other => other,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        thread.spawn(move || {
            runtime.block_on(async {
                while snapshots.changed().await.is_ok() {
                    let snapshot = Arc::clone(&snapshots.borrow_and_update());
                    if snapshot.phase == Phase::Done {
                        break;
                    }
                    screen.show(&snapshot);
                }
            });
            if let Self::Live(live) = screen {
                live.finish();
            }
        })
    }

    fn show(&mut self, snapshot: &Snapshot) {
        match self {
            Self::Live(live) => live.update(snapshot),
            Self::Lines(lines, format) => {
                let Some(line) = lines.update(snapshot) else {
                    return;
                };
                match format {
                    LogFormat::Json => tracing::info!(target: "throng::progress", "{line}"),
                    LogFormat::Text => complain(&line),
                }
            }
            Self::Full(_) | Self::Quiet => {}
        }
    }
}

/// Whether stderr is coloured.
fn coloured(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

fn log(output: &Output, writer: MaskedWriter, colours: bool) {
    let default = match output.verbosity {
        Verbosity::Quiet => "error",
        Verbosity::Normal | Verbosity::Verbose => "warn,throng=info",
        Verbosity::Debug => "info,throng=debug",
    };
    let asked = std::env::var(LOG_VARIABLE).unwrap_or_default();
    let chosen = match asked.is_empty() {
        true => Ok(EnvFilter::new(default)),
        false => EnvFilter::try_new(&asked),
    };
    let fault = chosen.as_ref().err().map(ToString::to_string);
    let filter = chosen.unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    // A log that another part of the process began is kept: only tests do that.
    let _ = match output.log_format {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.with_ansi(colours).event_format(OneLine).try_init(),
    };
    if let Some(fault) = fault {
        tracing::warn!(
            "{LOG_VARIABLE}={asked}: {fault}; give levels such as warn or throng=debug, or leave it empty"
        );
    }
}
