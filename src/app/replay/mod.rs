//! `throng replay`: a log as it is, by the same engine as any run.
//!
//! In: the resolved line. Out: as a run. Must never know: how a log is read, and how requests are sent.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use crate::app::authoring;
use crate::app::process::exit::Failure;
use crate::app::process::output::complain;
use crate::app::run;
use crate::app::state_dir::LedgerPlace;
use crate::cli::{Lib, Replay, Scripts};
use crate::import;
use crate::plan::{Length, Shape};

/// Users beyond those that the log has at a time, for sessions that last longer here.
const SPARE: u32 = 4;

/// Plays the log.
///
/// # Errors
/// When it cannot be read, or as [`run::run`].
pub fn run(replay: Replay) -> Result<ExitCode, Failure> {
    let (mut file, shape) = authoring::open_log(&replay.source)?;
    let log = import::replay(&mut *file, shape, &replay.source.log, replay.speed)
        .map_err(|fault| authoring::refused(&replay.source, &fault))?;
    let folder = tempfile::tempdir().context("no folder for the replay")?;
    write(folder.path(), &log.rows).context("the replay cannot be written")?;
    for note in &log.notes {
        let place = note.place.as_ref().map(|place| format!("{place}: "));
        complain(&format!(
            "note: {}{}",
            place.unwrap_or_default(),
            note.words
        ));
    }
    complain(&format!(
        "replay: {} requests of {} sessions in {:.0} s, by {} users at a time",
        log.requests, log.sessions, log.seconds, log.at_a_time
    ));
    let mut resolved = replay.run;
    resolved.scripts = Scripts::Folder(folder.path().to_owned());
    resolved.lib = Lib::Embedded;
    let plan = &mut resolved.plan;
    plan.types = None;
    plan.shape = Shape::default();
    plan.ramp = Some(Duration::ZERO);
    // Threads share the rows; each session takes the next.
    plan.users = log.at_a_time + log.at_a_time / 10 + SPARE;
    plan.users = plan
        .users
        .min(u32::try_from(log.sessions).unwrap_or(u32::MAX));
    if !matches!(plan.length, Length::Duration(_)) {
        plan.length = Length::Sessions(log.sessions as u64);
    }
    run::run(resolved, LedgerPlace::Memory)
}

fn write(folder: &Path, rows: &str) -> std::io::Result<()> {
    fs::write(folder.join("replay.lua"), include_str!("replay.lua"))?;
    fs::write(folder.join("_crowd.lua"), include_str!("_crowd.lua"))?;
    fs::write(folder.join("sessions.jsonl"), rows)
}
