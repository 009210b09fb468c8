//! The end of a run: its summary as text and as JSON, what is left on the target, and the exit.

use std::io;
use std::path::Path;

use super::leftovers;
use crate::app::destination::Destination;
use crate::app::look;
use crate::app::process::output;
use crate::app::run::reports::{self, Report};
use crate::app::state_dir::LedgerPlace;
use crate::cli::{self, Resolved};
use crate::engine::Ended;
use crate::history::RecordedRun;
use crate::report::Output;
use crate::report::text::summary;
use crate::secrets::Masker;
use crate::text;
use crate::view::{Exit, ExitKind, History, RunView};

/// Where `--summary-json` and each `--report` go.
pub type Files = (Option<Destination>, Vec<Destination>);

/// Prints and writes what happened. The exit that comes back has the reasons that came with it: a document has those that
/// were known when it was written.
pub fn report(
    resolved: &Resolved,
    (ended, last): (&Ended, &mut RunView),
    keeping: LedgerPlace,
    (json, reports): &Files,
    (history, recorded): (&History, Option<&RecordedRun>),
    secrets: &Masker,
) -> Exit {
    let mut outputs: Vec<Box<dyn Output + '_>> = vec![Box::new(SummaryText {
        on_stdout: !matches!(json, Some(Destination::Stdout)),
        resolved,
        left: leftovers::report(resolved, ended, keeping),
        secrets,
    })];
    if let Some(place) = json {
        let named = resolved.output.summary_json.as_deref();
        outputs.push(Box::new(SummaryFile {
            place,
            named,
            secrets,
        }));
    }
    for (file, place) in resolved.output.reports.iter().zip(reports) {
        outputs.push(Box::new(Report {
            file,
            place,
            allow_missing: resolved.plan.allow_missing,
            history,
            recorded,
            secrets,
        }));
    }
    // Each is finished, whatever became of the one before.
    for output in &mut outputs {
        if let Err(why) = output.finish(last) {
            let exit = last.exit.get_or_insert_default();
            exit.add(ExitKind::NotWritten, why.to_string());
        }
    }
    let exit = last.exit.clone().unwrap_or_default();
    say(&exit);
    exit
}

/// The summary for people, and what is left on the target: on stdout, or on stderr where stdout has another use or takes
/// nothing.
struct SummaryText<'a> {
    on_stdout: bool,
    resolved: &'a Resolved,
    left: Option<String>,
    secrets: &'a Masker,
}

impl Output for SummaryText<'_> {
    fn finish(&mut self, last: &RunView) -> io::Result<()> {
        let (resolved, secrets) = (self.resolved, self.secrets);
        // Its words are made fit for a terminal where they are coloured.
        let summary = match resolved.output.summary {
            cli::Summary::None => Ok(()),
            which => self.print(|stdout| {
                let look = look::look(look::paint(resolved.output.color, stdout), stdout);
                let look = summary::Look {
                    rows: match which {
                        cli::Summary::Full => usize::MAX,
                        _ => summary::ROWS,
                    },
                    ..look
                };
                secrets.text(&summary::styled(last, look)).into()
            }),
        };
        let left = match self.left.take() {
            Some(left) => self.print(|_| text::page(&secrets.text(&left)).into()),
            None => Ok(()),
        };
        summary.and(left).map_err(|why| not_written("stdout", &why))
    }
}

impl SummaryText<'_> {
    /// Prints a text, which may look different on the two; an error where it is not where it belongs.
    fn print(&mut self, text: impl Fn(bool) -> String) -> io::Result<()> {
        let mut written = Ok(());
        if self.on_stdout {
            written = output::write(&text(true));
            self.on_stdout = written.is_ok();
        }
        if !self.on_stdout {
            output::to_stderr(&text(false));
        }
        written
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
    fn finish(&mut self, last: &RunView) -> io::Result<()> {
        let text = reports::summary_json(last, self.secrets);
        self.place.write(&text).map_err(|why| {
            let named = self.named.map_or(String::new(), |file| match self.place {
                Destination::Stdout => "stdout".to_owned(),
                _ => file.display().to_string(),
            });
            output::to_stderr(&text);
            not_written(&named, &why)
        })
    }
}

/// That a summary is not in its place but on stderr.
fn not_written(place: &str, why: &io::Error) -> io::Error {
    tracing::error!("the summary cannot be written to {place}, so it is here: {why}");
    io::Error::new(
        why.kind(),
        format!("the summary cannot be written to {place}: {why}"),
    )
}

/// Logs why a run ends with another code than 0, except what was logged when it happened.
fn say(exit: &Exit) {
    for reason in &exit.reasons {
        match reason.kind {
            ExitKind::Interrupted
            | ExitKind::ThreadLost
            | ExitKind::Ledger
            | ExitKind::LeftBehind
            | ExitKind::NotWritten => {}
            _ => tracing::error!("{}", text::line(&reason.text)),
        }
    }
}
