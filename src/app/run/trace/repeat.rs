//! `--watch`: runs again whenever the scripts change. Each run is a process of its own, so that nothing of one is left to
//! the next.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::complain;
use crate::app::process::signals::Signals;
use crate::app::run::scripts;
use crate::cli::{Resolved, Scripts};
use crate::script::{FileChange, FolderWatch};

/// How often it looks whether anything happened.
const BEAT: Duration = Duration::from_millis(50);
/// How long a run may take to end in order.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs, and runs again on each change, until a signal ends it.
///
/// # Errors
/// When there is nothing to watch, or no process to be had.
pub fn repeat(resolved: &Resolved) -> Result<ExitCode, Failure> {
    if resolved.scripts == Scripts::Embedded {
        let why = "--watch: the scripts are inside the program and cannot change; name a folder \
                   with --script-dir";
        return Err(Failure::Usage(why.to_owned()));
    }
    let watch = FolderWatch::open(scripts::places(resolved), resolved.watch);
    let mut watch = watch.map_err(|why| Failure::Usage(format!("--watch: {why}")))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        let mut signals = Signals::open().context("cannot listen for Ctrl-C")?;
        let mut child = Some(begin()?);
        loop {
            tokio::select! {
                _ = signals.next() => {
                    if let Some(child) = child {
                        end_with(child).await;
                    }
                    return Ok(ExitCode::from(SUCCESS));
                }
                () = tokio::time::sleep(BEAT) => {}
            }
            let changes = watch.look();
            if !changes.is_empty() {
                if let Some(child) = child.take() {
                    stop(child).await;
                }
                complain(&format!("\n{}", words(&changes)));
                child = Some(begin()?);
            } else if let Some(running) = &mut child
                && running.try_wait().map_err(anyhow::Error::from)?.is_some()
            {
                child = None;
                complain("\nwaiting for a change of the scripts; Ctrl-C ends");
            }
        }
    })
}

/// Begins a run like this one, without `--watch`.
fn begin() -> Result<Child, Failure> {
    let program = std::env::current_exe().context("where this program is, is not known")?;
    let is_watch = |word: &OsString| {
        let word = word.to_string_lossy();
        word == "--watch" || word.starts_with("--watch=")
    };
    let words = std::env::args_os().skip(1).filter(|word| !is_watch(word));
    let child = Command::new(program)
        .args(words)
        .env_remove("THRONG_WATCH")
        .spawn();
    Ok(child.context("the run cannot be started")?)
}

/// Ends a run that is under way, in order.
async fn stop(mut child: Child) {
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    terminate(&child);
    wait(child).await;
}

/// A signal came. At a terminal the run has had it, too: a second one would end it at once.
async fn end_with(child: Child) {
    if !std::io::stdin().is_terminal() {
        terminate(&child);
    }
    wait(child).await;
}

async fn wait(mut child: Child) {
    let until = Instant::now() + PATIENCE;
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < until {
        tokio::time::sleep(BEAT).await;
    }
    // One that has ended takes no harm.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
fn terminate(child: &Child) {
    if let Some(pid) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        // One that has ended needs none.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

#[cfg(not(unix))]
fn terminate(_: &Child) {}

fn words(changes: &[FileChange]) -> String {
    let words = changes.iter().map(|change| match change {
        FileChange::New(path) => format!("{path} is new"),
        FileChange::Changed(path) => format!("{path} changed"),
        FileChange::Gone(path) => format!("{path} is gone"),
    });
    let words: Vec<String> = words.collect();
    format!("{}: runs again", words.join(", "))
}
