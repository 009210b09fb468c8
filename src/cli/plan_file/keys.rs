//! The options of a run as keys of a plan file.

use clap::{Arg, ArgAction, Command};

use crate::plan::file::{Key, Keys, Kind, Refused};

/// The options that are not allowed in a plan file: why not, and what to do instead.
const REFUSED: [(&str, &str, &str); 8] = [
    (
        "script_dir",
        "is not allowed in a plan file, which is looked for in that folder",
        "give --script-dir or THRONG_SCRIPT_DIR",
    ),
    (
        "lib_dir",
        "is not allowed in a plan file: what is executed is named where the run is started",
        "give --lib-dir or THRONG_LIB_DIR",
    ),
    (
        "plan",
        "is not allowed in a plan file, since a run has one of them",
        "give --plan or THRONG_PLAN",
    ),
    (
        "token",
        "is not allowed in a plan file, which others may read",
        "give --token @FILE or THRONG_TOKEN",
    ),
    (
        "key",
        "is not allowed in a plan file: a private key is named where the run is started",
        "give --key or THRONG_KEY",
    ),
    (
        "nats_creds",
        "is not allowed in a plan file: credentials are named where the run is started",
        "give --nats-creds or THRONG_NATS_CREDS",
    ),
    (
        "nats_nkey",
        "is not allowed in a plan file: credentials are named where the run is started",
        "give --nats-nkey or THRONG_NATS_NKEY",
    ),
    (
        "nats_key",
        "is not allowed in a plan file: a private key is named where the run is started",
        "give --nats-key or THRONG_NATS_KEY",
    ),
];

/// The keys of a plan file: every option of `run` by its long name, with `_` for `-`.
pub(in crate::cli) fn keys(command: &Command) -> Keys {
    let run = command.find_subcommand("run");
    let options = run.into_iter().flat_map(Command::get_arguments);
    let options = options.filter_map(key);
    Keys {
        options: options
            .filter(|key| REFUSED.iter().all(|(name, ..)| *name != key.name))
            .collect(),
        refused: REFUSED
            .iter()
            .map(|(name, cause, remedy)| Refused {
                name: (*name).to_owned(),
                cause,
                remedy,
            })
            .collect(),
    }
}

fn key(arg: &Arg) -> Option<Key> {
    let name = arg.get_long()?.replace('-', "_");
    let id = arg.get_id().to_string();
    let kind = match arg.get_action() {
        ArgAction::SetTrue => Kind::Flag,
        ArgAction::Append if id == "vars" => Kind::Pairs,
        ArgAction::Append => Kind::Many,
        ArgAction::Set if takes(arg, |value| value.contains(',')) => Kind::List,
        ArgAction::Set => Kind::One,
        _ => return None,
    };
    let aliases = arg.get_all_aliases().unwrap_or_default();
    let aliases = aliases.into_iter().map(|alias| alias.replace('-', "_"));
    Some(Key {
        name,
        id,
        aliases: aliases.collect(),
        kind,
    })
}

/// Whether the name of an option's value, as the help shows it, is such.
pub(super) fn takes(arg: &Arg, is_such: impl Fn(&str) -> bool) -> bool {
    let names = arg.get_value_names().unwrap_or_default();
    names.iter().any(|name| is_such(name))
}
