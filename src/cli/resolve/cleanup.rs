use super::ledger;
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::CleanupOptions;
use crate::cli::resolved::{Cleanup, RunSelection};
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;

pub(in crate::cli) fn cleanup(
    options: &CleanupOptions,
    typed: &ValueSources<'_>,
) -> Result<Cleanup, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let older_than = faults.read(
        "older-than",
        options.older_than.as_deref(),
        None,
        |text| parse_span(text).map(Some),
        (
            "is not a valid duration",
            "give seconds such as 3600, or units such as 1h or 2d",
        ),
    );
    if options.forget.is_some() {
        for other in ["run", "all", "list", "older_than"] {
            let name = other.replace('_', "-");
            if typed.on_the_line(other) {
                faults.push(
                    format!("--forget with --{name}"),
                    "--forget itself names the run",
                    format!("leave --{name} out"),
                );
            }
        }
    }
    let whose = match (&options.run, options.all) {
        _ if options.forget.is_some() => {
            let id = options.forget.as_deref().unwrap_or_default();
            RunSelection::Run(run("forget", id, &mut faults))
        }
        // A variable of the surroundings gives way to what is typed.
        (Some(_), true) if typed.on_the_line("run") => {
            faults.push(
                "--run with --all",
                "each of them selects runs",
                "give one of them",
            );
            RunSelection::All
        }
        (_, true) => RunSelection::All,
        (Some(id), false) => RunSelection::Run(run("run", id, &mut faults)),
        (None, false) => RunSelection::Only,
    };
    let state_dir = ledger::state_dir(options.state_dir.as_deref(), &mut faults);
    let rps = ledger::rps(options.cleanup_rps.as_deref(), &mut faults);
    faults.or(Cleanup {
        whose,
        list: options.list,
        forget: options.forget.is_some(),
        older_than,
        state_dir,
        rps,
        json: options.json,
    })
}

/// An id becomes the name of a file, so it is a plain word.
fn run(option: &str, id: &str, faults: &mut Faults<'_>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || !id.chars().all(plain) {
        faults.push(
            format!("--{option} {}", quoted(id)),
            "is not a valid run id",
            "give one such as 1f0c2a9b; throng cleanup --list shows them",
        );
    }
    id.to_owned()
}
