use std::path::PathBuf;

use crate::cli::faults::{Faults, quoted};
use crate::cli::options::ScriptOptions;
use crate::cli::script_var::Var;
use crate::cli::value_sources::ValueSources;

/// The values for scripts, in the order in which they were said: of one key the last counts.
pub(super) fn vars(
    options: &ScriptOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Vec<Var> {
    let from_environment = typed.in_the_environment("vars");
    let shown = typed.on_the_line("vars");
    let separators: &[char] = if from_environment { &[';', '\n'] } else { &[] };
    options
        .vars
        .iter()
        .flat_map(|text| text.split(separators))
        .filter(|text| !from_environment || !text.trim().is_empty())
        .filter_map(|text| var(text, shown, faults))
        .collect()
}

fn var(text: &str, shown: bool, faults: &mut Faults<'_>) -> Option<Var> {
    let found = match text.split_once('=') {
        _ if text.starts_with('@') => Var::Lines(PathBuf::from(&text[1..])),
        Some((key, value)) if is_name(key.trim()) => {
            let key = key.trim().to_owned();
            match value.strip_prefix('@') {
                Some(file) => Var::File(key, PathBuf::from(file)),
                None => Var::Value {
                    key,
                    value: value.to_owned(),
                    shown,
                },
            }
        }
        None if is_name(text.trim()) => Var::Environment(text.trim().to_owned()),
        // What stands behind = may be a secret.
        _ => {
            let (key, rest) = text
                .split_once('=')
                .map_or((text, ""), |(key, _)| (key, "=..."));
            faults.push(
                format!("-e {}{rest}", quoted(key)),
                "the key is not a valid name",
                "give KEY=VALUE, with a key of letters, digits and _ that does not begin with a \
                 digit",
            );
            return None;
        }
    };
    match &found {
        Var::Lines(file) | Var::File(_, file) if file.as_os_str().is_empty() => {
            faults.push(
                format!("-e {text}"),
                "names no file",
                "give the path of a file after the @",
            );
            None
        }
        _ => Some(found),
    }
}

/// Whether scripts can write `vars.key`.
fn is_name(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|first: char| first.is_ascii_digit())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
