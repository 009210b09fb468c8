//! `throng cleanup`: deletes what runs left on their targets, from their ledgers.
//!
//! In: the resolved line. Out: deletions, what became of each run, an exit code.
//! Must never know: scripts, and runs that have no ledger.

mod forget;
mod one;
mod runs;
mod show;

use std::process::ExitCode;

use crate::app::display::screen::Screen;
use crate::app::process::exit::{FAILED, Failure, SUCCESS};
use crate::app::process::output::{print, print_json};
use crate::app::process::signals::{self, Signals};
use crate::app::state_dir;
use crate::cli::{Cleanup, Output, RunSelection};
use crate::ledger::Directory;
use crate::run_log::RunLog;
use crate::text;
use one::Outcome;
use runs::{Found, State};

/// Lists or deletes, and says what is left.
///
/// # Errors
/// When the run does not exist, or the folder cannot be read.
pub fn run(cleanup: Cleanup) -> Result<ExitCode, Failure> {
    let _screen = Screen::open(
        &Output::default(),
        crate::secrets::SharedMasker::default(),
        RunLog::default(),
        None,
    );
    let folder = state_dir::folder(cleanup.state_dir.as_deref())?;
    let found = runs::find(&folder, &cleanup)?;
    if cleanup.list {
        let page = match &cleanup.whose {
            RunSelection::Run(_) => show::things(&folder, &found, cleanup.json)?,
            _ => show::runs(&folder, &found, cleanup.json),
        };
        match cleanup.json {
            true => print_json(&page),
            false => print(&page),
        }?;
        return Ok(ExitCode::from(SUCCESS));
    }
    if cleanup.forget {
        // One is named, and there is one of each name.
        let mut fine = true;
        for run in &found {
            fine &= forget::forget(&folder, run, cleanup.json)?;
        }
        return Ok(ExitCode::from(if fine { SUCCESS } else { FAILED }));
    }
    let found = chosen(found, &cleanup, &folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    signals::end_by_the_second().map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        let mut signals = Signals::open().map_err(anyhow::Error::from)?;
        let mut outcomes = Vec::new();
        let mut stopped = false;
        // What is deleted is deleted, even if that cannot be printed.
        let mut printed = Ok(());
        for run in &found {
            if stopped {
                outcomes.push(Outcome::skipped(run, "the clean-up was stopped"));
                continue;
            }
            let (outcome, cut) = one::clean(&folder, run, cleanup.rps, &mut signals).await;
            stopped = cut;
            if !cleanup.json {
                printed = printed.and(print(&format!("{}\n", text::line(&outcome.to_string()))));
            }
            outcomes.push(outcome);
        }
        if cleanup.json {
            printed = printed.and(print_json(&show::outcomes(&outcomes)));
        } else if outcomes.is_empty() {
            printed = print("nothing is left on any target\n");
        }
        printed?;
        let fine = outcomes.iter().all(Outcome::is_fine);
        Ok(ExitCode::from(if fine { SUCCESS } else { FAILED }))
    })
}

/// The runs whose things are deleted.
fn chosen(found: Vec<Found>, cleanup: &Cleanup, folder: &Directory) -> Result<Vec<Found>, Failure> {
    if cleanup.whose != RunSelection::Only {
        return Ok(found);
    }
    let over: Vec<Found> = found
        .into_iter()
        .filter(|run| run.state != State::InProgress)
        .collect();
    if over.len() > 1 {
        return Err(Failure::Usage(format!(
            "several runs left something; name one with --run ID, or all with --all:\n{}",
            show::runs(folder, &over, false).trim_end()
        )));
    }
    Ok(over)
}
