//! `throng cleanup --forget RUN`: the ledger of a run whose target is gone is taken away, and nothing is sent.

use super::runs::{Forgotten, Found, State};
use super::show;
use crate::app::process::exit::Failure;
use crate::app::process::output::{print, print_json};
use crate::engine::MOST_LISTED;
use crate::ledger::{Directory, LedgerError};
use crate::text;

/// Says what is forgotten, and takes the ledger away unless somebody is at work on it; whether it is gone.
///
/// # Errors
/// When it cannot be locked or taken away.
pub fn forget(folder: &Directory, run: &Found, json: bool) -> Result<bool, Failure> {
    let fault = |why: LedgerError| Failure::Run(why.to_string());
    let lock = match &run.state {
        State::InProgress => None,
        State::Strange(_) => None,
        State::Over | State::Unreadable(_) => folder.lock(&run.id).map_err(fault)?,
    };
    let skipped = match (&run.state, &lock) {
        (State::Strange(why), _) => Some(why.clone()),
        (_, None) => {
            Some("it is in progress, or a clean-up is processing it; stop that first".to_owned())
        }
        (_, Some(_)) => None,
    };
    let forgotten = Forgotten { run, skipped };
    if let Some(lock) = lock {
        if !json {
            // If it cannot be printed, the ledger stays.
            print(&show::forgotten(folder, run, MOST_LISTED))?;
        }
        folder.forget(&run.id, lock).map_err(fault)?;
    }
    if json {
        print_json(&show::forgetting(&forgotten))?;
    } else {
        print(&format!("{}\n", text::line(&forgotten.to_string())))?;
    }
    Ok(forgotten.skipped.is_none())
}
