//! A run under way: takes reports and commands, keeps its deadlines, publishes a snapshot every second.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::cleanup::BackgroundCleanup;
use super::clock::RunClock;
use super::due_arrivals::DueArrivals;
use super::ended::StartError;
use super::live_arrivals::LiveArrivals;
use super::live_shape::LiveShape;
use super::pending_commands::{PendingCommands, Reader};
use super::protection::Protection;
use super::publisher::Publisher;
use super::recordings::Recordings;
use super::shards::Shards;
use super::shutdown::Shutdown;
use super::shutdown_deadlines::ShutdownDeadlines;
use crate::clock::{Clock, Ticks};
use crate::engine::checkpoint::Resumed;
use crate::engine::command::Command;
use crate::engine::config::{RunConfig, users_of};
use crate::engine::incidents::Incidents;
use crate::engine::monitor::{Monitors, ledger_health};
use crate::engine::placement::Placement;
use crate::engine::protection::Quotas;
use crate::engine::recording::RecordingOrder;
use crate::engine::release::{Deployment, Releases};
use crate::engine::remote::RemoteShards;
use crate::engine::session_pool::SessionPool;
use crate::engine::shard::in_process::InProcess;
use crate::engine::shard::session_quota::shares;
use crate::ledger::Trouble;
use crate::metrics::{Aggregator, Deadline, Left, Phase, Snapshot};
use crate::pace::{ArrivalModel as _, Remaining, RunProgress};
use crate::random::{Purpose, Stream};
use crate::request::circuit_breaker::coordinator::CircuitBreakers;
use crate::script::Context;
use crate::session_trace::Event;

/// After a takeover the first interval ends no sooner than this: reports that waited for a coordinator are read first, and
/// belong to it.
const BACKLOG: Duration = Duration::from_secs(1);

/// The parts from which a run is made.
pub struct RunParts {
    pub config: RunConfig,
    pub snapshots: watch::Sender<Arc<Snapshot>>,
    pub commands: mpsc::UnboundedReceiver<Command>,
    pub aggregator: Aggregator,
    pub deadlines: ShutdownDeadlines,
    pub releases: Releases,
    /// Reads the script folders again, where there are any.
    pub reader: Option<Reader>,
    /// Where the events of the first session go.
    pub first_session: Option<mpsc::Sender<Event>>,
    /// The shards, where they are elsewhere.
    pub remote: Option<RemoteShards>,
    /// What another process had of the run, where this one goes on with it.
    pub resumed: Option<Resumed>,
}

/// A run under way. Its parts judge; [`Run`] alone acts on what they judge.
pub struct Run {
    pub(super) config: RunConfig,
    /// Sends the run's own requests: setup, teardown and clean-up.
    pub(super) context: Rc<Context>,
    pub(super) clock: RunClock,
    pub(super) shutdown: Shutdown,
    pub(super) shards: Shards,
    /// Which shard has which users.
    pub(super) placement: Placement,
    /// Sessions that shards have given up.
    pub(super) sessions: SessionPool,
    /// Shards that are to end once their users have left.
    pub(super) leaving: BTreeSet<usize>,
    pub(super) publisher: Publisher,
    pub(super) deployment: Deployment,
    /// How the users change with the run's time.
    pub(super) shape: LiveShape,
    pub(super) monitors: Monitors,
    pub(super) protection: Protection,
    pub(super) incidents: Incidents,
    pub(super) pending: PendingCommands,
    pub(super) cleanup: BackgroundCleanup,
    /// Arrivals a second over the run's time, where sessions arrive.
    pub(super) arrivals: Option<LiveArrivals>,
    /// Which of them are due where, if the shards are elsewhere.
    pub(super) due_arrivals: Option<DueArrivals>,
    pub(super) recordings: Recordings,
    /// The recording that is there before the first user.
    pub(super) first_recording: Option<RecordingOrder>,
    /// Another process leads the run by now, which this one learned so.
    pub(super) superseded: Option<String>,
    /// Whether another process led it before.
    pub(super) is_resumed: bool,
    /// Whether `teardown` was called.
    pub(super) is_torn_down: bool,
}

impl Run {
    /// A run before its first user.
    pub fn new(parts: RunParts, context: Rc<Context>, in_process: Option<InProcess>) -> Self {
        let RunParts {
            config,
            snapshots,
            commands,
            aggregator,
            deadlines,
            releases,
            reader,
            first_session,
            remote,
            resumed,
        } = parts;
        let now = config.script_config.run.clock.now();
        let limits = config.plan.limits;
        let roster = releases.roster();
        let map = config.plan.shard_map();
        let users: Vec<usize> = (0..config.plan.shards)
            .map(|shard| users_of(&roster, shard, &map).count())
            .collect();
        let random = Stream::new(
            config.plan.seed,
            context.user.requester.number,
            Purpose::Pace,
        );
        let breakers = limits
            .breaker
            .map(|threshold| CircuitBreakers::new(threshold, random));
        let secrets = Arc::clone(&config.script_config.run.secrets);
        // Shards of this process are lost with all of it.
        let is_elsewhere = remote.is_some();
        let due_arrivals = is_elsewhere.then(|| DueArrivals::new(&config.plan));
        let arrivals = config.plan.arrivals_over_time();
        let arrivals = arrivals.map(|levels| LiveArrivals::new(releases.arrivals(&levels)));
        let mut recordings = Recordings::default();
        let first_recording = first_session.map(|to| recordings.first(to));
        let is_trace = first_recording.is_some();
        let mut run = Self {
            recordings,
            first_recording,
            clock: RunClock::new(now),
            shutdown: Shutdown::new(deadlines, config.http.request_timeout()),
            shards: Shards::none(in_process),
            placement: Placement::new(&map, config.plan.is_open()),
            sessions: SessionPool::new(shares(&config.plan, &roster).unwrap_or_default()),
            leaving: BTreeSet::new(),
            publisher: Publisher::new(aggregator, snapshots, secrets, config.records.clone()),
            deployment: Deployment::new(releases),
            shape: LiveShape::new(&config.plan),
            monitors: Monitors::new(&config.plan, is_trace),
            protection: Protection::new(
                Quotas::new(&limits, &users, now),
                breakers,
                Rc::clone(&context.user.shard),
            ),
            incidents: config.incidents(),
            pending: PendingCommands::new(commands, reader),
            cleanup: BackgroundCleanup::new(&context.user.requester, &config),
            arrivals,
            due_arrivals: due_arrivals.flatten(),
            superseded: None,
            is_resumed: false,
            is_torn_down: false,
            context,
            config,
        };
        if let Some(remote) = remote {
            run.shards.elsewhere(remote);
        }
        if let Some(resumed) = resumed {
            run.take_over(resumed);
        }
        // Before the first second there is a plan already.
        run.publish_plan();
        run
    }

    /// Starts every shard: users know `crowd`.
    ///
    /// # Errors
    /// When one of them cannot start: then none begins.
    pub async fn start_shards(&mut self, crowd: Option<Arc<Json>>) -> Result<(), StartError> {
        self.config.set_crowd(crowd);
        let roster = self.deployment.releases().roster();
        let quotas = self.protection.quotas();
        let settings = self.deployment.releases().settings();
        let began = self
            .shards
            .start(
                &self.config,
                &roster,
                settings,
                (quotas, &self.first_recording),
            )
            .await?;
        self.clock.begin(began);
        self.protection.limit_own_requests();
        Ok(())
    }

    /// Until the last shard has ended.
    ///
    /// # Errors
    /// When another process leads the run by now.
    pub async fn run(&mut self) -> Result<(), StartError> {
        if !self.is_resumed {
            self.publisher.phase(Phase::Running, self.now());
        }
        self.publish_incidents();
        // Whole seconds of the run: shards report just before them.
        let clock = self.source();
        let mut second = Ticks::new(clock, self.clock.began(), Duration::from_secs(1));
        let cleanup = self.config.plan.cleanup.as_ref();
        let interval = cleanup.and_then(|cleanup| cleanup.interval);
        let mut next_cleanup = interval.map(|interval| self.clock.began() + interval);
        let mut trouble = self.config.ledger.trouble();
        let begins = self
            .is_resumed
            .then(|| self.now() + clock.span_of_real(BACKLOG));
        while self.shards.open() > 0 && !self.shutdown.is_aborted() {
            if let Some(why) = self.superseded.take() {
                return Err(StartError::Superseded(why));
            }
            let (deadline, half_open) = (self.next_deadline(), self.next_half_open());
            let next_incident = self.next_incident();
            tokio::select! {
                biased;
                Some(command) = self.pending.next() => self.obey(command),
                () = clock.sleep_until_any(deadline) => self.keep_deadlines(),
                // What shards report just before the end of a second is part of it.
                Some(report) = self.shards.next_report() => self.take(report),
                _ = second.tick() => self.tick_from(begins),
                () = clock.sleep_until_any(half_open) => self.half_open_breakers(),
                Ok(()) = trouble.changed() => {
                    let trouble = trouble.borrow_and_update().clone();
                    self.on_ledger_trouble(trouble);
                }
                () = clock.sleep_until_any(next_incident) => self.advance_incidents(),
                () = clock.sleep_until_any(next_cleanup) => {
                    next_cleanup = interval.map(|interval| self.now() + interval);
                    self.cleanup.start();
                }
            }
        }
        self.clock.end(self.now());
        // A run may end without a stop, with its last session.
        self.stop_incidents();
        Ok(())
    }

    /// The end of a second, where it is not before this moment.
    fn tick_from(&mut self, moment: Option<Instant>) {
        if moment.is_none_or(|moment| self.now() >= moment) {
            self.tick();
        }
    }

    /// The end of a second.
    pub(super) fn tick(&mut self) {
        self.absorb_own();
        self.look_after_recordings();
        self.publisher.left(self.left());
        self.publish_plan();
        self.follow_placement();
        self.protection.rebalance(self.now(), &self.shards);
        self.publish_breakers();
        self.publish_deadline();
        let snapshot = self.end_interval();
        self.watch_canary(&snapshot);
        let (snapshot, actions) = self.monitors.judge(snapshot, self.is_under_load());
        self.apply(actions);
        let actions = self.monitors.observe(&snapshot, self.is_under_load());
        self.apply(actions);
        self.send_timeouts(&snapshot);
        let snapshot = self.monitors.with_conditions(snapshot);
        self.publisher.publish(snapshot);
    }

    /// What the plan has now, where that changes.
    fn publish_plan(&mut self) {
        let now = self.elapsed();
        let levels = self.deployment.releases().levels();
        let users = levels.map(|levels| levels.level(now));
        let arrivals = self.arrivals.as_ref();
        let arrivals = arrivals.map(|arrivals| arrivals.all.level(now));
        let day = self.shape.has_curve().then(|| self.incidents.day());
        let time_of_day = day.map(|day| day.time_at(now));
        self.publisher.planned(users, arrivals, time_of_day);
    }

    /// What a run that ends does next.
    fn publish_deadline(&mut self) {
        let (now, phase) = (self.now(), self.publisher.last().phase);
        let deadline = match phase {
            Phase::Cleaning => {
                let until = self.shutdown.cleanup_deadline();
                until.map(|until| (Deadline::EndCleanup, until.saturating_duration_since(now)))
            }
            _ => self.shutdown.next(now),
        };
        self.publisher.deadline(deadline);
    }

    /// The sums so far, and a new interval.
    pub(super) fn end_interval(&mut self) -> Arc<Snapshot> {
        let now = self.now();
        self.count_due_arrivals();
        let length = self.clock.next_interval(now);
        self.publisher
            .end_interval(now, self.clock.age(now), length)
    }

    /// The clock by which the run goes, which no pause stops.
    pub(super) fn source(&self) -> Clock {
        self.config.script_config.run.clock
    }

    /// The present instant.
    pub(super) fn now(&self) -> Instant {
        self.source().now()
    }

    /// The run's age, without its pauses.
    pub(super) fn elapsed(&self) -> Duration {
        self.clock.elapsed(self.now())
    }

    /// Whether the run is ending, or never began.
    pub fn is_stopping(&self) -> bool {
        self.shutdown.is_stopping()
    }

    /// Whether users are active and the run is not ending.
    fn is_under_load(&self) -> bool {
        !self.is_stopping() && self.shards.open() > 0
    }

    fn on_ledger_trouble(&mut self, trouble: Option<Trouble>) {
        if let Some(trouble) = trouble {
            self.publisher
                .ledger_trouble(ledger_health::status(&trouble, self.elapsed()));
            let actions = ledger_health::react(trouble, self.is_under_load());
            self.apply(actions);
        }
    }

    /// What is due next: the end of the duration, or the next deadline of a shutdown.
    fn next_deadline(&self) -> Option<Instant> {
        if self.shutdown.is_under_way() {
            return self.shutdown.next_deadline();
        }
        self.clock.end_of(self.end()?)
    }

    /// When the run ends by itself, at a time.
    pub(super) fn end(&self) -> Option<Duration> {
        let planned = self.config.plan.arrivals().end();
        if let Some(arrivals) = &self.arrivals {
            // Shards know when the plan's arrivals end, so no others come after that.
            return arrivals.all.end().into_iter().chain(planned).min();
        }
        let levels = self.deployment.releases().levels();
        match levels.and_then(|levels| Some((levels, levels.end()?))) {
            // Stages of the run say when it ends; those of types alone do not let it go on.
            Some((levels, end)) if levels.has_common() => Some(end),
            Some((_, end)) => Some(planned.map_or(end, |planned| planned.min(end))),
            None => planned,
        }
    }

    fn left(&self) -> Option<Left> {
        if let Some(end) = self.end() {
            return Some(Left::Time(end.saturating_sub(self.elapsed())));
        }
        let progress = RunProgress {
            elapsed: self.elapsed(),
            users: self.deployment.releases().settings().users(),
            sessions: self.publisher.last().sessions().total(),
        };
        let remaining = self.config.plan.arrivals().remaining(progress)?;
        Some(match remaining {
            Remaining::Time(time) => Left::Time(time),
            Remaining::Sessions(sessions) => Left::Sessions(sessions),
        })
    }
}
