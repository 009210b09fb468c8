//! The end of a run: its summary as text and as JSON, what is left on the target, and the exit code.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use super::leftovers;
use crate::app::process::exit::{FAILED, INTERRUPTED, STOP_RULE, SUCCESS, THRESHOLD};
use crate::app::process::output;
use crate::app::run::destination::Destination;
use crate::app::run::reports::{self, Report};
use crate::app::state_dir::LedgerPlace;
use crate::cli::Resolved;
use crate::engine::{Ended, Verdict};
use crate::report::Output;
use crate::report::text::Paint;
use crate::report::text::{summary, thresholds};
use crate::secrets::Masker;
use crate::text;
use crate::view::{RunView, Threshold, ThresholdResult};

/// Where `--summary-json` and each `--report` go.
pub type Files = (Option<Destination>, Vec<Destination>);

/// Prints and writes what happened; the verdict is the exit code.
pub fn report(
    resolved: &Resolved,
    (ended, last): (&Ended, &RunView),
    keeping: LedgerPlace,
    (json, reports): &Files,
    secrets: &Masker,
) -> ExitCode {
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
            secrets,
        }));
    }
    // Each is finished, whatever became of the one before.
    let finished = outputs.iter_mut().map(|output| output.finish(last));
    let is_reported = finished.fold(true, |fine, one| fine & one.is_ok());
    let code = code(resolved, ended, last);
    ExitCode::from(match code {
        SUCCESS if !is_reported => FAILED,
        code => code,
    })
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
        let summary = self.print(|stdout| {
            let look = look(paint(resolved, stdout), stdout);
            secrets.text(&summary::styled(last, look)).into()
        });
        let left = match self.left.take() {
            Some(left) => self.print(|_| text::page(&secrets.text(&left)).into()),
            None => Ok(()),
        };
        summary.and(left).inspect_err(|why| {
            tracing::error!("the summary cannot be written to stdout, so it is here: {why}");
        })
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
fn code(resolved: &Resolved, ended: &Ended, last: &RunView) -> u8 {
    match ended.verdict {
        Verdict::Fine if !leftovers::failed(resolved, ended) => SUCCESS,
        Verdict::Fine => FAILED,
        Verdict::Aborted => INTERRUPTED,
        Verdict::NothingAllowed => {
            tracing::error!(
                "every request was to a host that is not allowed; allow it with --allow-host"
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
            let sessions = &last.load.sessions;
            tracing::error!(
                "more sessions failed ({}) than were completed ({}); the summary says why",
                sessions.failed,
                sessions.completed
            );
            FAILED
        }
        Verdict::Threshold if leftovers::failed(resolved, ended) => FAILED,
        Verdict::Threshold => {
            let allowed = |one: &Threshold| {
                one.result == ThresholdResult::UnknownName && resolved.plan.allow_missing
            };
            let met = last.thresholds.iter().filter(|one| !allowed(one));
            for one in met.filter(|one| one.result != ThresholdResult::Passed) {
                tracing::error!("{}", thresholds::sentence(one));
            }
            THRESHOLD
        }
        // The orchestrator has said so when it happened.
        Verdict::LedgerBroke | Verdict::ShardBroke => FAILED,
        Verdict::Valve => {
            if let Some(stop) = &last.ending.stopped_by {
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
