//! The clean-up of one run.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::runs::{Found, State};
use crate::app::http_settings;
use crate::app::process::clock;
use crate::app::process::signals::Signals;
use crate::app::process::version::VERSION;
use crate::engine::{self, CleanupProgress, MOST_LISTED};
use crate::http::Origin;
use crate::ledger::{Counts, Directory, Ledger, RemainingEntry};
use crate::metrics::{Batch, Capture};
use crate::request::{LogDetail, RunInfo, ShutdownSignal};

/// How often it is said how far a clean-up is.
const PROGRESS: Duration = Duration::from_secs(2);
/// How long requests under way may take after a signal.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// What became of a run's things.
pub struct Outcome {
    /// The run.
    pub run: String,
    /// Its target.
    pub target: Option<String>,
    /// Things that are not there any more, and how many there were.
    pub deleted: u64,
    /// How many there were.
    pub of: u64,
    /// What is left.
    pub left: Counts,
    /// Why nothing was tried.
    pub skipped: Option<String>,
}

impl Outcome {
    /// A run that was skipped.
    pub fn skipped(run: &Found, why: impl Into<String>) -> Self {
        let read = run.read.as_ref();
        Self {
            run: run.id.clone(),
            target: read.map(|(run, _)| run.target.base_url.clone()),
            deleted: 0,
            of: read.map_or(0, |(_, left)| left.total()),
            left: read.map(|(_, left)| left.clone()).unwrap_or_default(),
            skipped: Some(why.into()),
        }
    }

    /// Whether nothing is left. A run in progress does not concern a clean-up.
    pub fn is_fine(&self) -> bool {
        match &self.skipped {
            None => self.left.is_empty(),
            Some(why) => why == State::InProgress.as_str(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {}", self.run)?;
        if let Some(target) = &self.target {
            write!(f, " at {target}")?;
        }
        if let Some(why) = &self.skipped {
            return write!(f, ": skipped: {why}");
        }
        write!(f, ": {} of {} things deleted", self.deleted, self.of)?;
        if !self.left.is_empty() {
            write!(
                f,
                "; still there: {}; throng cleanup --list --run {} says why",
                self.left, self.run
            )?;
        }
        Ok(())
    }
}

/// Deletes what the run left; also whether a signal stopped it.
pub async fn clean(
    folder: &Directory,
    run: &Found,
    rps: f64,
    signals: &mut Signals,
) -> (Outcome, bool) {
    if run.state != State::Over {
        return (Outcome::skipped(run, run.state.as_str()), false);
    }
    let ledger = match open(folder, run) {
        Ok(Some(ledger)) => ledger,
        Ok(None) => return (Outcome::skipped(run, State::InProgress.as_str()), false),
        Err(why) => return (Outcome::skipped(run, why), false),
    };
    match prepare(&ledger, rps) {
        Ok(cleanup) => finish(run, ledger.0, cleanup, signals).await,
        Err(why) => {
            ledger.0.close().await;
            (Outcome::skipped(run, why), false)
        }
    }
}

type Opened = (Ledger, crate::ledger::Run);

/// The ledger, locked; none where somebody else is at it.
fn open(folder: &Directory, run: &Found) -> Result<Option<Opened>, String> {
    let lock = folder.lock(&run.id).map_err(|why| why.to_string())?;
    lock.map(|lock| Ledger::resume(folder, &run.id, lock).map_err(|why| why.to_string()))
        .transpose()
}

/// The clean-up, with the way to the target that the run had.
fn prepare((ledger, run): &Opened, rps: f64) -> Result<engine::Cleanup, String> {
    let target = &run.target;
    let url: url::Url = target
        .base_url
        .parse()
        .map_err(|why| format!("its target {} is not a valid URL: {why}", target.base_url))?;
    let words = http_settings::words(target)?;
    let http = http_settings::settings(&words, &url, &run.id)
        .and_then(|settings| settings.load())
        .map_err(|why| why.to_string())?;
    Ok(engine::Cleanup {
        ledger: ledger.clone(),
        http,
        origin: Origin::of(&url).map_err(|why| why.to_string())?,
        run: RunInfo {
            seed: 0,
            clock: clock::of_a_run(),
            trace: None,
            capture: Capture::default(),
            contract: None,
            base_path: url.path().trim_end_matches('/').to_owned(),
            secrets: Arc::default(),
            log: LogDetail::Nothing,
        },
        rps,
        counted_as: None,
    })
}

async fn finish(
    run: &Found,
    ledger: Ledger,
    cleanup: engine::Cleanup,
    signals: &mut Signals,
) -> (Outcome, bool) {
    let (over, done) = (
        Rc::<ShutdownSignal>::default(),
        Rc::<CleanupProgress>::default(),
    );
    tracing::info!("throng {VERSION} deletes what run {} left", run.id);
    let mut cleaning = std::pin::pin!(cleanup.run(Rc::clone(&over), Rc::clone(&done)));
    let mut progress = tokio::time::interval(PROGRESS);
    progress.tick().await;
    let mut cut = false;
    let ended = loop {
        tokio::select! {
            ended = &mut cleaning => break ended,
            _ = progress.tick() => say(&done),
            _ = signals.next(), if !cut => {
                tracing::info!("stopping; what is not deleted yet stays in the ledger");
                cut = true;
                over.set();
            }
            () = tokio::time::sleep(LAST_REQUESTS), if cut => break Ok(Batch::default()),
        }
    };
    if let Err(why) = ended {
        tracing::error!("the ledger of run {} cannot be read: {why}", run.id);
    }
    let listed = ledger.list(MOST_LISTED).await.unwrap_or_default();
    let failed = listed.iter().filter(|entry| entry.why.is_some());
    for entry in failed {
        tracing::error!("left behind: {}", shown(entry));
    }
    let left = ledger.close().await.counts;
    let outcome = Outcome {
        run: run.id.clone(),
        target: run
            .read
            .as_ref()
            .map(|(run, _)| run.target.base_url.clone()),
        deleted: done.deleted.get(),
        of: done.of.get(),
        left,
        skipped: None,
    };
    (outcome, cut)
}

fn shown(entry: &RemainingEntry) -> String {
    entry.to_string()
}

fn say(done: &CleanupProgress) {
    tracing::info!(
        "{} of {} things deleted, {} could not be",
        done.deleted.get(),
        done.of.get(),
        done.failed.get()
    );
}
