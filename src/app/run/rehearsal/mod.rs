//! A dry run that lives: the whole plan in virtual time against a mock, in one thread. Two of one seed print the same.
//!
//! In: the resolved line. Out: a page and a document of what the users did. Must never know: how virtual time works.

mod document;
mod figures;
mod page;

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::app::destination::Destination;
use crate::app::display::plain_log;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{print, print_json};
use crate::app::process::version::VERSION;
use crate::cli::{Mode, Resolved, Scripts};
use crate::clock::Clock;
use crate::engine::{Orchestrator, RunConfig};
use crate::plan::Length;
use crate::script::{self, ScriptConfig};
use crate::secrets::Masker;
use figures::{Figures, Second};

/// When each of them begins: a Monday, so that curves and times of day have a place. 2026-01-05T09:00:00Z.
const BEGIN: Duration = Duration::from_secs(1_767_603_600);
/// The id of all of them.
const RUN_ID: &str = "dryrun00";
/// How long one takes whose plan has no end.
const ENDLESS: Duration = Duration::from_secs(3600);

/// When a dry run begins.
pub fn begin() -> SystemTime {
    SystemTime::UNIX_EPOCH + BEGIN
}

/// Whether the line asks for a dry run, and there is something that answers: a mock, or for the built-in types the routes of
/// the demo service.
pub fn is_wanted(resolved: &Resolved) -> bool {
    resolved.mode == Mode::DryRun
        && resolved.plan.search.is_none()
        && (resolved.mock.is_some() || is_built_in(&resolved.scripts))
}

/// Whether the types are those inside the program, also where they are in a folder.
fn is_built_in(scripts: &Scripts) -> bool {
    match scripts {
        Scripts::Embedded => true,
        Scripts::Folder(folder) => script::is_stock(folder),
    }
}

/// When the run begins. A dry run that is `wanted` gets one thread and an end, and nothing that is deleted.
pub fn begin_at(resolved: &mut Resolved, wanted: bool) -> SystemTime {
    if !wanted {
        return SystemTime::now();
    }
    let plan = &mut resolved.plan;
    plan.shards = 1;
    plan.cleanup = None;
    if plan.length == Length::Continuous && plan.shape.end().is_none() {
        plan.length = Length::Duration(ENDLESS);
    }
    begin()
}

/// What scripts know of a dry run: its id and its time.
pub fn settle(script_config: &mut ScriptConfig) {
    RUN_ID.clone_into(&mut script_config.run_id);
    script_config.run.clock = Clock::virtual_from(begin());
    script_config.run.trace = None;
}

/// Runs it and prints what happened, below the plan as it is printed without it.
///
/// # Errors
/// When it cannot begin, or its document cannot be written.
pub fn run(
    resolved: &Resolved,
    config: RunConfig,
    plan: &str,
    secrets: &Arc<Masker>,
) -> Result<ExitCode, Failure> {
    let json = resolved.output.summary_json.as_deref();
    let json = json.map(|file| Destination::look("--summary-json", file));
    let json = json.transpose().map_err(Failure::Usage)?;
    plain_log::begin(secrets);
    let answered = config
        .mock
        .as_ref()
        .map_or_else(String::new, |mock| mock.name().to_owned());
    let (orchestrator, _snapshots, _) = Orchestrator::new(config, VERSION);
    let seconds = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&seconds);
    let rehearsed = orchestrator.rehearse(begin(), move |snapshot| {
        kept.borrow_mut().extend(Second::of(snapshot));
    });
    let (ended, observed) = rehearsed?;
    let seconds = seconds.take();
    let figures = Figures::new(&ended.snapshot, &observed, &seconds);
    if !matches!(json, Some(Destination::Stdout)) {
        let page = page::text(&figures, &answered, begin());
        print(&secrets.text(&format!("{plan}\n{page}")))?;
    }
    if let Some(place) = json {
        let document = document::json(&figures, resolved, &answered);
        let text = secrets.owned(format!("{document:#}\n"));
        match place {
            Destination::Stdout => print_json(&text)?,
            place => place
                .write(&text)
                .map_err(|why| Failure::Machine(anyhow::anyhow!("--summary-json: {why}")))?,
        }
    }
    Ok(ExitCode::from(SUCCESS))
}
