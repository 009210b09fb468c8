//! Suggestions for misspelt options and commands: by the rule of all names, in place of clap's own.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::text::nearest;

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
        let options = command.get_arguments().filter(|arg| !arg.is_hide_set());
        let names = options.filter_map(|arg| arg.get_long());
        let word = word.trim_start_matches('-').split('=').next();
        nearest(word.unwrap_or_default(), names).map(|name| format!("--{name}"))
    } else {
        let names = command.get_subcommands().map(Command::get_name);
        nearest(word, names).map(str::to_owned)
    };
    error.remove(suggested);
    if let Some(meant) = meant {
        error.insert(suggested, ContextValue::String(meant));
    }
}

/// The command that the words are about.
fn innermost<'a>(command: &'a Command, args: &[OsString]) -> &'a Command {
    args.iter().skip(1).fold(command, |command, word| {
        command.find_subcommand(word).unwrap_or(command)
    })
}
