//! Processes that end with the one that started them, even where that is killed: the system ends them then. A process can ask
//! for that only itself, and before it becomes another program.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Context as _;

use crate::app::process::exit::Failure;

/// This program as a command that becomes `program`, and ends with this process. It has to be started by a thread that
/// lives as long as the process: Linux ends it with its thread.
///
/// # Errors
/// When nobody knows where this program is.
pub fn command(program: impl Into<OsString>) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["cluster", "child", &std::process::id().to_string()])
        .arg(program.into());
    Ok(command)
}

/// Becomes this command.
///
/// # Errors
/// When the process that started it has gone, or the command is not there.
pub fn become_child(parent: u32, command: &[OsString]) -> Result<ExitCode, Failure> {
    use std::os::unix::process::CommandExt as _;
    end_with_parent().context("it cannot end with its parent process")?;
    let is_there = rustix::process::getppid().is_some_and(|now| now.as_raw_pid() as u32 == parent);
    if !is_there {
        let why = "the parent process has exited";
        return Err(Failure::Run(why.to_owned()));
    }
    let (program, words) = command.split_first().context("no command is named")?;
    let why = Command::new(program).args(words).exec();
    let program = program.display();
    Err(Failure::Run(format!("{program} cannot be started: {why}")))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn end_with_parent() -> std::io::Result<()> {
    use rustix::process::{Signal, set_parent_process_death_signal};
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Other systems have no such thing: there, children of a process that is killed go on.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn end_with_parent() -> std::io::Result<()> {
    Ok(())
}
