//! `throng cluster`: workers of this machine with a NATS server of their own, and a list of the workers of a server.
//!
//! In: the resolved line. Out: processes that end with this one; a table or JSON; an exit code. Must never know: how a run is
//! led.

mod bound;
mod key;
mod list;
mod up;

use std::process::ExitCode;

use crate::app::process::exit::Failure;
use crate::cli::ClusterCommand;

/// Does what was asked for.
///
/// # Errors
/// When the server cannot be started or used.
pub fn run(command: ClusterCommand) -> Result<ExitCode, Failure> {
    match command {
        ClusterCommand::Up(config) => up::run(&config),
        ClusterCommand::List(config) => list::run(&config),
        ClusterCommand::Key(file) => key::make(&file),
        ClusterCommand::Child(parent, command) => bound::become_child(parent, &command),
    }
}
