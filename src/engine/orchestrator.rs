//! Leads a run from the first user to the last word: starts shards, adds up what they report, stops them in order.

use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::brief::Brief;
use super::cleaner::{self, Leftover};
use super::control::{Command, Order, Report};
use super::sick::{REST, Ward};
use super::{crowd_user, drain, shard};
use crate::metrics::{Hub, Left, Phase, RunInfo, Snapshot};
use crate::plan::Length;
use crate::script::ledger::Entry;
use crate::script::{Context, CrowdScript, Fault};

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The last snapshot: nothing was counted after it.
    pub snapshot: Arc<Snapshot>,
    /// Whether it was a run at all.
    pub verdict: Verdict,
    /// What clean-up left behind.
    pub leftovers: Vec<Leftover>,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It ran.
    Fine,
    /// No request was ever answered.
    NothingAnswered,
    /// Every session failed.
    AllSessionsFailed,
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
    Setup(Fault),
}

/// Leads one run.
pub struct Orchestrator {
    brief: Brief,
    snapshots: watch::Sender<Arc<Snapshot>>,
    commands: mpsc::UnboundedReceiver<Command>,
    hub: Hub,
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
        let mut hub = Hub::new(RunInfo {
            id: brief.terms.run_id.clone(),
            seed: brief.plan.seed,
            users: u64::from(brief.plan.users),
            types: brief.names(),
            base_url: brief.plan.base_url.to_string(),
            version: version.to_owned(),
        });
        for index in 0..brief.sheets.len() {
            hub.generation(
                crate::metrics::TypeId(u16::try_from(index).unwrap_or(u16::MAX)),
                brief.bundle.number,
            );
        }
        let (snapshots, seen) = watch::channel(hub.tick(Duration::ZERO));
        let (commander, commands) = mpsc::unbounded_channel();
        (
            Self {
                brief,
                snapshots,
                commands,
                hub,
            },
            seen,
            commander,
        )
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

    async fn lead(mut self) -> Result<Ended, StartError> {
        let context = crowd_user::context(&self.brief).map_err(StartError::Machine)?;
        let script =
            CrowdScript::load(&self.brief.bundle, &self.brief.terms).map_err(|faults| {
                StartError::Setup(
                    faults
                        .into_iter()
                        .next()
                        .unwrap_or_else(|| Fault::at("_crowd.lua", "?")),
                )
            })?;
        let mut crowd = None;
        if let Some(script) = &script {
            crowd = script.setup(&context).await.map_err(StartError::Setup)?;
            self.brief.terms.crowd = crowd.clone().map(Arc::new);
        }
        let mut course = Course::start(self, context)?;
        course.run().await;
        course.finish(script.as_ref(), crowd.as_ref()).await
    }
}

/// A run under way.
struct Course {
    brief: Brief,
    hub: Hub,
    snapshots: watch::Sender<Arc<Snapshot>>,
    commands: mpsc::UnboundedReceiver<Command>,
    reports: mpsc::UnboundedReceiver<Report>,
    shards: Vec<(mpsc::UnboundedSender<Order>, JoinHandle<()>)>,
    open: usize,
    began: Instant,
    stopping: Option<Instant>,
    signalled: Option<Instant>,
    aborted: bool,
    created: Vec<Entry>,
    leftovers: Vec<Leftover>,
    context: Rc<Context>,
    ward: Ward,
    silent: bool,
}

impl Course {
    fn start(orchestrator: Orchestrator, context: Rc<Context>) -> Result<Self, StartError> {
        let Orchestrator {
            brief,
            snapshots,
            commands,
            hub,
        } = orchestrator;
        let (sender, reports) = mpsc::unbounded_channel();
        let began = std::time::Instant::now();
        let mut shards = Vec::new();
        for index in 0..brief.plan.shards {
            let (orders, receiver) = mpsc::unbounded_channel();
            let (brief, sender) = (brief.clone(), sender.clone());
            let thread = std::thread::Builder::new()
                .name(format!("shard-{index}"))
                .spawn(move || shard::run(index, &brief, began, receiver, sender))
                .map_err(|why| {
                    StartError::Machine(format!("no thread for shard {index}: {why}"))
                })?;
            shards.push((orders, thread));
        }
        Ok(Self {
            open: shards.len(),
            brief,
            hub,
            snapshots,
            commands,
            reports,
            shards,
            began: Instant::from_std(began),
            stopping: None,
            signalled: None,
            aborted: false,
            created: Vec::new(),
            leftovers: Vec::new(),
            context,
            ward: Ward::default(),
            silent: false,
        })
    }

    /// Until the last shard is done.
    async fn run(&mut self) {
        self.hub.phase(Phase::Running);
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let interval = self
            .brief
            .plan
            .cleanup
            .as_ref()
            .and_then(|cleanup| cleanup.interval);
        let mut next_cleanup = interval.map(|interval| self.began + interval);
        while self.open > 0 && !self.aborted {
            let deadline = self.next_deadline();
            tokio::select! {
                Some(report) = self.reports.recv() => self.take(report),
                Some(command) = self.commands.recv() => self.obey(command),
                _ = second.tick() => self.tick(),
                () = at(deadline) => self.keep_timetable(),
                () = at(next_cleanup) => {
                    next_cleanup = interval.map(|interval| Instant::now() + interval);
                    self.clean_ended();
                }
            }
        }
    }

    fn take(&mut self, report: Report) {
        match report {
            Report::Batch(shard, batch) => self.absorb(shard, batch),
            Report::Created(entries) => self.created.extend(entries),
            Report::Done => self.open -= 1,
            Report::Broken(why) => {
                tracing::error!("{why}");
                self.open -= 1;
            }
        }
    }

    fn absorb(&mut self, shard: usize, batch: crate::metrics::Batch) {
        for error in self.hub.absorb(shard, batch) {
            let trace = error
                .traceback
                .lines()
                .map(|line| format!("\n    {line}"))
                .collect::<String>();
            tracing::error!(target: "throng::script", "{}: {}{trace}", error.place, error.message);
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Abort => {
                self.aborted = true;
                self.order(Order::End);
            }
            Command::Stop => {
                self.signalled.get_or_insert_with(Instant::now);
                self.drain();
            }
        }
    }

    fn drain(&mut self) {
        if self.stopping.is_none() {
            self.stopping = Some(Instant::now());
            self.hub.phase(Phase::Stopping);
            self.order(Order::Drain);
        }
    }

    fn order(&self, order: Order) {
        for (shard, _) in &self.shards {
            // A shard that is done listens no more.
            let _ = shard.send(order);
        }
    }

    /// What is due next: the end of the duration, or the next line of the stop's timetable.
    fn next_deadline(&self) -> Option<Instant> {
        match (self.stopping, self.brief.plan.length) {
            (None, Length::Duration(duration)) => Some(self.began + duration),
            (None, _) => None,
            (Some(since), _) => [
                drain::CUT_AFTER,
                drain::END_AFTER,
                drain::LEAVE_BEHIND_AFTER,
            ]
            .map(|after| since + after)
            .into_iter()
            .find(|due| *due > Instant::now()),
        }
    }

    fn keep_timetable(&mut self) {
        let Some(since) = self.stopping else {
            return self.drain();
        };
        let elapsed = since.elapsed();
        if elapsed >= drain::LEAVE_BEHIND_AFTER {
            tracing::error!("{} shard(s) did not end and are left behind", self.open);
            self.open = 0;
        } else if elapsed >= drain::END_AFTER {
            self.order(Order::End);
        } else if elapsed >= drain::CUT_AFTER {
            self.order(Order::CutSteps);
        }
    }

    fn tick(&mut self) {
        let batch = self.context.user.world.recorder.borrow_mut().take();
        self.absorb(self.brief.plan.shards, batch);
        self.hub.left(self.left());
        let snapshot = self.hub.tick(self.began.elapsed());
        for kind in self.ward.look(&snapshot) {
            tracing::error!(
                "every session of the type '{}' failed for 30 s; its users rest for {} s",
                snapshot.type_name(kind),
                REST.as_secs()
            );
            self.order(Order::Rest(kind, REST));
        }
        self.say_silence(&snapshot);
        self.snapshots.send_replace(snapshot);
    }

    /// Says once that the target does not answer, and once that it does again.
    fn say_silence(&mut self, snapshot: &Snapshot) {
        let outcomes = snapshot.interval.outcomes();
        let answered = outcomes.ok + outcomes.expected + outcomes.unexpected;
        if outcomes.error > 0 && answered == 0 && !self.silent {
            self.silent = true;
            let why = snapshot
                .failures
                .last()
                .map(|note| note.text.clone())
                .unwrap_or_default();
            tracing::warn!(
                "{} does not answer ({why}); users come back after 1-30 s",
                self.brief.plan.base_url
            );
        } else if answered > 0 && self.silent {
            self.silent = false;
            tracing::warn!("{} answers again", self.brief.plan.base_url);
        }
    }

    fn left(&self) -> Option<Left> {
        match self.brief.plan.length {
            Length::Duration(duration) => {
                Some(Left::Time(duration.saturating_sub(self.began.elapsed())))
            }
            Length::Sessions(sessions) => {
                let ended = self.snapshots.borrow().sessions().total();
                Some(Left::Sessions(sessions.saturating_sub(ended)))
            }
            Length::Once => {
                let ended = self.snapshots.borrow().sessions().total();
                Some(Left::Sessions(
                    u64::from(self.brief.plan.users).saturating_sub(ended),
                ))
            }
            Length::Continuous => None,
        }
    }

    /// Cleans what sessions that are over created, while the others go on.
    fn clean_ended(&mut self) {
        let entries = std::mem::take(&mut self.created);
        let context = Rc::clone(&self.context);
        tokio::task::spawn_local(async move {
            let count = entries.len();
            let leftovers = cleaner::clean(&context, entries, None).await;
            tracing::info!(
                "clean-up: {} of {count} things deleted",
                count - leftovers.len()
            );
            for leftover in leftovers {
                tracing::warn!(
                    "clean-up: {} {} is left: {}",
                    leftover.kind,
                    leftover.id,
                    leftover.why
                );
            }
        });
    }

    /// Teardown, clean-up and the last word.
    async fn finish(
        mut self,
        script: Option<&CrowdScript>,
        crowd: Option<&Json>,
    ) -> Result<Ended, StartError> {
        if !self.aborted {
            if let Some(script) = script {
                self.tear_down(script, crowd).await;
            }
            if self.brief.plan.cleanup.is_some() && !self.created.is_empty() {
                self.clean().await;
            }
        }
        // Shards left behind compute for ever; the process ends without them.
        for (orders, thread) in self.shards.drain(..) {
            drop(orders);
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
        while let Ok(report) = self.reports.try_recv() {
            if let Report::Batch(shard, batch) = report {
                self.hub.absorb(shard, batch);
            }
        }
        let batch = self.context.user.world.recorder.borrow_mut().take();
        self.absorb(self.brief.plan.shards, batch);
        self.hub.phase(Phase::Done);
        self.hub.left(None);
        let snapshot = self.hub.tick(self.began.elapsed());
        self.snapshots.send_replace(Arc::clone(&snapshot));
        let verdict = verdict(&snapshot, self.aborted);
        Ok(Ended {
            snapshot,
            verdict,
            leftovers: self.leftovers,
        })
    }

    async fn tear_down(&mut self, script: &CrowdScript, crowd: Option<&Json>) {
        let until = self.signalled.map_or_else(
            || Instant::now() + Duration::from_secs(60),
            |since| since + drain::LEAVE_BEHIND_AFTER,
        );
        let torn = tokio::time::timeout_at(until, script.teardown(&self.context, crowd)).await;
        match torn {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => tracing::error!("teardown failed: {fault}"),
            Err(_) => tracing::error!("teardown took too long and was cut"),
        }
    }

    async fn clean(&mut self) {
        self.hub.phase(Phase::Cleaning);
        let entries = std::mem::take(&mut self.created);
        let deadline = self.signalled.map(|since| since + drain::CLEAN_UNTIL);
        let context = Rc::clone(&self.context);
        let mut cleaning = std::pin::pin!(cleaner::clean(&context, entries, deadline));
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let stopped = loop {
            let bound = self.signalled.map(|since| since + drain::CLEAN_UNTIL);
            tokio::select! {
                leftovers = &mut cleaning => break Ok(leftovers),
                _ = second.tick() => self.tick(),
                Some(command) = self.commands.recv() => match (command, self.signalled) {
                    // The first stop comes while cleaning: it is what remains to do, and is bounded from now on.
                    (Command::Stop, None) => self.signalled = Some(Instant::now()),
                    _ => break Err(()),
                },
                () = at(bound) => break Err(()),
            }
        };
        match stopped {
            Ok(leftovers) => self.leftovers = leftovers,
            Err(()) => {
                let why = "clean-up was stopped".to_owned();
                self.leftovers = vec![Leftover {
                    kind: "things".to_owned(),
                    id: "an unknown number".to_owned(),
                    why,
                }];
            }
        }
    }
}

/// Ends at the time, or never.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn verdict(snapshot: &Snapshot, aborted: bool) -> Verdict {
    let sessions = snapshot.sessions();
    let answered = snapshot
        .totals
        .series
        .values()
        .any(|series| series.statuses.keys().any(|status| *status != 0));
    if aborted {
        Verdict::Aborted
    } else if !answered && snapshot.requests().failed() > 0 {
        Verdict::NothingAnswered
    } else if sessions.failed > 0 && sessions.completed + sessions.stopped == 0 {
        Verdict::AllSessionsFailed
    } else {
        Verdict::Fine
    }
}
