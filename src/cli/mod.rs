//! The words someone typed, turned into what they mean.
//!
//! In: arguments, and `THRONG_*` variables where an argument is not given. Out: a [`Request`] whose values are checked, or a
//! [`Refusal`] that names every fault at once. Two layers: [`words`] holds what was typed, as text; `resolve` gives it
//! meaning. This room must never know tokio, the engine or the HTTP client, and it opens no file: paths leave it as typed.

mod faults;
mod resolve;
mod resolved;
mod size;
mod surroundings;
mod token;
mod typed;
mod var;
mod variables;
pub mod words;

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::FromArgMatches;

use crate::plan::{Fault, span};

pub use resolved::{
    Cleanup, Color, Ctl, Deed, HttpVersion, HttpWords, Lib, Listen, LogFormat, Mode, Output,
    Resolve, Resolved, Scripts, Verbosity, Whose,
};
pub use span::{parse_span, show_span};
pub use surroundings::Surroundings;
pub use token::{SHORTEST_TOKEN, TokenWord, token_fault};
pub use var::Var;

/// What the caller is asked to do.
#[derive(Debug)]
pub enum Request {
    /// `throng run` and `throng user:populate`.
    Run(Box<Resolved>),
    /// `throng demo`: as `Run`, against a service of its own; `plan.base_url` is a stand-in that the caller replaces.
    Demo(Box<Resolved>),
    /// `throng service`.
    Service(Box<user_service::Options>),
    /// `throng ctl`.
    Ctl(Box<Ctl>),
    /// `throng cleanup`.
    Cleanup(Box<Cleanup>),
    /// `throng completions SHELL`: see [`completions`].
    Completions(clap_complete::Shell),
}

/// Why there is nothing to do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Words that clap does not know. `--help` and `--version` come this way too: ask `exit_code()` (0 for these), and
    /// let `print()` choose between stdout and stderr.
    #[error(transparent)]
    Words(#[from] clap::Error),
    /// Values that cannot be, all of them.
    #[error("{}", faults::page(.0))]
    Values(Vec<Fault>),
}

/// Reads the arguments (the first is the program's name).
///
/// # Errors
/// [`Refusal`], also for `--help` and `--version`.
pub fn parse<I, T>(args: I, around: &Surroundings) -> Result<Request, Refusal>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString>,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let whole = words::command(args.iter().any(|arg| arg == "-h"));
    let mut command = variables::without_empty(whole.clone());
    let matches = match command.try_get_matches_from_mut(args.clone()) {
        Ok(matches) => matches,
        Err(error) => {
            return Err(match variables::fault(&whole, &args, &error) {
                Some(fault) => Refusal::Values(vec![fault]),
                None => Refusal::Words(error),
            });
        }
    };
    let words =
        words::Words::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    let typed = typed::Typed::of(&matches);
    match words.command {
        words::Command::Run(run) => resolve::run(*run, &typed, around, resolve::Purpose::Run)
            .map(|resolved| Request::Run(Box::new(resolved))),
        words::Command::Populate(run) => {
            resolve::run(*run, &typed, around, resolve::Purpose::Populate)
                .map(|resolved| Request::Run(Box::new(resolved)))
        }
        words::Command::Demo(run) => resolve::run(*run, &typed, around, resolve::Purpose::Demo)
            .map(|resolved| Request::Demo(Box::new(resolved))),
        words::Command::Ctl(ctl) => {
            resolve::ctl(*ctl, &typed).map(|ctl| Request::Ctl(Box::new(ctl)))
        }
        words::Command::Cleanup(cleanup) => {
            resolve::cleanup(&cleanup, &typed).map(|cleanup| Request::Cleanup(Box::new(cleanup)))
        }
        words::Command::Service(service) => Ok(Request::Service(service)),
        words::Command::Completions { shell } => Ok(Request::Completions(shell)),
    }
    .map_err(Refusal::Values)
}

/// Says of each of these variables of the environment that has this program's prefix and is read by nothing what it may have been
/// meant to be.
pub fn strange_variables(
    request: &Request,
    names: impl IntoIterator<Item = String>,
) -> Vec<String> {
    let taken: BTreeSet<String> = match request {
        Request::Run(resolved) | Request::Demo(resolved) => resolved
            .vars
            .iter()
            .filter_map(|var| match var {
                Var::Environment(name) => Some(name.clone()),
                _ => None,
            })
            .collect(),
        _ => BTreeSet::new(),
    };
    let names: BTreeSet<String> = names.into_iter().collect();
    variables::strange(&words::command(false), &names, &taken)
}

/// The completion script of a shell.
pub fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut words::command(false), "throng", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
