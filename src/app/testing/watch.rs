//! Runs tests again at each save.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};

use super::{find, once};
use crate::app::process::exit::Failure;
use crate::app::process::output::{complain, print};
use crate::cli::{Lib, Test};
use crate::secrets::Masker;

/// Editors save a file in several steps, and several files at once.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// Runs until it is interrupted.
///
/// # Errors
/// When the folders cannot be watched.
pub fn run(test: &Test, secrets: &Arc<Masker>) -> Result<ExitCode, Failure> {
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading a file is no change of it.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = sender.send(());
        }
    })
    .map_err(|why| Failure::Machine(why.into()))?;
    let mut places = vec![find::folder(test)];
    if let Lib::Named(lib) | Lib::Beside(lib) = &test.run.lib
        && lib.is_dir()
    {
        places.push(lib.clone());
    }
    places.extend(test.paths.iter().cloned());
    for place in places {
        watcher
            .watch(&place, RecursiveMode::Recursive)
            .map_err(|why| {
                Failure::Usage(format!("{}: cannot be watched: {why}", place.display()))
            })?;
    }
    loop {
        if let Err(failure) = once::run(test, secrets) {
            // The next save may mend it.
            complain(&secrets.owned(format!("error: {failure}")));
        }
        print("watching for changes, Ctrl-C ends\n")?;
        if changes.recv().is_err() {
            return Ok(ExitCode::SUCCESS);
        }
        while changes.recv_timeout(DEBOUNCE).is_ok() {}
    }
}
