//! State shared by the users of a shard, and what orders of the run change of it.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::active_users::ActiveUsers;
use super::arrival_schedule::Arrivals;
use super::assignment::Assignment;
use super::outlook::Outlook;
use super::present::{self, PresentUsers};
use super::quarantined_types::QuarantinedTypes;
use super::quota_keeper::QuotaKeeper;
use super::reporter::Reporter;
use super::residents::Residents;
use super::session_quota::SessionQuota;
use super::stops::Stops;
use super::vm_pool::VmPool;
use crate::engine::owners::Owners;
use crate::engine::protocol::Order;
use crate::engine::recording::RecordingOrder;
use crate::engine::roster::Roster;
use crate::metrics::{ScriptFault, TypeId};
use crate::pace::ArrivalModel;
use crate::plan::{MixAt, ReloadAt};
use crate::request::ShutdownSignal;
use crate::script::{Comebacks, Diagnostic, ScriptUser, ShardContext, User};

/// State shared by the users of a shard.
pub struct ShardState {
    /// What the scripts share.
    pub context: Rc<ShardContext>,
    /// The VMs.
    pub vms: VmPool,
    /// Who plays what.
    pub assignment: Assignment,
    /// Which users are the shard's.
    pub residents: Residents,
    /// When the levels of users come to those who are parked.
    pub outlook: Outlook,
    /// Who is active.
    pub active: Rc<ActiveUsers>,
    /// Who is there, for those who look at one user.
    pub present: Rc<PresentUsers>,
    /// Where its user stops before steps, if it does.
    pub stops: Stops,
    /// Types that begin no session just now.
    pub quarantined: QuarantinedTypes,
    /// Sessions that may still begin.
    pub sessions: SessionQuota,
    /// Who comes, where the crowd is open.
    pub arrivals: Option<Rc<Arrivals>>,
    /// How the shard ends.
    pub stop: StopStages,
    /// Its part of what the run may do at most.
    pub quotas: QuotaKeeper,
    /// Reaches the run.
    pub reporter: Reporter,
    /// How users live by the plan.
    pub rules: UserRules,
}

/// What comes after the shutdown, which only says that no step begins.
#[derive(Default)]
pub struct StopStages {
    /// Steps are cancelled.
    pub cancel_steps: ShutdownSignal,
    /// Everything is dropped.
    pub end: ShutdownSignal,
}

/// How the users of every shard live.
#[derive(Debug)]
pub struct UserRules {
    /// When the run began.
    pub began: Instant,
    /// Who begins again after a session.
    pub arrivals: Rc<dyn ArrivalModel>,
    /// When users move to a new version.
    pub reload_at: ReloadAt,
    /// When users become of another type.
    pub mix_at: MixAt,
}

impl ShardState {
    /// Waits until the type may begin a session.
    pub async fn wait_out_quarantine(&self, kind: TypeId) {
        while let Some(until) = self.quarantined.until(kind) {
            tokio::select! {
                biased;
                () = self.context.requests.run.clock.sleep_until(until) => {}
                () = self.assignment.changed() => {}
                () = self.context.requests.shutdown.wait() => return,
            }
        }
    }

    /// Whether the user is still of its type, as the roster sees it.
    pub fn keeps_type(&self, user: &User) -> bool {
        self.kind_of(number_of(user)) == Some(user.requester.kind.get())
    }

    /// The type of a user; none while it has no place here: the crowd is smaller, the level of users has not come to it, or
    /// it is another shard's.
    pub fn kind_of(&self, number: u32) -> Option<TypeId> {
        let is_own = self.residents.has(number);
        is_own.then(|| self.assignment.with(|roster| self.kind_in(roster, number)))?
    }

    fn kind_in(&self, roster: &Roster, number: u32) -> Option<TypeId> {
        let kind = roster.kind_of(number)?;
        // Every step asks: the clock is read only where the time matters.
        let has_come = roster.levels.is_none() || roster.has_come_to(number, self.elapsed());
        has_come.then_some(kind)
    }

    /// How long the run has been going on, without its pauses.
    fn elapsed(&self) -> Duration {
        let clock = &self.context.requests.clock;
        let since = clock.now().saturating_duration_since(self.rules.began);
        since.saturating_sub(clock.paused())
    }

    /// Whether the number of users changes with the run's time.
    pub fn has_level(&self) -> bool {
        self.assignment.with(|roster| roster.levels.is_some())
    }

    /// Whether the user leaves its session before its next step: the roster has no place for it, or another type where
    /// types change at steps.
    pub fn leaves_session(&self, user: &User) -> bool {
        let kind = user.requester.kind.get();
        let at_steps = self.rules.mix_at == MixAt::Step;
        self.assignment.with(|roster| {
            if roster.is_open() {
                return at_steps && roster.stable_version(kind).is_none();
            }
            match self.kind_in(roster, number_of(user)) {
                None => true,
                Some(now) => at_steps && now != kind,
            }
        })
    }

    /// Requests in a session of this user.
    pub fn requests_of(&self, user: &User) -> (u32, u32) {
        let version = self
            .assignment
            .version_for(user.requester.kind.get(), number_of(user));
        version.map_or((1, 1), |version| version.requests)
    }

    /// Whether the person comes back, and when.
    pub fn comebacks_of(&self, user: &User) -> Comebacks {
        let kind = user.requester.kind.get();
        let version = self.assignment.version_for(kind, number_of(user));
        version.map(|version| version.comebacks).unwrap_or_default()
    }

    /// Ends when a user is another shard's.
    pub async fn moves_away(&self, number: u32) {
        while self.residents.has(number) {
            self.assignment.changed().await;
        }
    }

    /// A user is gone from here.
    pub fn leave(&self, number: u32) {
        self.active.forget(number);
        if let Some(last) = self.residents.leave(number) {
            self.reporter
                .released(self.residents.revision(), vec![last]);
        }
    }

    /// Other users are the shard's from now on. Who is not one of them leaves at the end of its session.
    pub fn move_users(&self, owners: Owners) {
        let revision = owners.revision;
        if let Some(arrivals) = &self.arrivals {
            arrivals.follow(&owners);
        }
        let before = self.count_own();
        let free = self.residents.follow(owners);
        let fewer = before.saturating_sub(self.count_own());
        let sessions = self.sessions.give_up(fewer, before);
        if sessions > 0 {
            self.reporter.sessions_left(sessions);
        }
        if !free.is_empty() {
            self.reporter.released(revision, free);
        }
        self.assignment.announce();
    }

    /// How many users of the roster are the shard's.
    fn count_own(&self) -> usize {
        let users = self.assignment.with(|roster| roster.users.len());
        let numbers = (0u32..).take(users);
        numbers.filter(|number| self.residents.has(*number)).count()
    }

    /// Waits, without a place in the crowd, until there is a new roster, the level of users comes to it, or the run ends.
    /// It may have none then, too.
    pub async fn park(&self, number: u32) {
        self.active.park(number);
        tokio::select! {
            biased;
            () = self.assignment.changed() => {}
            () = self.level_comes_to(number) => {}
            () = self.context.requests.shutdown.wait() => {}
        }
    }

    /// Ends when the level of users comes to this one, or when it is to look again.
    async fn level_comes_to(&self, number: u32) {
        // The roster is not kept over the wait: a new one may have taken its place.
        let wait = self
            .assignment
            .with(|roster| self.outlook.wait(roster, number, self.elapsed()));
        match wait {
            Some(wait) => drop(self.context.requests.clock.sleep(wait).await),
            None => std::future::pending().await,
        }
    }

    /// Whether there are no active users, and none about to come back.
    pub fn is_empty(&self) -> bool {
        if self.context.requests.shutdown.is_set() {
            return self.active.count() == 0;
        }
        if self.has_level() {
            // More may come until the run is over.
            return false;
        }
        let has_place = |number| self.kind_of(number).is_some();
        self.active.is_empty(has_place)
    }

    /// Takes a new roster: users see it before their next step.
    pub fn publish(&self, roster: Arc<Roster>) {
        let before = self.assignment.replace(Arc::clone(&roster));
        let names = roster.types.iter().map(|of| Rc::from(&*of.name));
        *self.context.requests.names.borrow_mut() = names.collect();
        self.quarantined
            .release(|kind| before.stable_version(kind) != roster.stable_version(kind));
        self.vms.forget_broken();
        self.vms.retire(&roster);
        if let Some(arrivals) = &self.arrivals {
            arrivals.keep_types(&roster, &mut self.context.requests.recorder.borrow_mut());
        }
        self.report_settled();
        self.assignment.announce();
    }

    /// Tells the run, once for each roster, when every user is where it wants it.
    pub fn report_settled(&self) {
        if let Some(revision) = self.assignment.take_settled(&self.vms) {
            self.reporter.settled(
                revision,
                self.context.requests.run.clock.since(self.rules.began),
            );
        }
    }

    /// Sends what was counted since the last time.
    pub fn report(&self) {
        self.quotas.report_usage();
        let batch = self.context.requests.recorder.borrow_mut().take();
        self.reporter.batch(batch);
    }

    /// Counts an error of a user's script.
    pub fn count_script_error(&self, script_user: &ScriptUser, error: &Diagnostic) {
        self.context
            .requests
            .recorder
            .borrow_mut()
            .script_error(ScriptFault {
                kind: script_user.context.user.requester.kind.get(),
                version: script_user.vm.version,
                place: &error.place,
                message: &error.message,
                traceback: &error.traceback.join("\n"),
            });
    }

    /// Obeys what changes state; a new roster, a new map and the end are for the [event loop](super::event_loop).
    pub fn obey(&self, order: Order) {
        match order {
            Order::Drain => self.context.requests.shutdown.set(),
            Order::CancelSteps => self.stop.cancel_steps.set(),
            Order::End => {
                self.stop.cancel_steps.set();
                self.stop.end.set();
            }
            Order::Sessions(sessions) => self.sessions.add(sessions),
            Order::Quarantine {
                kind,
                period: pause,
            } => self.quarantined.add(kind, pause),
            Order::Settings(settings) => self.context.set(settings),
            Order::Quota {
                quota: share,
                limit,
                order,
            } => self.quotas.obey(share, limit, order),
            Order::RateCeiling(most) => self.context.requests.limits.rate.set_ceiling(most),
            Order::Breaker { scope, signal } => {
                self.context.requests.limits.breakers.signal(&scope, signal)
            }
            Order::Timeouts(times) => {
                let timeouts = &self.context.requests.limits.timeouts;
                timeouts.set(&times, &self.context.requests.endpoints);
            }
            Order::ShedLevel(level) => self.context.requests.limits.shed_level.set(level),
            Order::Pause { at } => self.context.requests.clock.pause(self.rules.began + at),
            Order::Resume { at } => self.context.requests.clock.resume(self.rules.began + at),
            Order::Arrivals(levels) => {
                if let Some(arrivals) = &self.arrivals {
                    arrivals.change(levels);
                }
            }
            Order::Record(order) => self.record(&order),
            Order::EndRecording { id } => self.present.end_recording(id, &self.context.requests),
            Order::Roster(_) | Order::Owners(_) | Order::Finish => {}
        }
    }
}

impl ShardState {
    /// Begins a recording, and reports what comes of it.
    fn record(&self, order: &RecordingOrder) {
        present::record(
            &self.present,
            &self.reporter,
            &self.context.requests,
            order,
            |user| {
                let is_open = self.assignment.with(|roster| roster.is_open());
                is_open || self.kind_of(number_of(user)).is_some()
            },
        );
    }
}

/// Users are numbered by 32 bits; beyond, which only arrivals reach, by the last ones.
pub fn number_of(user: &User) -> u32 {
    user.requester.number as u32
}
