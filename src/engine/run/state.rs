//! A run under way: takes reports, keeps the timetable, publishes snapshots once a second.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior};

use super::clock::Pauses;
use super::commands::{Asked, Reader, Replies};
use super::orchestrator::{Orchestrator, StartError};
use super::shutdown_deadlines::Timetable;
use crate::engine::cleanup::runner::Leftover;
use crate::engine::command::{By, Command};
use crate::engine::config::{Brief, users_of};
use crate::engine::monitor::ledger_health;
use crate::engine::monitor::load_shedding::Strain;
use crate::engine::monitor::quarantine::{REST, Ward};
use crate::engine::monitor::stop_rules::Valve;
use crate::engine::monitor::warnings::Notices;
use crate::engine::protection::circuit_breaker::Board;
use crate::engine::protection::quota::Quotas;
use crate::engine::protocol::{Order, Report};
use crate::engine::release::canary::Canary;
use crate::engine::release::releases::Repertoire;
use crate::engine::release::rollout::Migration;
use crate::engine::shard::thread;
use crate::engine::shard::thread::Start;
use crate::metrics::{Aggregator, Left, Phase, Snapshot, TypeId};
use crate::plan::Length;
use crate::script::{Context, Purpose, Shutdown, Stream};

/// Stands for every roster: that of a shard that is gone.
const GONE: u64 = u64::MAX;

/// A run under way.
pub struct Course {
    pub(crate) brief: Brief,
    pub(crate) aggregator: Aggregator,
    pub(crate) snapshots: watch::Sender<Arc<Snapshot>>,
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) reports: mpsc::UnboundedReceiver<Report>,
    pub(crate) shards: Vec<(mpsc::UnboundedSender<Order>, JoinHandle<()>)>,
    pub(crate) open: usize,
    pub(crate) began: Instant,
    /// When it was made: setup comes before the beginning.
    made: Instant,
    /// The time since then, without pauses, at the last interval.
    ticked: Duration,
    pub(crate) stopping: Option<Instant>,
    pub(crate) signalled: Option<Instant>,
    /// Who does what is being done to the run.
    pub(crate) by: By,
    pub(crate) aborted: bool,
    pub(crate) leftovers: Vec<Leftover>,
    pub(crate) context: Rc<Context>,
    /// What there is to play, and who plays it.
    pub(crate) book: Repertoire,
    /// The version of each type, as last published.
    pub(crate) playing: BTreeMap<TypeId, u32>,
    /// What was said last of types that nobody plays.
    pub(crate) unplayed: Option<String>,
    /// The canary under way.
    pub(crate) canary: Option<Canary>,
    /// Users on their way to another version.
    pub(crate) migration: Option<Migration>,
    /// Commands that wait for the reader.
    pub(crate) asked: Asked,
    pub(crate) replies: Replies,
    pub(crate) reader: Option<Reader>,
    pub(crate) pauses: Pauses,
    pub(crate) valve: Valve,
    /// The circuit breakers, if there are any.
    pub(crate) board: Option<Board>,
    pub(crate) quotas: Quotas,
    pub(crate) strain: Strain,
    /// Shards without a user on the street, and by which roster.
    empty: BTreeMap<usize, u64>,
    ward: Ward,
    notices: Notices,
    /// How long users were out; clean-up is not part of it.
    pub(crate) ran: Option<Duration>,
    /// The clean-up of sessions that are over, under way or done.
    pub(crate) cleaning: Option<tokio::task::JoinHandle<()>>,
    /// Whether the ledger broke down, and the run with it.
    pub(crate) broke: bool,
    /// Whether a shard ended before its time.
    pub(crate) lost_shard: bool,
    /// Says that the time for clean-up is over.
    pub(crate) over: Rc<Shutdown>,
    /// Of a stop that was asked for.
    pub(crate) timetable: Timetable,
}

impl Course {
    /// A course before its first user.
    pub fn new(orchestrator: Orchestrator, context: Rc<Context>) -> Self {
        let Orchestrator {
            brief,
            snapshots,
            commands,
            aggregator,
            timetable,
            book,
            reader,
        } = orchestrator;
        // Nobody reports before the shards are there: they bring a channel of their own.
        let (_, reports) = mpsc::unbounded_channel();
        let limits = brief.plan.limits;
        let roster = book.roster();
        let users: Vec<usize> = (0..brief.plan.shards)
            .map(|shard| users_of(&roster, shard, brief.plan.shards).count())
            .collect();
        let dice = Stream::new(brief.plan.seed, context.user.number, Purpose::Pace);
        Self {
            open: 0,
            valve: Valve::new(&brief.plan.valve),
            board: limits.breaker.map(|threshold| Board::new(threshold, dice)),
            quotas: Quotas::new(&limits, &users),
            strain: Strain::default(),
            brief,
            aggregator,
            snapshots,
            commands,
            reports,
            shards: Vec::new(),
            began: Instant::now(),
            made: Instant::now(),
            ticked: Duration::ZERO,
            stopping: None,
            signalled: None,
            by: By::Run,
            aborted: false,
            leftovers: Vec::new(),
            context,
            playing: BTreeMap::new(),
            unplayed: book.without_users(),
            book,
            canary: None,
            migration: None,
            asked: Asked::default(),
            replies: Replies::new(),
            reader,
            pauses: Pauses::default(),
            empty: BTreeMap::new(),
            ward: Ward::default(),
            notices: Notices::default(),
            ran: None,
            cleaning: None,
            broke: false,
            lost_shard: false,
            over: Rc::default(),
            timetable,
        }
    }

    /// Starts every shard: users know `crowd`.
    ///
    /// # Errors
    /// When one of them cannot start: then none begins.
    pub async fn send_out(&mut self, crowd: Option<Arc<Json>>) -> Result<(), StartError> {
        self.brief.terms.crowd = crowd;
        let (sender, reports) = mpsc::unbounded_channel();
        self.reports = reports;
        let mut gates = Vec::new();
        for index in 0..self.brief.plan.shards {
            let (orders, receiver) = mpsc::unbounded_channel();
            let sender = sender.clone();
            let (gate, began) = oneshot::channel();
            let start = Start {
                shard: index,
                brief: self.brief.clone(),
                roster: self.book.roster(),
                began,
                quotas: self.quotas.of(index),
            };
            let thread = std::thread::Builder::new()
                .name(format!("shard-{index}"))
                .spawn(move || thread::run(start, receiver, sender))
                .map_err(|why| {
                    StartError::Machine(format!(
                        "shard {index} of {} cannot start: no thread for it: {why}; give fewer --threads, or let this user have more processes (ulimit -u)",
                        self.brief.plan.shards
                    ))
                })?;
            self.shards.push((orders, thread));
            gates.push(gate);
        }
        drop(sender);
        for _ in 0..gates.len() {
            match self.reports.recv().await {
                Some(Report::Broken(_, why)) => return Err(StartError::Machine(why)),
                // They say nothing else before they begin.
                Some(_) => {}
                None => {
                    return Err(StartError::Machine(
                        "the shards ended before they began".to_owned(),
                    ));
                }
            }
        }
        let began = std::time::Instant::now();
        self.began = Instant::from_std(began);
        for gate in gates {
            // A shard that is gone by now will have said so.
            let _ = gate.send(began);
            self.open += 1;
        }
        self.share_with_shards();
        Ok(())
    }

    /// Until the last shard is done.
    pub async fn run(&mut self) {
        self.aggregator.phase(Phase::Running);
        // Whole seconds of the run: shards report just before them.
        let mut second = tokio::time::interval_at(self.began, Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let interval = self
            .brief
            .plan
            .cleanup
            .as_ref()
            .and_then(|cleanup| cleanup.interval);
        let mut next_cleanup = interval.map(|interval| self.began + interval);
        let mut trouble = self.brief.ledger.trouble();
        while self.open > 0 && !self.aborted {
            let (deadline, next_try) = (self.next_deadline(), self.next_try());
            tokio::select! {
                Some(report) = self.reports.recv() => self.take(report),
                Some(command) = self.commands.recv() => self.obey(command),
                _ = second.tick() => self.tick(),
                () = at(deadline) => self.keep_timetable(),
                () = at(next_try) => self.let_try(),
                told = ledger_health::news(&mut trouble) => self.heed(told),
                () = at(next_cleanup) => {
                    next_cleanup = interval.map(|interval| Instant::now() + interval);
                    self.clean_ended();
                }
            }
        }
        self.ran = Some(self.elapsed());
    }

    pub(crate) fn take(&mut self, report: Report) {
        match report {
            Report::Batch(shard, batch) => self.absorb(shard, *batch),
            Report::Settled(shard, revision, at) => {
                self.settled(shard, revision, (self.began + at).into_std());
            }
            Report::Empty(shard, revision) => self.is_empty(shard, revision),
            Report::Used(shard, usage, starved) => self.used(shard, usage, starved),
            Report::GaveBack(shard, share, order, held) => {
                self.gave_back(shard, share, order, held);
            }
            Report::Breaker(shard, news) => self.hear(shard, news),
            Report::Done(shard) => {
                self.open -= 1;
                self.part_is_gone(shard);
            }
            Report::Ready => {}
            Report::Broken(shard, why) => self.is_broken(shard, &why),
        }
    }

    pub(crate) fn absorb(&mut self, shard: usize, batch: crate::metrics::Batch) {
        self.notices.refusals(&batch.failures);
        self.notices.shortages(&batch.totals.not_sent);
        for error in self.aggregator.absorb(shard, batch) {
            let kind = self.book.name(error.kind);
            let trace = error.traceback.lines().map(|line| format!("  {line}"));
            let trace = trace.collect::<Vec<_>>().join("\n");
            let lines = (!trace.is_empty()).then_some(trace.as_str());
            tracing::error!(target: "throng::script", lines, "{kind}: {}: {}", error.place, error.message);
        }
    }

    pub(crate) fn order(&self, order: &Order) {
        for (shard, _) in &self.shards {
            // A shard that is done listens no more.
            let _ = shard.send(order.clone());
        }
    }

    pub(crate) fn tick(&mut self) {
        let batch = self.context.user.shard.recorder.borrow_mut().take();
        self.absorb(self.brief.plan.shards, batch);
        self.aggregator.left(self.left());
        self.rebalance();
        self.tell_breakers();
        let snapshot = self.end_second();
        self.watch_trial(&snapshot);
        for kind in self.ward.look(&snapshot) {
            let text = format!(
                "every session of the type '{}' failed for 30 s; its users rest for {} s, or until its script changes",
                snapshot.type_name(kind),
                REST.as_secs()
            );
            tracing::error!("{text}");
            self.remember("rest", &text);
            self.order(&Order::Rest(kind, REST));
        }
        if snapshot.interval.is_whole() {
            let target = self.brief.plan.base_url.as_str();
            self.notices.silence(&snapshot, target);
            self.notices.overload(&snapshot);
            self.watch_strain(&snapshot);
        }
        self.tell_times(&snapshot);
        self.watch_valve(&snapshot);
        self.snapshots.send_replace(snapshot);
    }

    /// The sums so far, and a new interval.
    pub(crate) fn end_second(&mut self) -> Arc<Snapshot> {
        let clock = self.elapsed_since(self.made);
        let length = clock.saturating_sub(self.ticked);
        self.ticked = clock;
        let elapsed = self.ran.unwrap_or_else(|| self.elapsed());
        self.aggregator.tick_after(elapsed, length)
    }

    /// A shard has nobody on the street. Once that is so of all shards, by the roster of now, the run is over.
    fn is_empty(&mut self, shard: usize, revision: u64) {
        self.empty.insert(shard, revision);
        let now = self.book.revision();
        let is_so = |seen: &&u64| **seen == now || **seen == GONE;
        let all = self.empty.values().filter(is_so).count();
        if all >= self.shards.len() {
            self.order(&Order::Finish);
        }
    }

    /// A shard cannot go on: its users are lost, so the run ends as by the first signal.
    fn is_broken(&mut self, shard: usize, why: &str) {
        tracing::error!("{why}; the run ends");
        self.open -= 1;
        self.lost_shard = true;
        self.part_is_gone(shard);
        self.signalled.get_or_insert_with(Instant::now);
        self.drain();
        // Nobody is on its street any more, whatever roster comes.
        self.is_empty(shard, GONE);
    }

    fn left(&self) -> Option<Left> {
        match self.brief.plan.length {
            Length::Duration(duration) => Some(Left::Time(duration.saturating_sub(self.elapsed()))),
            Length::Sessions(sessions) => {
                let ended = self.snapshots.borrow().sessions().total();
                Some(Left::Sessions(sessions.saturating_sub(ended)))
            }
            Length::Once => {
                let ended = self.snapshots.borrow().sessions().total();
                Some(Left::Sessions(
                    u64::from(self.book.users()).saturating_sub(ended),
                ))
            }
            Length::Continuous => None,
        }
    }
}

/// Ends at the time, or never.
pub(crate) async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
