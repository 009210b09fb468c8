use std::collections::BTreeMap;

use crate::cli::faults::{Faults, quoted};
use crate::cli::typed::Typed;
use crate::cli::words::ScriptWords;

/// The values for scripts; of one key the last counts. Values that begin with `@` leave as typed.
pub(super) fn vars(
    words: &ScriptWords,
    typed: &Typed<'_>,
    faults: &mut Faults<'_>,
) -> BTreeMap<String, String> {
    let from_environment = typed.in_the_environment("vars");
    let separators: &[char] = if from_environment { &[';', '\n'] } else { &[] };
    let mut vars = BTreeMap::new();
    for text in words.vars.iter().flat_map(|text| text.split(separators)) {
        if from_environment && text.trim().is_empty() {
            continue;
        }
        match text.split_once('=') {
            Some((key, value)) if is_name(key.trim()) => {
                vars.insert(key.trim().to_owned(), value.to_owned());
            }
            // What stands behind = may be a secret.
            Some((key, _)) => faults.push(
                format!("-e {}=...", quoted(key)),
                "the key is not a name",
                "give KEY=VALUE, with a key of letters, digits and _ that does not begin with a digit",
            ),
            None => faults.push(
                format!("-e {}", quoted(text)),
                "has no = between a key and a value",
                "give KEY=VALUE, or KEY=@FILE to read the value from a file",
            ),
        }
    }
    vars
}

/// Whether scripts can write `vars.key`.
fn is_name(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|first: char| first.is_ascii_digit())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
