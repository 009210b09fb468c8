//! A run under way: takes reports, keeps the timetable, publishes snapshots once a second.

use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};

use super::brief::Brief;
use super::cleaner::Leftover;
use super::control::{Command, Order, Report};
use super::orchestrator::{Orchestrator, StartError};
use super::sick::{REST, Ward};
use super::{drain, shard};
use crate::metrics::{Hub, Left, Phase, Snapshot};
use crate::plan::Length;
use crate::script::Context;
use crate::script::ledger::Entry;

/// A run under way.
pub struct Course {
    pub(super) brief: Brief,
    pub(super) hub: Hub,
    pub(super) snapshots: watch::Sender<Arc<Snapshot>>,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) reports: mpsc::UnboundedReceiver<Report>,
    pub(super) shards: Vec<(mpsc::UnboundedSender<Order>, JoinHandle<()>)>,
    pub(super) open: usize,
    pub(super) began: Instant,
    stopping: Option<Instant>,
    pub(super) signalled: Option<Instant>,
    pub(super) aborted: bool,
    pub(super) created: Vec<Entry>,
    pub(super) leftovers: Vec<Leftover>,
    pub(super) context: Rc<Context>,
    ward: Ward,
    silent: bool,
    /// How long users were out; clean-up is not part of it.
    pub(super) ran: Option<Duration>,
    /// Clean-ups of sessions that are over, still under way.
    pub(super) cleaning: Vec<tokio::task::JoinHandle<()>>,
}

impl Course {
    /// Starts every shard.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(orchestrator: Orchestrator, context: Rc<Context>) -> Result<Self, StartError> {
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
            ran: None,
            cleaning: Vec::new(),
        })
    }

    /// Until the last shard is done.
    pub async fn run(&mut self) {
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
        self.ran = Some(self.began.elapsed());
    }

    pub(super) fn take(&mut self, report: Report) {
        match report {
            Report::Batch(shard, batch) => self.absorb(shard, *batch),
            Report::Created(entries) => self.created.extend(entries),
            Report::Done => self.open -= 1,
            Report::Broken(why) => {
                tracing::error!("{why}");
                self.open -= 1;
            }
        }
    }

    pub(super) fn absorb(&mut self, shard: usize, batch: crate::metrics::Batch) {
        for error in self.hub.absorb(shard, batch) {
            let trace = error
                .traceback
                .lines()
                .map(|line| format!("\n    {line}"))
                .collect::<String>();
            let kind = self.brief.name(error.kind);
            tracing::error!(target: "throng::script", "{kind}: {}: {}{trace}", error.place, error.message);
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

    pub(super) fn tick(&mut self) {
        let batch = self.context.user.world.recorder.borrow_mut().take();
        self.absorb(self.brief.plan.shards, batch);
        self.hub.left(self.left());
        let snapshot = self
            .hub
            .tick(self.ran.unwrap_or_else(|| self.began.elapsed()));
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
}

/// Ends at the time, or never.
pub(super) async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
