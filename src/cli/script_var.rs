use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

/// One `-e`, as typed. Its value may be a secret, which no message shows.
#[derive(Clone, PartialEq, Eq)]
pub enum Var {
    /// `KEY=VALUE`.
    Value {
        key: String,
        value: String,
        /// Whether it stands on the line, where the list of processes shows it to everyone.
        shown: bool,
    },
    /// `KEY=@FILE`: the file's text.
    File(String, PathBuf),
    /// `KEY`: the variable of that name in the environment.
    Environment(String),
    /// `@FILE`: a line `KEY=VALUE` for each.
    Lines(PathBuf),
}

impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { key, .. } => write!(f, "{key}=***"),
            Self::File(key, file) => write!(f, "{key}=@{}", file.display()),
            Self::Environment(key) => f.write_str(key),
            Self::Lines(file) => write!(f, "@{}", file.display()),
        }
    }
}

/// The variables of the environment that `-e KEY` reads.
pub(super) fn environment_names(vars: &[Var]) -> BTreeSet<String> {
    let names = vars.iter().filter_map(|var| match var {
        Var::Environment(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}
