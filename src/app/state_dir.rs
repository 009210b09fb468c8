//! Where this user's ledgers lie, and how one begins.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::app::key_file;
use crate::app::process::exit::Failure;
use crate::ledger::{Directory, Ledger, OpenOptions, Policy, Run};

/// Where a run keeps its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerPlace {
    /// In a file, which outlives it.
    File,
    /// In memory: its target ends with it.
    Memory,
}

/// The folder of the ledgers: as it was named, else `$XDG_STATE_HOME/throng`, else `~/.local/state/throng`, else this
/// user's own one in the folder for temporary files.
///
/// # Errors
/// When the last of them is not to be trusted.
pub fn folder(named: Option<&Path>) -> Result<Directory, Failure> {
    if let Some(named) = named {
        return Ok(Directory::at(named));
    }
    // Relative ones are to be ignored (XDG Base Directory Specification).
    let variable = |name: &str| {
        let value = std::env::var_os(name).map(PathBuf::from);
        value.filter(|path| path.is_absolute())
    };
    if let Some(state) = variable("XDG_STATE_HOME") {
        return Ok(Directory::at(state.join("throng")));
    }
    if let Some(home) = variable("HOME") {
        return Ok(Directory::at(home.join(".local/state/throng")));
    }
    let own = key_file::folder().map_err(|why| {
        Failure::Usage(format!(
            "there is no folder for ledgers: {why}; name one with --state-dir"
        ))
    })?;
    Ok(Directory::at(own.join("state")))
}

/// The ledger of a run that begins.
///
/// # Errors
/// When it is required and cannot be written.
pub fn begin(named: Option<&Path>, policy: Policy, run: Run) -> Result<Ledger, Failure> {
    let opening = OpenOptions {
        policy,
        ..OpenOptions::default()
    };
    let begun = match (folder(named), policy) {
        (Err(why), Policy::Required) => return Err(why),
        // The first entry will tell.
        (Err(why), Policy::BestEffort) => Ledger::nowhere(run, why.to_string(), &opening),
        (Ok(folder), Policy::BestEffort) => Ledger::begin(folder, run, &opening),
        (Ok(folder), Policy::Required) => {
            folder.probe().map_err(|why| {
                Failure::Usage(format!(
                    "what the run creates cannot be recorded: {why}; name another folder with \
                     --state-dir, or go on without with --ledger best-effort"
                ))
            })?;
            Ledger::begin(folder, run, &opening)
        }
    };
    begun.map_err(|why| Failure::Machine(why.into()))
}

/// Seconds since 1970 (UTC).
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
