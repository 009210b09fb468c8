//! The end of a run: its summary as text and as JSON, what is left on the target, and the exit code.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use super::leftovers;
use crate::app::process::exit::{FAILED, INTERRUPTED, STOP_RULE, SUCCESS};
use crate::app::process::output;
use crate::app::run::destination::Destination;
use crate::app::state_dir::LedgerPlace;
use crate::cli::Resolved;
use crate::engine::{Ended, Verdict};
use crate::metrics::Snapshot;
use crate::report::text::summary;
use crate::report::{Output, Paint, json};
use crate::secrets::Masker;
use crate::text;
use crate::view::RunView;

/// Prints and writes what happened; the verdict is the exit code.
pub fn report(
    resolved: &Resolved,
    ended: &Ended,
    keeping: LedgerPlace,
    json: Option<&Destination>,
    secrets: &Masker,
) -> ExitCode {
    let mut page = Page::new(!matches!(json, Some(Destination::Stdout)));
    // Its words are made fit for a terminal where they are coloured.
    page.print(|stdout| {
        let look = look(paint(resolved, stdout), stdout);
        secrets.text(&summary::styled(&ended.snapshot, look)).into()
    });
    if let Some(left) = leftovers::report(resolved, ended, keeping) {
        page.print(|_| text::page(&secrets.text(&left)).into());
    }
    let in_words = page.end();
    let mut files: Vec<Box<dyn Output + '_>> = Vec::new();
    if let Some(place) = json {
        let named = resolved.output.summary_json.as_deref();
        files.push(Box::new(SummaryFile {
            place,
            named,
            secrets,
        }));
    }
    // Each is finished, whatever became of the one before.
    let finished = files.iter_mut().map(|file| file.finish(&ended.snapshot));
    let as_files = finished.fold(true, |fine, file| fine & file.is_ok());
    let code = code(resolved, ended);
    ExitCode::from(match code {
        SUCCESS if !(in_words && as_files) => FAILED,
        code => code,
    })
}

/// What is printed: on stdout, or on stderr where stdout has another use or takes nothing.
struct Page {
    on_stdout: bool,
    trouble: Option<std::io::Error>,
}

impl Page {
    fn new(on_stdout: bool) -> Self {
        Self {
            on_stdout,
            trouble: None,
        }
    }

    /// Prints a text, which may look different on the two.
    fn print(&mut self, text: impl Fn(bool) -> String) {
        if self.on_stdout
            && let Err(why) = output::write(&text(true))
        {
            self.on_stdout = false;
            self.trouble = Some(why);
        }
        if !self.on_stdout {
            output::to_stderr(&text(false));
        }
    }

    /// Whether it is where it belongs.
    fn end(self) -> bool {
        let Some(why) = &self.trouble else {
            return true;
        };
        tracing::error!("the summary cannot be written to stdout, so it is here: {why}");
        false
    }
}

/// The summary as JSON, where `--summary-json` wants it.
struct SummaryFile<'a> {
    place: &'a Destination,
    named: Option<&'a Path>,
    secrets: &'a Masker,
}

impl Output for SummaryFile<'_> {
    /// Where it cannot be written, it is tried on stderr.
    fn finish(&mut self, last: &Snapshot) -> io::Result<()> {
        let text = format!("{:#}\n", json::summary(&RunView::of(last)));
        let text = text::json(&self.secrets.quoted(&text)).into_owned();
        self.place.write(&text).inspect_err(|why| {
            let named = self.named.map_or(String::new(), |file| match self.place {
                Destination::Stdout => "stdout".to_owned(),
                _ => file.display().to_string(),
            });
            output::to_stderr(&text);
            tracing::error!("the summary cannot be written to {named}, so it is here: {why}");
        })
    }
}

/// The exit code of the verdict; why is logged.
fn code(resolved: &Resolved, ended: &Ended) -> u8 {
    let snapshot = &ended.snapshot;
    match ended.verdict {
        Verdict::Fine if !leftovers::failed(resolved, ended) => SUCCESS,
        Verdict::Fine => FAILED,
        Verdict::Aborted => INTERRUPTED,
        Verdict::NothingAllowed => {
            tracing::error!(
                "every request was to a place where this run may not connect to; --allow-host says where else it may"
            );
            FAILED
        }
        Verdict::NothingAnswered => {
            tracing::error!(
                "{} never answered; is it running, and is --base-url right?",
                resolved.plan.base_url
            );
            FAILED
        }
        Verdict::NothingSent => {
            tracing::error!("this machine could send no request; the summary says what it lacks");
            FAILED
        }
        Verdict::AllSessionsFailed => {
            tracing::error!("every session failed; the summary says why");
            FAILED
        }
        Verdict::MostSessionsFailed => {
            let sessions = snapshot.sessions();
            tracing::error!(
                "more sessions failed ({}) than were completed ({}); the summary says why",
                sessions.failed,
                sessions.completed
            );
            FAILED
        }
        // The orchestrator has said so when it happened.
        Verdict::LedgerBroke | Verdict::ShardBroke => FAILED,
        Verdict::Valve => {
            if let Some(stop) = &snapshot.stopped_by {
                tracing::error!(
                    "the run was ended by its safety valve: {}: {}",
                    stop.rule,
                    stop.figures
                );
            }
            STOP_RULE
        }
    }
}

/// As wide as the terminal, or as `COLUMNS` says; in a pipe or a file nothing is shortened.
fn look(paint: Paint, stdout: bool) -> summary::Look {
    let terminal = match stdout {
        true => console::Term::stdout(),
        false => console::Term::stderr(),
    };
    let size = terminal.size_checked();
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.trim().parse().ok());
    let width = columns.filter(|columns| *columns > 0);
    let width = width.or(size.map(|(_, columns)| usize::from(columns)));
    summary::Look {
        width: width.unwrap_or(usize::MAX),
        whole: size.is_none(),
        paint,
    }
}

fn paint(resolved: &Resolved, stdout: bool) -> Paint {
    match resolved.output.color {
        crate::cli::Color::Always => Paint::COLOUR,
        crate::cli::Color::Never => Paint::PLAIN,
        crate::cli::Color::Auto if stdout => Paint::on(&std::io::stdout()),
        crate::cli::Color::Auto => Paint::on(&std::io::stderr()),
    }
}
