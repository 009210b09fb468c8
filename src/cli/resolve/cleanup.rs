use super::ledger;
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::CleanupWords;
use crate::cli::resolved::{Cleanup, Whose};
use crate::cli::span::parse_span;
use crate::cli::value_sources::Typed;
use crate::plan::Fault;

pub(in crate::cli) fn cleanup(
    words: &CleanupWords,
    typed: &Typed<'_>,
) -> Result<Cleanup, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let older_than = faults.read(
        "older-than",
        words.older_than.as_deref(),
        None,
        |text| parse_span(text).map(Some),
        (
            "is not a valid duration",
            "give seconds such as 3600, or units such as 1h or 2d",
        ),
    );
    if words.forget.is_some() {
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
    let whose = match (&words.run, words.all) {
        _ if words.forget.is_some() => {
            let id = words.forget.as_deref().unwrap_or_default();
            Whose::Run(run("forget", id, &mut faults))
        }
        // A variable of the surroundings gives way to what is typed.
        (Some(_), true) if typed.on_the_line("run") => {
            faults.push(
                "--run with --all",
                "each of them selects runs",
                "give one of them",
            );
            Whose::All
        }
        (_, true) => Whose::All,
        (Some(id), false) => Whose::Run(run("run", id, &mut faults)),
        (None, false) => Whose::Only,
    };
    let state_dir = ledger::state_dir(words.state_dir.as_deref(), &mut faults);
    let rps = ledger::rps(words.cleanup_rps.as_deref(), &mut faults);
    faults.or(Cleanup {
        whose,
        list: words.list,
        forget: words.forget.is_some(),
        older_than,
        state_dir,
        rps,
        json: words.json,
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
