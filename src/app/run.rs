//! `throng run` and `throng demo`: from resolved words to a finished run.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::exit::{CUT, FAILED, FINE, Failure, VALVE};
use super::keys::{self, Key, KeyFile};
use super::screen::Screen;
use super::{
    left, linger, listen, panics, plan_table, print, print_as_it_is, signals, sources, state, vars,
    words_to_http,
};
use crate::cli::{Mode, Resolved, Scripts, Verbosity};
use crate::engine::{Brief, Command, Ended, Orchestrator, Verdict};
use crate::ledger::{self, Ledger};
use crate::metrics::Snapshot;
use crate::report::{Paint, json, summary};
use crate::script::{Ask, Asker, Dials, Loader, LoaderSettings, Tell, Terms};
use crate::secrets::Masker;
use crate::text;
use crate::web::scripts::Shelf;
use crate::web::{Control, Rules, Token};

/// The version that metrics, summaries and requests carry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where a run keeps its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// In a file, which outlives it.
    File,
    /// In memory: its target ends with it.
    Memory,
}

/// Runs a plan to its end.
///
/// # Errors
/// Whatever keeps it from beginning: then nothing was sent.
pub fn run(mut resolved: Resolved, keeping: Keeping) -> Result<ExitCode, Failure> {
    let secrets = Arc::new(vars::read(&mut resolved)?);
    panics::mask(Arc::clone(&secrets));
    begin(resolved, keeping, &secrets).map_err(|failure| failure.masked(&secrets))
}

fn begin(
    mut resolved: Resolved,
    keeping: Keeping,
    secrets: &Arc<Masker>,
) -> Result<ExitCode, Failure> {
    if resolved.mode == Mode::Trace {
        trace(&mut resolved);
    }
    let terms = terms(&resolved, secrets);
    let sources = sources::load(&resolved, &terms)?;
    let http = words_to_http::settings(&resolved.http, &resolved.plan.base_url, &terms.run_id)
        .and_then(|settings| settings.load())
        .map_err(|why| Failure::Usage(why.to_string()))?;
    let reader = sources.reader(&resolved, &terms);
    let shelf = Shelf::new(sources.places.folders(), resolved.edit);
    let taken = sources.settings_of(&resolved.given);
    let plan = Arc::new(resolved.plan);
    let dry = resolved.mode == Mode::DryRun;
    let target = words_to_http::target(&resolved.http, &plan.base_url);
    let ledger = match keeping {
        Keeping::File if !dry => state::begin(
            resolved.state_dir.as_deref(),
            resolved.policy,
            run_of(&terms.run_id, target),
        )?,
        _ => Ledger::in_memory(run_of(&terms.run_id, target)).map_err(anyhow::Error::from)?,
    };
    let brief = Brief::new(plan, sources.bundle, sources.sheets, http, terms, ledger)
        .with_settings(sources.settings, &taken);
    resolved.plan = brief.plan.as_ref().clone();
    if dry {
        print(&secrets.text(&plan_table::text(&resolved, &brief.sheets)));
        return Ok(ExitCode::from(FINE));
    }
    writable(resolved.output.summary_json.as_deref())?;
    let listener = listen::bind(&resolved.listen)?;
    let token = keys::token(resolved.token.as_ref())?;

    let screen = Screen::open(&resolved.output, secrets);
    say_start(&resolved, &brief.terms);
    // From here on there is a log, and whoever reads it as JSON wants all of it.
    Ok(lead(
        &resolved,
        brief,
        reader,
        listener.map(|listener| (listener, token, shelf)),
        screen,
        keeping,
    )
    .unwrap_or_else(|failure| {
        failure.say();
        failure.code()
    }))
}

/// Sends the crowd out, under the eyes of a screen and a listener, and tells what happened.
fn lead(
    resolved: &Resolved,
    brief: Brief,
    reader: LoaderSettings,
    listener: Option<(listen::Listener, Token, Option<Shelf>)>,
    screen: Screen,
    keeping: Keeping,
) -> Result<ExitCode, Failure> {
    let run = brief.terms.run_id.clone();
    let secrets = Arc::clone(&brief.terms.secrets);
    let (orchestrator, snapshots, commands) = Orchestrator::new(brief, VERSION);
    let (offers, keys) = (commands.clone(), commands.clone());
    // Where nobody takes offers any more, the run is over.
    let loader = Loader::start(reader, move |offer| {
        drop(offers.send(Command::Offer(offer)))
    })
    .map_err(|why| Failure::Usage(why.to_string()))?;
    let orchestrator = match resolved.scripts {
        Scripts::Embedded => orchestrator,
        Scripts::Folder(_) => orchestrator.with_reader(asking(loader.asker())),
    };
    signals::listen(commands.clone()).context("cannot listen for Ctrl-C")?;
    let web = listener.map(|(listener, token, shelf)| {
        let key = leave_key(&listener, run, &token);
        // Once it is said, it is so: whoever reads the line may use the key.
        listener.say(&token, resolved.token.is_some());
        let rules = Rules {
            control: Some(Control::new(commands, token)),
            secrets: Arc::clone(&secrets),
            shelf,
            ..Rules::default()
        };
        listen::Pages::open(listener, snapshots.clone(), rules).map(|pages| (pages, key))
    });
    let web = web.transpose()?;
    let screen = screen
        .follow(snapshots, keys)
        .context("no thread for the display")?;
    let ended = orchestrator.run().map_err(start_failure)?;
    // A display that panicked has said so itself; the run is what counts.
    let _ = screen.join();
    let told = tell(resolved, &ended, keeping, &secrets);
    if let Some((pages, _key)) = web {
        if told.is_ok() && !resolved.linger.is_zero() {
            linger::wait(resolved.linger, pages.address()).context("cannot listen for Ctrl-C")?;
        }
        pages.close();
    }
    told
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

/// How the run asks the reader of its scripts.
fn asking(asker: Asker) -> Box<dyn Fn(Ask) + Send> {
    Box::new(move |ask| {
        // A reader that has ended has answered by itself.
        let _ = asker.ask(ask);
    })
}

/// One user of the one type, one session, every call told.
fn trace(resolved: &mut Resolved) {
    resolved.plan.users = 1;
    resolved.given.users = true;
    resolved.output.verbosity = resolved.output.verbosity.max(Verbosity::Debug);
}

fn start_failure(why: crate::engine::StartError) -> Failure {
    match why {
        crate::engine::StartError::Machine(why) => Failure::Machine(anyhow::anyhow!(why)),
        setup => Failure::Run(setup.to_string()),
    }
}

/// A summary that cannot be written is found out before the run, not after it.
fn writable(file: Option<&Path>) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    let opened = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file);
    opened.map(drop).map_err(|why| {
        Failure::Usage(format!(
            "--summary-json {}: {why}; name a file that can be written",
            file.display()
        ))
    })
}

fn say_start(resolved: &Resolved, terms: &Terms) {
    let plan = &resolved.plan;
    tracing::info!(
        "run {} of {} users against {}, seed {}",
        terms.run_id,
        plan.users,
        plan.base_url,
        plan.seed
    );
}

/// Prints and writes what happened; the verdict is the exit code.
fn tell(
    resolved: &Resolved,
    ended: &Ended,
    keeping: Keeping,
    secrets: &Masker,
) -> Result<ExitCode, Failure> {
    let snapshot = &ended.snapshot;
    let look = summary::Look {
        paint: paint(resolved),
        ..summary::Look::default()
    };
    // Its words are made fit where they are coloured.
    print_as_it_is(&secrets.text(&summary::styled(snapshot, look)));
    left::tell(resolved, ended, keeping, secrets);
    if let Some(file) = &resolved.output.summary_json {
        write_json(file, snapshot, secrets)
            .with_context(|| format!("the summary cannot be written to {}", file.display()))?;
    }
    let code = match ended.verdict {
        Verdict::Fine if !left::failed(resolved, ended) => FINE,
        Verdict::Fine => FAILED,
        Verdict::Aborted => CUT,
        Verdict::NothingAllowed => {
            tracing::error!(
                "every request was to a place where this run may not connect to; --allow-host says where else it may"
            );
            FAILED
        }
        Verdict::NothingAnswered => {
            tracing::error!(
                "{} never answered; is it running, and is --base-url right?",
                resolved.plan.base_url
            );
            FAILED
        }
        Verdict::AllSessionsFailed => {
            tracing::error!("every session failed; the summary says why");
            FAILED
        }
        // The orchestrator has said so when it happened.
        Verdict::LedgerBroke => FAILED,
        Verdict::Valve => {
            if let Some(stop) = &snapshot.stopped_by {
                tracing::error!(
                    "the run was ended by its safety valve: {}: {}",
                    stop.rule,
                    stop.figures
                );
            }
            VALVE
        }
    };
    Ok(ExitCode::from(code))
}

fn paint(resolved: &Resolved) -> Paint {
    match resolved.output.color {
        crate::cli::Color::Always => Paint::COLOUR,
        crate::cli::Color::Never => Paint::PLAIN,
        crate::cli::Color::Auto => Paint::on(&std::io::stdout()),
    }
}

fn write_json(file: &Path, snapshot: &Snapshot, secrets: &Masker) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(&json::summary(snapshot))?;
    text.push('\n');
    let shown = secrets.quoted(&text);
    Ok(std::fs::write(file, text::json(&shown).as_bytes())?)
}

fn terms(resolved: &Resolved, secrets: &Arc<Masker>) -> Terms {
    let plan = &resolved.plan;
    Terms {
        run_id: run_id(),
        seed: plan.seed,
        dials: Arc::new(Dials::new(plan.error_rate, plan.think_factor)),
        vars: Arc::new(plan.vars.clone()),
        base_path: plan.base_url.path().trim_end_matches('/').to_owned(),
        secrets: Arc::clone(secrets),
        tell: match resolved.output.verbosity {
            Verbosity::Quiet | Verbosity::Normal => Tell::Nothing,
            Verbosity::Verbose => Tell::Lines,
            Verbosity::Debug => Tell::Everything,
        },
        crowd: None,
        shard: 0,
        shards: plan.shards,
    }
}

fn run_of(id: &str, target: ledger::Target) -> ledger::Run {
    ledger::Run {
        id: id.to_owned(),
        started: state::now(),
        version: VERSION.to_owned(),
        target,
    }
}

/// Eight digits and letters from the system's randomness: never seeded, so that two runs never make the same names.
fn run_id() -> String {
    let mut id = uuid::Uuid::new_v4().simple().to_string();
    id.truncate(8);
    id
}
