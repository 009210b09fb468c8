//! The composition root: puts the rooms together for each command and maps what went wrong to an exit code.

mod cleanup;
mod ctl;
mod demo;
mod destination;
mod exit;
mod files;
mod full_screen;
mod keys;
mod linger;
mod listen;
mod panics;
mod plan_table;
mod probe;
mod run;
mod screen;
mod service;
mod signals;
mod state;
mod vars;
mod summary;
mod log_format;
mod leftovers;
mod log_writer;
mod port_owner;
mod scripts;
mod output;
mod http_settings;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cli::{self, Refusal, Request, Surroundings};
use crate::text;

use exit::Failure;

pub use exit::{CUT, FAILED, FINE, SCRIPTS, USAGE, VALVE};

/// Runs the program: `args` as the shell gave them, the first is the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut request = match cli::parse(args, &Surroundings::look()) {
        Ok(request) => request,
        Err(refusal) => return refuse(&refusal),
    };
    files::raise_limit();
    look_at_variables(&mut request);
    let done = match request {
        Request::Run(resolved) => run::run(*resolved, run::Keeping::File),
        Request::Demo(resolved) => demo::run(*resolved),
        Request::Service(options) => service::run(*options),
        Request::Ctl(ctl) => ctl::run(*ctl),
        Request::Cleanup(cleanup) => cleanup::run(*cleanup),
        Request::Completions(shell) => {
            print(&cli::completions(shell)).map(|()| ExitCode::from(FINE))
        }
    };
    done.unwrap_or_else(|failure| {
        complain(&format!("error: {failure}"));
        failure.code()
    })
}

/// What is to be said of variables that nothing reads: a run says it in its log.
fn look_at_variables(request: &mut Request) {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let strange = cli::strange_variables(request, names);
    match request {
        Request::Run(resolved) | Request::Demo(resolved) => resolved.strange_variables = strange,
        Request::Completions(_) => {}
        _ => strange
            .iter()
            .for_each(|words| complain(&format!("warning: {words}"))),
    }
}

fn refuse(refusal: &Refusal) -> ExitCode {
    match refusal {
        Refusal::Words(words) => {
            let plain = words.render().to_string();
            if words.use_stderr() && matches!(text::page(&plain), std::borrow::Cow::Owned(_)) {
                // It quotes what was typed.
                complain(plain.trim_end());
            } else {
                // Where even stderr is closed there is nobody to tell.
                let _ = words.print();
            }
            ExitCode::from(u8::try_from(words.exit_code()).unwrap_or(USAGE))
        }
        Refusal::Values(_) => {
            complain(&format!("error: {refusal}"));
            ExitCode::from(USAGE)
        }
    }
}

/// Writes lines to stderr.
fn complain(words: &str) {
    output::to_stderr(&format!("{}\n", text::page(words)));
}

/// Writes lines to stdout, see [`output::print`].
fn print(words: &str) -> Result<(), Failure> {
    output::print(&text::page(words))
}

/// Writes JSON to stdout, see [`output::print`].
fn print_json(json: &str) -> Result<(), Failure> {
    output::print(&text::json(json))
}
