//! A dry run that lives: the whole plan in virtual time against a mock. Two of one seed print the same.
//!
//! In: the resolved line. Out: a page and a summary of what the users did. Must never know: how virtual time works.

mod document;
mod figures;
mod page;

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::app::destination::Destination;
use crate::app::display::plain_log;
use crate::app::process::exit::Failure;
use crate::app::process::output::{complain, print, print_json};
use crate::app::process::version::VERSION;
use crate::app::run::{contract, outputs};
use crate::cli::{Mode, Resolved, Scripts};
use crate::clock::Clock;
use crate::engine::{Orchestrator, RunConfig};
use crate::metrics::Snapshot;
use crate::openapi::Contract;
use crate::plan::Length;
use crate::report::json;
use crate::script::{self, ScriptConfig};
use crate::secrets::Masker;
use crate::view::{Exit, Generator, RunView, Views};
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

/// Users of a shard of the demo service at least, so that its lists have pages.
const USERS_OF_A_SHARD: u32 = 100;
/// Shards at most: each has a service of its own. The more there are, the shorter cores idle at the end of a window.
const MOST_SHARDS: u32 = 8;

/// How many threads a dry run takes, whatever the machine has: what it prints depends on it. A mock of a file is one server, and
/// its state is in one Lua VM.
fn shards(resolved: &Resolved) -> usize {
    let plan = &resolved.plan;
    if resolved.mock.is_some() || plan.is_open() {
        return 1;
    }
    let shards = (plan.users / USERS_OF_A_SHARD).clamp(1, MOST_SHARDS);
    usize::try_from(shards).unwrap_or(1)
}

/// When the run begins. A dry run that is `wanted` gets its threads and an end, and nothing that is deleted.
pub fn begin_at(resolved: &mut Resolved, wanted: bool) -> SystemTime {
    if !wanted {
        return SystemTime::now();
    }
    let shards = shards(resolved);
    let plan = &mut resolved.plan;
    plan.shards = shards;
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
    let place = resolved.output.summary_json.as_deref();
    let place = place.map(|file| Destination::look("--summary-json", file));
    let place = place.transpose().map_err(Failure::Usage)?;
    plain_log::begin(secrets);
    let answered = config
        .mock
        .as_ref()
        .map_or_else(String::new, |mock| mock.name().to_owned());
    let answered = match config.plan.shards {
        1 => answered,
        shards => format!("{answered}, one for each of {shards} shards"),
    };
    let contract = config.script_config.run.contract.clone();
    let clock = config.script_config.run.clock;
    let outputs = outputs::open_file(resolved, RUN_ID, clock, secrets)?;
    let config = config.with_records(outputs.capture(), outputs.sink());
    let (orchestrator, snapshots, _) = Orchestrator::new(config, VERSION);
    let statuses = outputs.statuses().clone();
    let outputs = outputs
        .follow(Views::new(snapshots))
        .context("no thread for the outputs")?;
    let seconds = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&seconds);
    let rehearsed = orchestrator.rehearse(begin(), move |snapshot| {
        kept.borrow_mut().extend(Second::of(snapshot));
    });
    let (ended, observed) = rehearsed?;
    let seconds = seconds.take();
    let figures = Figures::new(&ended.snapshot, &observed, &seconds);
    outputs.finish(outputs::flush_limit(None));
    let last = view(resolved, contract.as_deref(), &ended.snapshot);
    let last = last.with_outputs(statuses.read());
    if !matches!(place, Some(Destination::Stdout)) {
        let page = page::text(&figures, &last, &answered, begin());
        print(&secrets.text(&format!("{plan}\n{page}")))?;
    }
    if let Some(place) = place {
        let mut summary = json::summary(&last);
        summary["dry_run"] = document::json(&figures, &answered);
        let text = secrets.owned(format!("{summary:#}\n"));
        match place {
            Destination::Stdout => print_json(&text)?,
            place => place
                .write(&text)
                .map_err(|why| Failure::Machine(anyhow::anyhow!("--summary-json: {why}")))?,
        }
    }
    let exit = last.exit.unwrap_or_default();
    for reason in &exit.reasons {
        complain(&secrets.text(&crate::text::line(&reason.text)));
    }
    Ok(ExitCode::from(exit.code))
}

/// What a summary shows of it. Nothing of this machine: its speed is none of the plan's. No thresholds either: there is no
/// target that could keep them.
fn view(resolved: &Resolved, contract: Option<&Contract>, snapshot: &Snapshot) -> RunView {
    let at = OffsetDateTime::from(begin());
    let mut view = RunView::measured(snapshot).with_coverage(contract, snapshot);
    view.run.started_at = at.format(&Rfc3339).unwrap_or_default();
    view.generator = Generator::default();
    view.thresholds.clear();
    view.exit = Some(Exit::default());
    view.refresh_status();
    if let Some(config) = &resolved.contract {
        contract::judge(config, &mut view);
    }
    view
}
