use std::path::PathBuf;

use super::Purpose;
use crate::cli::Environment;
use crate::cli::faults::Faults;
use crate::cli::options::{RunOptions, TraceOptions, TryOptions};
use crate::cli::plan_file::Found;
use crate::cli::resolved::{Mode, Resolved};
use crate::cli::trace_view::{StepStop, TraceView};
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;

/// The options of `try` as those of a run with `--trace`.
pub(in crate::cli) fn as_run(options: TryOptions) -> (TraceOptions, RunOptions) {
    let mut run = options.run;
    run.crowd.trace = Some(options.kind);
    run.crowd.dry_run = false;
    // What it says of the output is about the trace.
    run.output.tui = false;
    (options.trace, run)
}

/// One user, and what is made of its trace.
///
/// # Errors
/// All that is wrong with the options.
pub(in crate::cli) fn try_one(
    (trace, run): (TraceOptions, RunOptions),
    typed: &ValueSources<'_>,
    file: &Found,
    environment: &Environment,
) -> Result<Resolved, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    if typed.on_the_line("trace") {
        faults.push(
            "--trace",
            "names a type, and so does `throng try TYPE`",
            "leave it out",
        );
    }
    let html = file_of("--html", trace.html, &mut faults);
    let json = file_of("--json", trace.json, &mut faults);
    let repeats = typed.on_the_line("watch");
    let is_stdout = json.as_ref().is_some_and(|file| file.as_os_str() == "-");
    if repeats && is_stdout {
        faults.push(
            "--json - with --watch",
            "each run would write a document after the one before",
            "name a file, which each run writes anew",
        );
    }
    let view = TraceView {
        is_try: true,
        html,
        json,
        is_verbose: false,
        curl: trace.curl,
        step: trace.step.map(|name| match name.is_empty() {
            true => StepStop::Each,
            false => StepStop::Named(name),
        }),
        repeats,
        unjudged: 0,
    };
    let view = faults.or(view);
    let run = super::run(run, typed, file, environment, Purpose::Try);
    match (view, run) {
        (Ok(trace), Ok(run)) => Ok(Resolved {
            trace,
            mode: Mode::Trace,
            ..run
        }),
        (view, run) => {
            let faults = [view.err(), run.err()];
            Err(faults.into_iter().flatten().flatten().collect())
        }
    }
}

fn file_of(option: &str, named: Option<String>, faults: &mut Faults<'_>) -> Option<PathBuf> {
    if named.as_deref() == Some("") {
        faults.push(
            format!("{option} \"\""),
            "is not a valid path",
            "give the path of a file, or leave it out",
        );
    }
    named.map(PathBuf::from)
}
