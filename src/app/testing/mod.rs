//! `throng test`: finds the tests of scripts, runs them, and says what they found.
//!
//! In: the resolved line. Out: results as text, TAP or JUnit; the lines that ran. Must never know: how a test runs.

mod coverage;
mod find;
mod formats;
mod once;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;

use crate::app::process::exit::Failure;
use crate::app::process::panics;
use crate::app::run::variables;
use crate::cli::Test;

/// Runs the tests; the exit code is 0 when all of them pass, and 1 when one fails.
///
/// # Errors
/// When the command line, the scripts or a path has faults, or a file cannot be written.
pub fn run(mut test: Test) -> Result<ExitCode, Failure> {
    let secrets = Arc::new(variables::read(&mut test.run)?);
    panics::mask(Arc::clone(&secrets));
    let done = match test.watch {
        true => watch::run(&test, &secrets),
        false => once::run(&test, &secrets),
    };
    done.map_err(|failure| failure.masked(&secrets))
}
