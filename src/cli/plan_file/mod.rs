//! The plan file of a command line: which one it is, and its values as defaults of the options.
//!
//! In: the line and the environment as read so far. Out: the file's entries, and the command whose options have them as
//! defaults, so that what is typed or in the environment wins. Must never know: what an option means.

mod defaults;
mod keys;

use std::path::{Path, PathBuf};

use crate::cli::Environment;
use crate::cli::faults::quoted;
use crate::cli::options::ScriptOptions;
use crate::cli::resolved::DEFAULT_SCRIPT_DIR;
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;
use crate::plan::file::{self, FILE_NAME, FileFault, Keys, PlanFile};

pub(in crate::cli) use defaults::with_defaults;
pub(in crate::cli) use keys::keys;

/// A plan file that was read.
#[derive(Debug, Default)]
pub(in crate::cli) struct Found {
    /// Where it is; none without one.
    pub path: Option<PathBuf>,
    /// Whether it was named, rather than found in the script folder.
    pub is_named: bool,
    pub plan: PlanFile,
    pub faults: Vec<FileFault>,
    /// Why it could not be read.
    pub unread: Option<Fault>,
}

/// The plan of a demo that has no other, and the name that messages give it.
const DEMO: (&str, &[u8]) = ("demo.toml", include_bytes!("../../../examples/demo.toml"));

impl Found {
    /// The plan of a demo, where no file was named or found. It is no file that could change.
    pub fn or_demo(self, keys: &Keys) -> Self {
        if self.path.is_some() || self.unread.is_some() {
            return self;
        }
        let (plan, faults) = file::read(DEMO.0, DEMO.1, keys);
        Self {
            plan,
            faults,
            ..Self::default()
        }
    }
}

/// Reads the plan file that `--plan` names, or that of the script folder if there is one.
pub(in crate::cli) fn find(
    options: &ScriptOptions,
    typed: &ValueSources<'_>,
    environment: &Environment,
    keys: &Keys,
) -> Found {
    let named = options.plan.as_deref().map(PathBuf::from);
    let is_named = named.is_some();
    let Some(path) = named.or_else(|| in_the_folder(options, typed, environment)) else {
        return Found::default();
    };
    let name = path.display().to_string();
    let unread = |cause: String| {
        let (thing, remedy) = if is_named {
            let remedy = "name a file that can be read, or leave --plan out";
            (format!("--plan {}", quoted(&name)), remedy)
        } else {
            let remedy = "let it be read, take it away, or name another file with --plan";
            (name.clone(), remedy)
        };
        Found {
            unread: Some(Fault::new(thing, cause, remedy)),
            ..Found::default()
        }
    };
    match (environment.read)(&path) {
        Ok(Some(bytes)) => {
            let (plan, faults) = file::read(&name, &bytes, keys);
            Found {
                path: Some(path),
                is_named,
                plan,
                faults,
                unread: None,
            }
        }
        Ok(None) if is_named => unread("does not exist".to_owned()),
        Ok(None) => Found::default(),
        Err(why) => unread(why),
    }
}

/// Where the script folder's plan file would be.
fn in_the_folder(
    options: &ScriptOptions,
    typed: &ValueSources<'_>,
    environment: &Environment,
) -> Option<PathBuf> {
    let builtin = options.builtin && typed.compare("builtin", "script_dir").is_ge();
    if builtin {
        return None;
    }
    match &options.script_dir {
        Some(folder) if folder.is_empty() => None,
        Some(folder) => Some(Path::new(folder).join(FILE_NAME)),
        None => environment
            .scripts_here
            .then(|| Path::new(DEFAULT_SCRIPT_DIR).join(FILE_NAME)),
    }
}
