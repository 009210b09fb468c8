//! `throng runs`, `throng show` and `throng compare`: what was kept of runs.
//!
//! In: the resolved line. Out: tables or JSON, an exit code. Must never know: how a run is done.

mod compare;
mod runs;
mod show;

use std::path::Path;

pub use compare::compare;
pub use runs::runs;
pub use show::show;

use crate::app::process::exit::Failure;
use crate::app::{look, state_dir};
use crate::history::{Found, HistoryError, PATIENCE, RecordedRun, Store, find};
use crate::report::text::summary::Look;

/// The history of a folder; none where nothing was kept.
fn open(state_dir: Option<&Path>) -> Result<Option<Store>, Failure> {
    let folder = state_dir::folder(state_dir)?;
    Store::read(folder.place(), PATIENCE).map_err(failure)
}

/// The run of these words.
fn run(store: Option<&Store>, words: &str) -> Result<RecordedRun, Failure> {
    found(store, words)?.whole(store).map_err(failure)
}

fn found(store: Option<&Store>, words: &str) -> Result<Found, Failure> {
    find(words, store).map_err(failure)
}

/// What a person typed is a matter of usage, what cannot be read is one of the machine.
fn failure(why: HistoryError) -> Failure {
    match why {
        HistoryError::Unknown(words) => Failure::Usage(words),
        other => Failure::Machine(anyhow::Error::msg(other.to_string())),
    }
}

/// How tables look on stdout.
fn look() -> Look {
    look::look(look::paint(crate::cli::Color::Auto, true), true)
}
