//! The composition root: puts the rooms together for each command and maps what went wrong to an exit code.

mod cleanup;
mod ctl;
mod demo;
mod exit;
mod full_screen;
mod keys;
mod left;
mod linger;
mod listen;
mod masked;
mod neighbour;
mod panics;
mod plan_table;
mod run;
mod screen;
mod service;
mod signals;
mod sources;
mod state;
mod vars;
mod words_to_http;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use crate::cli::{self, Refusal, Request, Surroundings};

pub use exit::{CUT, FAILED, FINE, SCRIPTS, USAGE, VALVE};

/// Runs the program: `args` as the shell gave them, the first is the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let request = match cli::parse(args, &Surroundings::look()) {
        Ok(request) => request,
        Err(refusal) => return refuse(&refusal),
    };
    let done = match request {
        Request::Run(resolved) => run::run(*resolved, run::Keeping::File),
        Request::Demo(resolved) => demo::run(*resolved),
        Request::Service(options) => service::run(*options),
        Request::Ctl(ctl) => ctl::run(*ctl),
        Request::Cleanup(cleanup) => cleanup::run(*cleanup),
        Request::Completions(shell) => {
            cli::completions(shell, &mut std::io::stdout());
            Ok(ExitCode::from(FINE))
        }
    };
    done.unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        failure.code()
    })
}

fn refuse(refusal: &Refusal) -> ExitCode {
    match refusal {
        Refusal::Words(words) => {
            // Where even stderr is closed there is nobody to tell.
            let _ = words.print();
            ExitCode::from(u8::try_from(words.exit_code()).unwrap_or(USAGE))
        }
        Refusal::Values(_) => {
            eprintln!("error: {refusal}");
            ExitCode::from(USAGE)
        }
    }
}

/// Writes to stdout. Where nobody reads it any more (`throng run | head`), nothing is lost.
fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}
