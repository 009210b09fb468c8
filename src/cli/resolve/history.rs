use std::path::PathBuf;

use super::ledger;
use crate::cli::faults::{Faults, quoted};
use crate::cli::history::{Baseline, Compare, History, Runs, RunsCommand, Show};
use crate::cli::options::{CompareOptions, HistoryOptions, RunsOptions, RunsVerb, ShowOptions};
use crate::cli::resolved::{DEFAULT_HISTORY_KEEP, DEFAULT_RUNS_LISTED};
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;
use crate::plan::share::parse_share;

/// Longest note, in letters.
const LONGEST_NOTE: usize = 500;

/// What of the history a run has.
pub(super) fn history(
    options: &HistoryOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> History {
    let keep = faults.read(
        "history-keep",
        options.history_keep.as_deref(),
        DEFAULT_HISTORY_KEEP,
        |text| text.parse().ok(),
        (
            "is not a valid number of runs",
            "give a whole number such as 200, or 0 to keep none",
        ),
    );
    let note = options.note.clone().filter(|note| !note.trim().is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > LONGEST_NOTE)
    {
        faults.push(
            "--note",
            format!("is longer than {LONGEST_NOTE} letters"),
            "give a shorter one",
        );
    }
    History {
        keep,
        note,
        baseline: baseline(options, typed, faults),
    }
}

fn baseline(
    options: &HistoryOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Option<Baseline> {
    if options.baseline.as_deref() == Some("") {
        faults.push(
            "--baseline \"\"",
            "names no run",
            "give an id, last or a file, or leave it out",
        );
    }
    let fail_by = options.fail_on_regression.as_deref().and_then(|text| {
        let share = parse_share(text).ok().filter(|share| *share > 0.0);
        if share.is_none() {
            faults.push(
                format!("--fail-on-regression {}", quoted(text)),
                "is not a percentage above 0 and of at most 100%",
                "give one such as 10%",
            );
        }
        share
    });
    // In the environment or a plan file it may stand for those runs that have a baseline.
    if options.baseline.is_none() && fail_by.is_some() && typed.on_the_line("fail_on_regression") {
        faults.push(
            "--fail-on-regression without --baseline",
            "there is no run to be worse than",
            "name one with --baseline, such as last",
        );
    }
    let run = options.baseline.clone().filter(|run| !run.is_empty())?;
    Some(Baseline { run, fail_by })
}

pub(in crate::cli) fn runs(
    options: RunsOptions,
    typed: &ValueSources<'_>,
) -> Result<Runs, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let limit = faults.read(
        "limit",
        options.limit.as_deref(),
        DEFAULT_RUNS_LISTED,
        |text| text.parse().ok(),
        (
            "is not a valid number of runs",
            "give a whole number such as 50, or 0 for all",
        ),
    );
    let (command, state_dir) = match options.verb {
        Some(RunsVerb::Rm { ids, state_dir }) => (RunsCommand::Remove(ids), state_dir),
        None => (RunsCommand::List, None),
    };
    let state_dir = state_dir.or(options.state_dir);
    let state_dir = ledger::state_dir(state_dir.as_deref(), &mut faults);
    faults.or(Runs {
        command,
        limit: (limit > 0).then_some(limit),
        filter: options.filter,
        state_dir,
        json: options.json,
    })
}

pub(in crate::cli) fn show(
    options: ShowOptions,
    typed: &ValueSources<'_>,
) -> Result<Show, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    for (name, path) in [("export", &options.export), ("html", &options.html)] {
        if path.as_deref() == Some("") {
            faults.push(
                format!("--{name} \"\""),
                "is not a valid path",
                "give the path of a file, or leave it out",
            );
        }
    }
    let state_dir = ledger::state_dir(options.state_dir.as_deref(), &mut faults);
    faults.or(Show {
        run: options.run,
        export: options.export.map(PathBuf::from),
        html: options.html.map(PathBuf::from),
        state_dir,
        json: options.json,
    })
}

pub(in crate::cli) fn compare(
    options: CompareOptions,
    typed: &ValueSources<'_>,
) -> Result<Compare, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let state_dir = ledger::state_dir(options.state_dir.as_deref(), &mut faults);
    faults.or(Compare {
        a: options.a,
        b: options.b,
        all: options.all,
        state_dir,
        json: options.json,
    })
}
