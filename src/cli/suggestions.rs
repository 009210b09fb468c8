//! Suggestions for misspelt options and commands: by the rule of all names, in place of clap's own. Options of k6 and
//! Locust that have another name here are known too.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::text::nearest;

/// Options of k6 and Locust, and what does here what they do there. Those that mean exactly the same are aliases.
const OF_OTHERS: [(&str, &str); 15] = [
    ("iterations", "sessions"),
    ("rps", "max-rps"),
    ("rate", "arrivals"),
    ("spawn-rate", "ramp"),
    ("hatch-rate", "ramp"),
    ("env", "var"),
    ("insecure-skip-tls-verify", "insecure"),
    ("summary-export", "summary-json"),
    ("json-file", "summary-json"),
    ("html", "report"),
    ("csv", "report"),
    ("http-debug", "debug"),
    ("web-port", "listen"),
    ("address", "listen"),
    ("locustfile", "script-dir"),
];

/// Puts the option or command that was probably meant into the error.
pub(super) fn suggest(error: &mut clap::Error, command: &Command, args: &[OsString]) {
    let (invalid, suggested) = match error.kind() {
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        ErrorKind::InvalidSubcommand => (
            ContextKind::InvalidSubcommand,
            ContextKind::SuggestedSubcommand,
        ),
        _ => return,
    };
    let Some(ContextValue::String(word)) = error.get(invalid) else {
        return;
    };
    let command = innermost(command, args);
    let meant = if suggested == ContextKind::SuggestedArg {
        let word = word.trim_start_matches('-').split('=').next();
        option(command, word.unwrap_or_default()).map(|name| format!("--{name}"))
    } else {
        let names = command.get_subcommands().map(Command::get_name);
        nearest(word, names).map(str::to_owned)
    };
    error.remove(suggested);
    if let Some(meant) = meant {
        error.insert(suggested, ContextValue::String(meant));
    }
}

/// The option that was probably meant, by its name or one of its aliases.
fn option<'a>(command: &'a Command, word: &str) -> Option<&'a str> {
    let options = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let names = options.flat_map(|arg| {
        let aliases = arg.get_all_aliases().unwrap_or_default();
        arg.get_long().into_iter().chain(aliases)
    });
    let names: Vec<&str> = names.collect();
    let of_others = OF_OTHERS.iter().find(|(theirs, _)| *theirs == word);
    let ours = of_others.and_then(|(_, ours)| names.iter().copied().find(|name| name == ours));
    ours.or_else(|| nearest(word, names))
}

/// The command that the words are about.
fn innermost<'a>(command: &'a Command, args: &[OsString]) -> &'a Command {
    args.iter().skip(1).fold(command, |command, word| {
        command.find_subcommand(word).unwrap_or(command)
    })
}
