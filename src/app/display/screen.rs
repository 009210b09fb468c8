//! What stderr shows during a run: progress, and the log above it.

use std::io::IsTerminal;
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::app::display::full_screen::{self, FullScreen};
use crate::app::display::log_format::OneLine;
use crate::app::display::log_writer::MaskedWriter;
use crate::app::display::run_log_layer::{self, RunLogLayer};
use crate::app::process::output::complain;
use crate::cli::{self, Color, LogFormat, Verbosity};
use crate::engine::Command;
use crate::report::Output;
use crate::report::text::progress::{Live, Printed};
use crate::run_log::RunLog;
use crate::secrets::SharedMasker;
use crate::view::{Phase, Views};

/// Chooses what is logged, in place of the default: the syntax of tracing's `EnvFilter`.
const LOG_VARIABLE: &str = "THRONG_LOG";

/// Progress in the form that fits stderr.
pub enum Screen {
    /// All of a terminal. It draws when keys are pressed, too, so it follows the run by itself.
    Full(FullScreen),
    /// Whatever shows each view: a display at the foot of a terminal, a line now and then, or nothing.
    Outputs(Vec<Box<dyn Output + Send>>),
}

impl Screen {
    /// Looks at stderr and begins the log, there and in the run's log; `page` is the address of the run's page. Called once a
    /// process.
    pub fn open(
        output: &cli::Output,
        secrets: impl Into<SharedMasker>,
        run_log: RunLog,
        page: Option<String>,
    ) -> Self {
        match output.color {
            Color::Auto => {}
            Color::Always => console::set_colors_enabled_stderr(true),
            Color::Never => console::set_colors_enabled_stderr(false),
        }
        let terminal = std::io::stderr().is_terminal();
        let on_stderr = || BoxMakeWriter::new(std::io::stderr);
        let (screen, writer) = match output.verbosity {
            Verbosity::Quiet | Verbosity::Warnings => (Self::Outputs(Vec::new()), on_stderr()),
            _ if output.tui && terminal && full_screen::fits() => {
                let full = FullScreen::new(coloured(output.color, terminal), page);
                let above = BoxMakeWriter::new(full.log());
                (Self::Full(full), above)
            }
            _ if terminal && output.log_format == LogFormat::Text => {
                let live = Live::on_stderr(page);
                let above = BoxMakeWriter::new(live.log_lines());
                (Self::Outputs(vec![Box::new(live)]), above)
            }
            _ => {
                let lines = Printed::new(printing(output.log_format));
                (Self::Outputs(vec![Box::new(lines)]), on_stderr())
            }
        };
        let writer =
            MaskedWriter::new(writer, secrets.into(), output.log_format == LogFormat::Json);
        // The view writes the log in its own way.
        let colours = !matches!(screen, Self::Full(_)) && coloured(output.color, terminal);
        log(output, writer, colours, run_log);
        let is_plain = output.tui && !matches!(screen, Self::Full(_));
        if let Some(why) = full_screen::too_small().filter(|_| is_plain) {
            tracing::warn!("{why}");
        }
        screen
    }

    /// Shows the run on a thread of its own until the run is done or its orchestrator gone.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn follow(
        self,
        mut views: Views,
        commands: UnboundedSender<Command>,
    ) -> std::io::Result<JoinHandle<()>> {
        let thread = std::thread::Builder::new().name("screen".to_owned());
        let mut outputs = match self {
            Self::Full(full) => return thread.spawn(move || full.show(views, commands)),
            Self::Outputs(outputs) => outputs,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        thread.spawn(move || {
            outputs.retain_mut(|output| went(output.start()));
            runtime.block_on(async {
                while let Some(view) = views.next().await {
                    if view.live.phase == Phase::Done {
                        break;
                    }
                    for output in &mut outputs {
                        output.show(&view);
                    }
                }
            });
            let last = views.latest();
            for output in &mut outputs {
                went(output.finish(&last));
            }
        })
    }
}

/// Whether it went well; else it is said.
fn went(done: std::io::Result<()>) -> bool {
    if let Err(why) = &done {
        tracing::warn!("progress cannot be shown: {why}");
    }
    done.is_ok()
}

/// Where a line of progress goes: as it is, or as an entry of the log where that is JSON.
fn printing(format: LogFormat) -> fn(&str) {
    match format {
        LogFormat::Json => |line| tracing::info!(target: "throng::progress", "{line}"),
        LogFormat::Text => complain,
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

fn log(output: &cli::Output, writer: MaskedWriter, colours: bool, run_log: RunLog) {
    let default = match output.verbosity {
        Verbosity::Quiet => "error",
        // What scripts write is in the trace.
        Verbosity::Warnings => "warn,throng::script=off",
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
    let shown = tracing_subscriber::fmt::layer().with_writer(writer);
    let shown = match output.log_format {
        LogFormat::Json => shown.json().with_filter(filter).boxed(),
        LogFormat::Text => {
            let shown = shown.with_ansi(colours).event_format(OneLine);
            shown.with_filter(filter).boxed()
        }
    };
    let kept = RunLogLayer(run_log).with_filter(run_log_layer::filter());
    let log = tracing_subscriber::registry().with(shown).with(kept);
    // A log that another part of the process began is kept: only tests do that.
    let _ = log.try_init();
    if let Some(fault) = fault {
        tracing::warn!(
            "{LOG_VARIABLE}={asked}: {fault}; give levels such as warn or throng=debug, or leave it empty"
        );
    }
}
