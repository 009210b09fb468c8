//! Leads a run from the first user to the last word: starts shards, adds up what they report, stops them in order.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;

use super::pending::Reader;
use super::shutdown_deadlines::ShutdownDeadlines;
use super::state::Run;
use crate::engine::cleanup::runner::Leftover;
use crate::engine::cleanup::system_user;
use crate::engine::command::Command;
use crate::engine::config::Brief;
use crate::engine::release::releases::Releases;
use crate::ledger::RemainingEntry;
use crate::metrics::{Aggregator, BUILT_IN, RunInfo, Snapshot};
use crate::script::{Diagnostic, SetupScript};

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The last snapshot: nothing was counted after it.
    pub snapshot: Arc<Snapshot>,
    /// Whether it was a run at all.
    pub verdict: Verdict,
    /// What clean-up left behind, the first [`MOST_LISTED`](crate::engine::MOST_LISTED) of it; none without clean-up.
    pub leftovers: Vec<Leftover>,
    /// What is left and stands in no file: nothing but this list knows of it.
    pub unwritten: Vec<RemainingEntry>,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It ran.
    Fine,
    /// Every request was to a place where the run may not connect to.
    NothingAllowed,
    /// No request was ever answered.
    NothingAnswered,
    /// This machine could send no request.
    NothingSent,
    /// Every session failed.
    AllSessionsFailed,
    /// More sessions failed than were completed.
    MostSessionsFailed,
    /// A rule of its safety valve was met: [`Snapshot::stopped_by`].
    Valve,
    /// What it created could not be written down: [`Snapshot::stopped_by`].
    LedgerBroke,
    /// A shard ended before its time.
    ShardBroke,
    /// It was ended at once.
    Aborted,
}

/// Why a run did not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A thread or its runtime could not be started.
    #[error("{0}")]
    Machine(String),
    /// `_crowd.lua` failed.
    #[error("setup failed: {0}")]
    Setup(Diagnostic),
}

/// Leads one run.
pub struct Orchestrator {
    pub(crate) brief: Brief,
    pub(crate) snapshots: watch::Sender<Arc<Snapshot>>,
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) aggregator: Aggregator,
    pub(crate) deadlines: ShutdownDeadlines,
    pub(crate) releases: Releases,
    pub(crate) reader: Option<Reader>,
}

impl Orchestrator {
    /// An orchestrator, the snapshots it will publish, and where it takes commands.
    pub fn new(
        brief: Brief,
        version: &str,
    ) -> (
        Self,
        watch::Receiver<Arc<Snapshot>>,
        mpsc::UnboundedSender<Command>,
    ) {
        let releases = Releases::new(&brief);
        let mut aggregator = Aggregator::new(RunInfo {
            id: brief.terms.run_id.clone(),
            seed: brief.plan.seed,
            started_at: now(),
            users: u64::from(brief.plan.users),
            types: brief.names(),
            base_url: brief.plan.base_url.to_string(),
            scripts: brief.bundle.folder().map_or_else(
                || BUILT_IN.to_owned(),
                |folder| folder.display().to_string(),
            ),
            version: version.to_owned(),
        });
        let (snapshots, seen) = watch::channel(aggregator.tick(Duration::ZERO));
        let (commander, commands) = mpsc::unbounded_channel();
        (
            Self {
                brief,
                snapshots,
                commands,
                aggregator,
                deadlines: ShutdownDeadlines::ASKED,
                releases,
                reader: None,
            },
            seen,
            commander,
        )
    }

    /// Stops by other deadlines than [`ShutdownDeadlines::ASKED`].
    #[must_use]
    pub fn with_deadlines(self, deadlines: ShutdownDeadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// Commands to look at the script folders go to this reader of theirs.
    #[must_use]
    pub fn with_reader(self, reader: Reader) -> Self {
        let reader = Some(reader);
        Self { reader, ..self }
    }

    /// Runs to the end; blocks the calling thread.
    ///
    /// # Errors
    /// When the run cannot begin.
    pub fn run(self) -> Result<Ended, StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|why| {
                StartError::Machine(format!("no runtime for the orchestrator: {why}"))
            })?;
        LocalSet::new().block_on(&runtime, self.lead())
    }

    async fn lead(self) -> Result<Ended, StartError> {
        let context = system_user::context(&self.brief).map_err(StartError::Machine)?;
        let script =
            SetupScript::load(&self.brief.bundle, &self.brief.terms).map_err(|faults| {
                StartError::Setup(
                    faults
                        .into_iter()
                        .next()
                        .unwrap_or_else(|| Diagnostic::at("_crowd.lua", "?")),
                )
            })?;
        let mut run = Run::new(self, context);
        run.publish_deployment();
        let Some(script) = script else {
            if let Err(why) = run.start_shards(None).await {
                return Err(run.give_up(None, None, why).await);
            }
            run.run().await;
            return Ok(run.finish(None, None).await);
        };
        let crowd = match run.set_up(&script).await {
            Ok(crowd) => crowd,
            Err(fault) => {
                let why = StartError::Setup(fault);
                return Err(run.give_up(None, None, why).await);
            }
        };
        if run.is_stopping() {
            return Ok(run.finish(None, None).await);
        }
        if let Err(why) = run.start_shards(crowd.clone().map(Arc::new)).await {
            return Err(run.give_up(Some(&script), crowd.as_ref(), why).await);
        }
        run.run().await;
        Ok(run.finish(Some(&script), crowd.as_ref()).await)
    }
}

/// The time of day, RFC 3339 in UTC, to the millisecond.
fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_millisecond(now.millisecond()).unwrap_or(now);
    // A year of five digits is the one thing that it cannot say.
    whole.format(&Rfc3339).unwrap_or_default()
}
