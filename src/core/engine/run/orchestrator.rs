//! Leads a run from the first user to the last word: starts shards, adds up what they report, stops them in order.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;

use super::ended::{Ended, StartError};
use super::pending_commands::Reader;
use super::shutdown_deadlines::ShutdownDeadlines;
use super::state::{Run, RunParts};
use crate::clock::{Clock, FineTimers};
use crate::engine::checkpoint::Resumed;
use crate::engine::cleanup::system_user;
use crate::engine::command::Command;
use crate::engine::config::RunConfig;
use crate::engine::release::Releases;
use crate::engine::remote::RemoteShards;
use crate::engine::shard::in_process::InProcess;
use crate::metrics::{Aggregator, BUILT_IN, RunInfo, Snapshot};
use crate::plan::LiveSettings;
use crate::script::{Context, CrowdScript, Diagnostic, Observed, ShardContext, User};
use crate::session_trace::Event;

/// Leads one run.
pub struct Orchestrator(RunParts);

impl Orchestrator {
    /// An orchestrator, the snapshots it will publish, and where it takes commands.
    pub fn new(
        config: RunConfig,
        version: &str,
    ) -> (
        Self,
        watch::Receiver<Arc<Snapshot>>,
        mpsc::UnboundedSender<Command>,
    ) {
        let names = config.names();
        let releases = Releases::new(&config.plan, &config.bundle, &config.specs, &names);
        let mut aggregator = Aggregator::new(RunInfo {
            id: config.script_config.run_id.clone(),
            seed: config.plan.seed,
            started_at: now(),
            users: config.users(),
            types: names,
            base_url: config.target(),
            scripts: config.bundle.folder().map_or_else(
                || BUILT_IN.to_owned(),
                |folder| folder.display().to_string(),
            ),
            version: version.to_owned(),
        })
        .with_warm_up(config.plan.shape.warm_up)
        .with_ramp(config.plan.ramp_end());
        let (snapshots, seen) = watch::channel(aggregator.tick(Duration::ZERO));
        let (commander, commands) = mpsc::unbounded_channel();
        let parts = RunParts {
            config,
            snapshots,
            commands,
            aggregator,
            deadlines: ShutdownDeadlines::ASKED,
            releases,
            reader: None,
            first_session: None,
            remote: None,
            resumed: None,
        };
        (Self(parts), seen, commander)
    }

    /// Stops by other deadlines than [`ShutdownDeadlines::ASKED`].
    #[must_use]
    pub fn with_deadlines(self, deadlines: ShutdownDeadlines) -> Self {
        Self(RunParts {
            deadlines,
            ..self.0
        })
    }

    /// Commands to look at the script folders go to this reader of theirs.
    #[must_use]
    pub fn with_reader(self, reader: Reader) -> Self {
        let reader = Some(reader);
        Self(RunParts { reader, ..self.0 })
    }

    /// The shards are those of workers elsewhere.
    #[must_use]
    pub fn with_remote(self, remote: RemoteShards) -> Self {
        let remote = Some(remote);
        Self(RunParts { remote, ..self.0 })
    }

    /// Another process led the run, and its shards are at work.
    #[must_use]
    pub fn with_resumed(self, resumed: Resumed) -> Self {
        let resumed = Some(resumed);
        Self(RunParts { resumed, ..self.0 })
    }

    /// The first session is recorded; its events go there.
    #[must_use]
    pub fn with_recording(self, to: mpsc::Sender<Event>) -> Self {
        let first_session = Some(to);
        Self(RunParts {
            first_session,
            ..self.0
        })
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
        LocalSet::new().block_on(&runtime, async {
            // Where the shard is in this thread, its timers are, too.
            let is_here = self.0.config.mock.is_some();
            let _timers = is_here.then(FineTimers::start).and_then(Result::ok);
            self.lead(None).await
        })
    }

    /// Runs a run with a mock to its end in virtual time, which begins at `wall`: what takes hours takes seconds, and two such
    /// runs do the same. `see` is shown each snapshot. Gives what sessions were like, too.
    ///
    /// # Errors
    /// When the run cannot begin.
    pub fn rehearse(
        mut self,
        wall: SystemTime,
        mut see: impl FnMut(&Snapshot) + 'static,
    ) -> Result<(Ended, Rc<Observed>), StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .map_err(|why| StartError::Machine(format!("no runtime for the dry run: {why}")))?;
        let observed = Rc::new(Observed::default());
        let mut snapshots = self.0.snapshots.subscribe();
        let ended = LocalSet::new().block_on(&runtime, async {
            self.0.config.script_config.run.clock = Clock::virtual_from(wall);
            // Time passes only once this has seen what was published.
            let seeing = tokio::task::spawn_local(async move {
                while snapshots.changed().await.is_ok() {
                    see(&snapshots.borrow_and_update());
                }
            });
            // As a task of its own it is polled when it has something to do, not whenever somebody has.
            let leading = tokio::task::spawn_local(self.lead(Some(Rc::clone(&observed))));
            let ended = leading.await.unwrap_or_else(|why| {
                Err(StartError::Machine(format!("the dry run broke off: {why}")))
            });
            // The sender is gone with the run; a panic has been said by itself.
            let _ = seeing.await;
            ended
        });
        Ok((ended?, observed))
    }

    async fn lead(self, observed: Option<Rc<Observed>>) -> Result<Ended, StartError> {
        let responder = self.0.config.responder().map_err(StartError::Machine)?;
        let in_process = responder.clone().map(|responder| InProcess {
            responder,
            observed,
        });
        let system = system_user::of_run(&self.0.config, responder).map_err(StartError::Machine)?;
        let requests = Rc::clone(&system.shared);
        let settings = LiveSettings::of(&self.0.config.plan);
        let shard = ShardContext::new(requests, self.0.config.script_config.clone(), settings);
        let context = Context::new(Rc::new(User::of(system, Rc::new(shard))));
        let script = CrowdScript::load(&self.0.config.bundle, &self.0.config.script_config)
            .map_err(|faults| {
                StartError::Setup(
                    faults
                        .into_iter()
                        .next()
                        .unwrap_or_else(|| Diagnostic::at("_crowd.lua", "?")),
                )
            })?;
        let mut run = Run::new(self.0, context, in_process);
        run.publish_deployment();
        if run.is_resumed {
            run.protection.limit_own_requests();
            run.run().await?;
            let crowd = run.config.script_config.crowd.clone();
            return Ok(run.finish(script.as_ref(), crowd.as_deref()).await);
        }
        let Some(script) = script else {
            if let Err(why) = run.start_shards(None).await {
                return Err(run.give_up(None, None, why).await);
            }
            run.run().await?;
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
        run.run().await?;
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
