//! The variables of the environment: which of them say nothing, and which nobody reads.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use clap::{Arg, Command};

use super::faults::quoted;
use crate::plan::Fault;
use crate::text::did_you_mean;

const PREFIX: &str = "THRONG_";
/// Read elsewhere: by the log, and by the tests.
const OTHERS: [&str; 3] = ["THRONG_LOG", "THRONG_CACHE", "THRONG_WRITE_DOCS"];
/// How fast the clock of a run goes, for the tests: debug builds read it.
pub const CLOCK_SPEED: &str = "THRONG_CLOCK_SPEED";
/// By how many seconds the time of day of a worker is off, for the tests: debug builds read it.
pub const CLOCK_AHEAD: &str = "THRONG_CLOCK_AHEAD";

/// The command without the variables that are empty: they count as not set.
pub(super) fn without_empty(command: Command) -> Command {
    let said = |arg: &Arg| {
        let name = arg.get_env()?;
        std::env::var_os(name).filter(|value| value.is_empty())
    };
    let reset = move |arg: Arg| match said(&arg) {
        Some(_) => arg.env(None::<&'static str>),
        None => arg,
    };
    command.mut_subcommands(move |sub| sub.mut_args(reset))
}

/// Says of each variable of this program's prefix that no option reads what it may have been meant to be. `taken` are those that
/// `-e` reads.
pub(super) fn strange(
    command: &Command,
    names: &BTreeSet<String>,
    taken: &BTreeSet<String>,
) -> Vec<String> {
    let known = known(command);
    let of_aliases = of_aliases(command);
    let strange = names
        .iter()
        .filter(|name| name.starts_with(PREFIX))
        .filter(|name| !known.contains(*name) && !taken.contains(*name));
    strange
        .map(|name| {
            let name_or_own = of_aliases.get(name).unwrap_or(name);
            let meant = did_you_mean(name_or_own, known.iter().map(String::as_str));
            format!("throng reads no variable {name}{meant}")
        })
        .collect()
}

/// The variables of options by the names that variables of their aliases would have.
fn of_aliases(command: &Command) -> BTreeMap<String, String> {
    let options = command.get_subcommands().flat_map(Command::get_arguments);
    let named = options.flat_map(|arg| {
        let aliases = arg.get_all_aliases().unwrap_or_default();
        let variable = arg.get_env().map(|name| name.to_string_lossy());
        aliases.into_iter().filter_map(move |alias| {
            let name = alias.replace('-', "_").to_uppercase();
            Some((format!("{PREFIX}{name}"), variable.as_ref()?.to_string()))
        })
    });
    named.collect()
}

fn known(command: &Command) -> BTreeSet<String> {
    let options = command.get_subcommands().flat_map(Command::get_arguments);
    let options = options.filter_map(Arg::get_env);
    let options = options.map(|name| name.to_string_lossy().into_owned());
    let for_tests = cfg!(debug_assertions).then_some([CLOCK_SPEED, CLOCK_AHEAD]);
    let others = OTHERS.into_iter().chain(for_tests.into_iter().flatten());
    options.chain(others.map(str::to_owned)).collect()
}

/// What clap refuses of a variable, by the variable's name: it knows the option only. None where the option was typed.
pub(super) fn fault(command: &Command, args: &[OsString], error: &clap::Error) -> Option<Fault> {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    if !matches!(
        error.kind(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
    ) {
        return None;
    }
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let named = text(ContextKind::InvalidArg)?;
    let option = named.split([' ', '=']).next()?.strip_prefix("--")?;
    let long = format!("--{option}");
    if args
        .iter()
        .any(|arg| arg.to_string_lossy().starts_with(&long))
    {
        return None;
    }
    let mut options = command.get_subcommands().flat_map(Command::get_arguments);
    let variable = options
        .find(|arg| arg.get_long() == Some(option))
        .and_then(Arg::get_env)?
        .to_string_lossy();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    Some(Fault::new(
        format!("{variable}={}", quoted(value)),
        format!("is not a valid value of {long}"),
        "give true or false, or leave it empty",
    ))
}
