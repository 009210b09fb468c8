//! `throng run`: from the resolved line to a finished run.
//!
//! In: the resolved line. Out: a run with its display, listener and key file; its summary, an exit code.
//! Must never know: a rule of the run itself, which are the engine's.

mod answers;
mod baseline;
mod browser;
mod check;
mod cluster;
mod contract;
mod dry_run;
mod expected_visits;
mod kept;
mod language_server;
mod leftovers;
mod linger;
mod listen;
mod outputs;
mod plan_only;
mod plan_page;
mod port_owner;
mod recording;
mod rehearsal;
mod reports;
mod script_config;
mod scripts;
mod shape;
mod standby;
mod summary;
mod target_check;
pub mod test_files;
mod trace;
pub mod variables;
mod warnings;

pub use check::check;
pub use cluster::Details;
pub use contract::{missed, read as read_contract};
pub use rehearsal::begin as rehearsal_begin;
pub use script_config::{run_of, script_config};
pub use scripts::{bundle, read_plan_file};
pub use target_check::unreached;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::app::destination::Destination;
use crate::app::display::screen::Screen;
use crate::app::key_file::{Key, KeyFile};
use crate::app::process::exit::Failure;
use crate::app::process::version::VERSION;
use crate::app::process::{open_files, panics, signals};
use crate::app::run::recording::Recording;
use crate::app::run::target_check::Probe;
use crate::app::run::trace::Tracing;
use crate::app::state_dir::LedgerPlace;
use crate::app::{http_settings, key_file, state_dir};
use crate::cli::{Mode, Resolved, Scripts};
use crate::cluster::Led;
use crate::engine::{Command, Orchestrator, RunConfig};
use crate::history::{self, RecordedRun};
use crate::ledger::Ledger;
use crate::output::Outputs;
use crate::run_log::RunLog;
use crate::script::{Loader, LoaderError, LoaderHandle, LoaderRequest, LoaderSettings};
use crate::secrets::Masker;
use crate::view::{ExitKind, RunView, Views};
use crate::web::scripts::ScriptFolders;
use crate::web::{Config, Control, OneTimeCode, Token};

/// How long the display may take for its last picture: a terminal that is gone or stopped takes none.
const DISPLAY: Duration = Duration::from_secs(2);

/// Runs a plan to its end.
///
/// # Errors
/// Whatever keeps it from beginning: then nothing was sent.
pub fn run(mut resolved: Resolved, keeping: LedgerPlace) -> Result<ExitCode, Failure> {
    let secrets = Arc::new(variables::read(&mut resolved)?);
    panics::mask(Arc::clone(&secrets));
    begin(resolved, keeping, &secrets).map_err(|failure| failure.masked(&secrets))
}

fn begin(
    mut resolved: Resolved,
    keeping: LedgerPlace,
    secrets: &Arc<Masker>,
) -> Result<ExitCode, Failure> {
    if resolved.mode == Mode::Trace {
        trace::settle(&mut resolved);
        if resolved.trace.repeats {
            return trace::repeat(&resolved);
        }
    }
    let rehearsed = rehearsal::is_wanted(&resolved);
    let begin = rehearsal::begin_at(&mut resolved, rehearsed);
    let standby = standby::find(&mut resolved)?;
    shape::complete(&mut resolved, begin)?;
    let base = baseline::read(&resolved)?;
    let mut script_config = script_config(&resolved, secrets);
    if rehearsed {
        rehearsal::settle(&mut script_config);
    }
    let sources = scripts::load(&resolved, &script_config)?;
    shape::settle(&mut resolved, &sources.specs)?;
    let http = http_settings::settings(
        &resolved.http,
        &resolved.plan.base_url,
        &script_config.run_id,
    )
    .map_err(|why| Failure::Usage(why.to_string()))?;
    let contract = contract::read(&resolved, &http)?;
    let own = contract.as_ref().map(|read| Arc::clone(&read.contract));
    script_config.run.contract = own;
    let (document, of_contract) = contract.map(|read| (read.text, read.notes)).unzip();
    let of_contract = of_contract.unwrap_or_default();
    let http = http.load().map_err(|why| Failure::Usage(why.to_string()))?;
    let coordinator = match &resolved.cluster {
        Some(_) if let Some(standby) = standby => {
            let scripts = (&*sources.bundle, &*sources.specs);
            let Some(coordinator) = standby.wait(&mut resolved, scripts)? else {
                return Ok(ExitCode::SUCCESS);
            };
            script_config.shards = resolved.plan.shards;
            Some(coordinator)
        }
        Some(wanted) if resolved.mode == Mode::Run => {
            let run = &script_config;
            let gathered = cluster::gather(wanted, &resolved, (&run.run_id, run.run.clock))?;
            let (shards, owners) = gathered.shards();
            resolved.plan.shards = shards;
            resolved.plan.owners = Some(owners);
            script_config.shards = shards;
            Some(gathered)
        }
        _ => None,
    };
    let reader = sources.reader(&resolved, &script_config);
    let folders = ScriptFolders::new(sources.places.folders(), resolved.edit);
    let plan = Arc::new(resolved.plan.clone());
    let (mock, keeping) = {
        let keeping = (keeping, rehearsed);
        answers::mock(&resolved, &sources.bundle, &script_config, keeping)?
    };
    let dry = matches!(resolved.mode, Mode::DryRun | Mode::Plan(_));
    let target = http_settings::target(&resolved.http, &plan.base_url);
    let of_ledger = standby::ledger(&script_config.run_id, coordinator.as_ref());
    let ledger = match keeping {
        _ if rehearsed => Ledger::discarding(),
        LedgerPlace::File if !dry => state_dir::begin(
            resolved.state_dir.as_deref(),
            resolved.policy,
            run_of(&of_ledger, target),
        )?,
        _ => {
            Ledger::in_memory(run_of(&script_config.run_id, target)).map_err(anyhow::Error::from)?
        }
    };
    let probe = (!dry && mock.is_none()).then(|| Probe::begin(&http, &plan.base_url));
    let config = RunConfig::new(
        plan,
        sources.bundle,
        sources.specs,
        http,
        script_config,
        ledger,
    )
    .with_mock(mock)
    .with_settings(sources.settings, resolved.plan_file.base.clone());
    if dry {
        return plan_only::say(&resolved, config, &of_contract, secrets);
    }
    let json = resolved.output.summary_json.as_deref();
    let json = json.map(|file| Destination::look("--summary-json", file));
    let json = json.transpose().map_err(Failure::Usage)?;
    let reports = reports::look(&resolved)?;
    let listener = listen::bind(&resolved.listen)?;
    let token = key_file::token(resolved.token.as_ref())?;

    let run = &config.script_config;
    let tracing = (resolved.mode == Mode::Trace).then(|| Tracing::open(&resolved));
    let tracing = tracing.transpose()?;
    let outputs = outputs::open(&resolved, &run.run_id, run.run.clock, secrets)?;
    let prompt = tracing.as_ref().and_then(|tracing| tracing.prompt.clone());
    let config = config
        .with_records(outputs.capture(), outputs.sink())
        .with_step_prompt(prompt)
        .with_last_sessions(listener.is_some() && resolved.mode != Mode::Trace);

    let run_log = RunLog::default();
    let page = listener.as_ref().and_then(listen::Listener::reached_at);
    let page = page.map(|address| format!("http://{address}/"));
    let screen = Screen::open(&resolved.output, secrets, run_log.clone(), page);
    log_start(&resolved, &config, &of_contract);
    let remote = coordinator.map(|coordinator| {
        let record = standby::record(&resolved, &config)?;
        cluster::lead(coordinator, &resolved, &config, record, document)
    });
    let remote = remote.transpose()?;
    if let Some(short) = open_files::shortage(&resolved.plan) {
        tracing::warn!("{short}");
    }
    let start = kept::start(&resolved, &config, keeping, secrets);
    // From here on there is a log, and anyone who reads it as JSON wants all of it.
    Ok(execute(
        &resolved,
        config,
        reader,
        listener.map(|listener| (listener, token, folders)),
        (screen, run_log, outputs, tracing),
        (keeping, (json, reports)),
        (probe, start, base, remote),
    )
    .unwrap_or_else(|failure| {
        failure.say();
        failure.code()
    }))
}

/// What a run may have beside its crowd: requests of a probe, its history, a run to compare with, workers elsewhere.
type Beside = (
    Option<Probe>,
    history::Start,
    Option<RecordedRun>,
    Option<Led>,
);

/// Runs the plan with a display and a listener, and reports what happened.
fn execute(
    resolved: &Resolved,
    config: RunConfig,
    reader: LoaderSettings,
    listener: Option<(listen::Listener, Token, Option<ScriptFolders>)>,
    (screen, run_log, outputs, tracing): (Screen, RunLog, Outputs, Option<Tracing>),
    (keeping, files): (LedgerPlace, summary::Files),
    (probe, start, base, remote): Beside,
) -> Result<ExitCode, Failure> {
    let run = config.script_config.run_id.clone();
    let secrets = Arc::clone(&config.script_config.run.secrets);
    let contract = config.script_config.run.contract.clone();
    let (orchestrator, snapshots, commands) = Orchestrator::new(config, VERSION);
    let (orchestrator, stage) = cluster::on_workers(orchestrator, remote);
    let orchestrator = match &tracing {
        Some(tracing) => orchestrator.with_recording(tracing.events.clone()),
        None => orchestrator,
    };
    let follower = tracing.map(|tracing| tracing.follow(resolved, &secrets));
    let follower = follower.transpose().context("no thread for the trace")?;
    let kept = kept::begin(resolved, start, snapshots.clone());
    let over_time = kept.is_some();
    let statuses = outputs.statuses().clone();
    let mut views = Views::new(snapshots)
        .with_outputs(&statuses)
        .with_contract(contract.clone());
    let (offers, keys) = (commands.clone(), commands.clone());
    // Where nobody takes offers any more, the run is over.
    let loader = Loader::start(reader, move |offer| {
        let offer = match &stage {
            Some(stage) => cluster::tried(stage, offer),
            None => offer,
        };
        drop(offers.send(Command::ReloadEvent(offer)))
    })
    .map_err(|why| match why {
        LoaderError::Thread(_) => Failure::Machine(why.into()),
        LoaderError::Watch(..) => Failure::Usage(why.to_string()),
    })?;
    let has_files = resolved.scripts != Scripts::Embedded || resolved.plan_file.path.is_some();
    let orchestrator = if has_files {
        orchestrator.with_reader(asking(loader.asker()))
    } else {
        orchestrator
    };
    signals::listen(commands.clone()).context("cannot listen for Ctrl-C")?;
    let web = listener.map(|(listener, token, folders)| {
        let key = leave_key(&listener, run, &token);
        // Once it is said, it is so: anyone who reads the line may use the key.
        listener.say(&token, resolved.token.is_some());
        let code = browser::code(resolved.open).transpose()?;
        let page = listener.reached_at().zip(code.clone());
        let code = code.map(OneTimeCode::new);
        let config = Config {
            control: Some(Control::new(commands, token).with_code(code)),
            secrets: Arc::clone(&secrets),
            scripts: folders,
            log: run_log.clone(),
            history: kept::folder(resolved),
            ..Config::default()
        };
        let pages = listen::Pages::open(listener, views.clone(), config)?;
        if let Some((address, code)) = page {
            browser::open(address, &code);
        }
        Ok::<_, Failure>((pages, key))
    });
    let web = web.transpose()?;
    let screen = screen
        .follow(views.clone(), keys)
        .context("no thread for the display")?;
    let outputs = outputs
        .follow(views.clone())
        .context("no thread for the outputs")?;
    if let Some(probe) = probe {
        probe.warn();
    }
    let recording =
        (over_time || reports::want_history(resolved)).then(|| Recording::follow(views.clone()));
    let recording = recording.transpose().context("no thread for the report")?;
    let ended = orchestrator.run();
    // One that cannot write is left behind; one that panicked has said so itself. The run is what counts.
    signals::wait_for(&screen, DISPLAY);
    let ended = ended?;
    let over = kept.map(kept::Recording::over);
    let recorded = kept::recorded(over.as_ref());
    let measured = RunView::measured(&ended.snapshot);
    let measured = measured.with_coverage(contract.as_deref(), &ended.snapshot);
    outputs.finish(outputs::flush_limit(measured.exit.as_ref()));
    let mut last = measured.with_outputs(statuses.read());
    if let Some(base) = &base {
        baseline::judge(resolved, base, recorded.as_ref(), &mut last);
    }
    if let Some(config) = &resolved.contract {
        contract::judge(config, &mut last);
    }
    let history = recording.map(|one| one.end(DISPLAY)).unwrap_or_default();
    if let Some(follower) = follower {
        let mut exit = last.exit.take().unwrap_or_default();
        follower.end(&mut exit, &secrets);
        last.exit = Some(exit);
    }
    let exit = summary::report(
        resolved,
        (&ended, &mut last),
        keeping,
        &files,
        (&history, recorded.as_ref()),
        &secrets,
    );
    if let Some(over) = over {
        kept::end(over, &last, &history, &secrets);
    }
    let is_aborted = exit.has(ExitKind::Interrupted);
    let code = ExitCode::from(exit.code);
    views.conclude(exit, last.baseline, last.coverage);
    run_log.close();
    if let Some((pages, _key)) = web {
        if !is_aborted && !resolved.linger.is_zero() {
            linger::wait(resolved.linger, pages.address()).context("cannot listen for Ctrl-C")?;
        }
        pages.close();
    }
    Ok(code)
}

/// Leaves the run's key where `throng ctl` finds it.
fn leave_key(listener: &listen::Listener, run: String, token: &Token) -> Option<KeyFile> {
    let key = Key {
        run,
        pid: std::process::id(),
        address: listener.reached_at()?,
        token: token.reveal().to_owned(),
    };
    let left = KeyFile::leave(&key);
    left.map_err(|why| tracing::warn!("throng ctl needs --url and --token for this run: {why}"))
        .ok()
}

/// How the run asks the reader of its scripts; one that has ended has answered by itself.
fn asking(asker: LoaderHandle) -> Box<dyn Fn(LoaderRequest) + Send> {
    Box::new(move |ask| {
        let _ = asker.ask(ask);
    })
}

fn log_start(resolved: &Resolved, config: &RunConfig, of_contract: &[String]) {
    let (plan, script_config) = (&resolved.plan, &config.script_config);
    let built_in = match resolved.scripts {
        Scripts::Embedded => ", scripts built in",
        Scripts::Folder(_) => "",
    };
    tracing::info!(
        "run {} of {} against {}, seed {}{built_in}",
        script_config.run_id,
        shape::who(plan, &config.specs),
        plan.base_url,
        plan.seed
    );
    for words in
        resolved
            .unknown_variables
            .iter()
            .chain(&warnings::of(resolved, config, of_contract))
    {
        tracing::warn!("{words}");
    }
}
