//! Conditions: what holds second by second, and since when, from one snapshot to the next.

use std::collections::BTreeMap;
use std::time::Duration;

use super::action::Action;
use super::recent::Recent;
use crate::metrics::{
    Conditions, FailureNote, Outcomes, Phase, SessionsFailing, Silence, Snapshot, TypeId,
};
use crate::plan::Plan;

/// A second or two without a request, or with fewer users than planned, is no news.
const PATIENCE: Duration = Duration::from_secs(10);
/// Fewer failed sessions than this may be accidents.
const LEAST_SESSIONS: u64 = 5;
/// The share of the planned users below which there are fewer than planned.
const ENOUGH: f64 = 0.95;

/// What is known of the last seconds.
pub struct ConditionTracker {
    /// Until all users have started, there are fewer than planned.
    ramp: Duration,
    recent: Recent,
    silent: Option<Silence>,
    idle_since: Option<Duration>,
    /// Since when no session has completed, and what had failed until then.
    incomplete: Incomplete,
    overloaded_since: Option<Duration>,
    shedding_since: Option<Duration>,
    below_plan_since: Option<Duration>,
    quarantined: BTreeMap<TypeId, Quarantined>,
}

#[derive(Default)]
struct Incomplete {
    since: Duration,
    completed: u64,
    failed: u64,
}

struct Quarantined {
    until: Duration,
    /// The version that failed.
    version: Option<u32>,
}

impl ConditionTracker {
    /// For a run of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            ramp: plan.ramp(),
            recent: Recent::default(),
            silent: None,
            idle_since: None,
            incomplete: Incomplete::default(),
            overloaded_since: None,
            shedding_since: None,
            below_plan_since: None,
            quarantined: BTreeMap::new(),
        }
    }

    /// What monitors asked for at this snapshot.
    pub fn on_actions(&mut self, actions: &[Action], snapshot: &Snapshot) {
        for action in actions {
            if let Action::Quarantine { kind, period } = action {
                let quarantined = Quarantined {
                    until: snapshot.elapsed + *period,
                    version: snapshot.versions.get(kind).copied(),
                };
                self.quarantined.insert(*kind, quarantined);
            }
        }
    }

    /// Looks at the second that has just ended.
    pub fn observe(&mut self, snapshot: &Snapshot) {
        self.recent.observe(snapshot);
        let now = snapshot.elapsed;
        self.quarantined.retain(|kind, of| {
            of.until > now && snapshot.versions.get(kind).copied() == of.version
        });
        let is_running = snapshot.phase == Phase::Running;
        if !is_running || !snapshot.interval.is_whole() {
            return;
        }
        let began = now.saturating_sub(Duration::from_secs_f64(snapshot.interval.seconds.max(0.0)));
        let outcomes = snapshot.interval.outcomes();
        self.silence(snapshot, &outcomes, began);
        let idle = outcomes.total() == 0 && snapshot.users_alive() > 0;
        for (since, holds) in [
            (&mut self.idle_since, idle),
            (
                &mut self.overloaded_since,
                snapshot.interval.is_overloaded(),
            ),
            (&mut self.shedding_since, snapshot.guard.level > 0),
            (&mut self.below_plan_since, is_below_plan(snapshot)),
        ] {
            *since = holds.then(|| since.unwrap_or(began));
        }
        let sessions = snapshot.sessions();
        if sessions.completed > self.incomplete.completed {
            self.incomplete = Incomplete {
                since: now,
                completed: sessions.completed,
                failed: sessions.failed,
            };
        }
    }

    fn silence(&mut self, snapshot: &Snapshot, outcomes: &Outcomes, began: Duration) {
        let answered = outcomes.ok + outcomes.expected + outcomes.unexpected;
        if answered > 0 {
            self.silent = None;
        } else if outcomes.error > 0 {
            let reason = |note: &FailureNote| note.failure.to_string();
            let reason = snapshot.failures.last().map_or_else(String::new, reason);
            let silence = self.silent.get_or_insert_with(|| Silence {
                since: began,
                reason: String::new(),
            });
            silence.reason = reason;
        }
    }

    /// What holds after the second that was looked at last; what the run itself knows is left as it is.
    pub fn conditions(&self, snapshot: &Snapshot) -> Conditions {
        let now = snapshot.elapsed;
        let long = |since: &Option<Duration>, patience: Duration| {
            since.filter(|since| now.saturating_sub(*since) >= patience)
        };
        Conditions {
            silent: self.silent.clone(),
            idle_since: long(&self.idle_since, PATIENCE),
            failing: self.recent.failing(),
            script_errors: self.recent.script_errors(),
            sessions: self.sessions(snapshot),
            overloaded_since: self.overloaded_since,
            shedding_since: self.shedding_since,
            dropping: self.recent.dropping(),
            below_plan_since: long(&self.below_plan_since, self.ramp + PATIENCE),
            quarantined: self
                .quarantined
                .iter()
                .map(|(kind, of)| (*kind, of.until))
                .collect(),
            ..snapshot.conditions.clone()
        }
    }

    /// Whether all sessions that end fail: as many as there are users, or nearly.
    fn sessions(&self, snapshot: &Snapshot) -> Option<SessionsFailing> {
        let failed = snapshot.sessions().failed - self.incomplete.failed;
        let users = snapshot.users_alive().max(0).unsigned_abs();
        let lasts = snapshot.elapsed.saturating_sub(self.incomplete.since);
        if failed < LEAST_SESSIONS.max(users / 2) || lasts < PATIENCE {
            return None;
        }
        let reasons = snapshot.totals.failed_sessions.iter();
        let most = reasons.max_by_key(|(_, count)| **count);
        Some(SessionsFailing {
            since: self.incomplete.since,
            failed,
            reason: most.map_or_else(String::new, |(reason, _)| reason.clone()),
        })
    }
}

/// Whether there are fewer users than the plan has now; in an open crowd, whose plan is a rate of arrivals, there are not.
fn is_below_plan(snapshot: &Snapshot) -> bool {
    if snapshot.planned_arrivals.is_some() {
        return false;
    }
    let set = f64::from(snapshot.settings.users);
    let planned = snapshot.planned_users.unwrap_or(set);
    let away: i64 = snapshot.away.values().sum();
    let users = snapshot.users_alive() + away;
    planned >= 1.0 && (users as f64) < (planned * ENOUGH).floor()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{
        Aggregator, DropReason, OperationRef, Outcome, Recorder, RunInfo, SessionResult,
    };

    const KIND: TypeId = TypeId(0);

    /// A run of ten users, second by second.
    struct FakeRun {
        hub: Aggregator,
        recorder: Recorder,
        tracker: ConditionTracker,
        seconds: u64,
    }

    impl FakeRun {
        fn new() -> Self {
            let mut recorder = Recorder::new();
            recorder.users(KIND, 1, 10);
            let mut hub = Aggregator::new(RunInfo::default()).without_cpu();
            hub.phase(Phase::Running);
            let settings = crate::metrics::Settings {
                users: 10,
                ..crate::metrics::Settings::default()
            };
            hub.settings(settings);
            let plan = Plan {
                users: 10,
                ..Plan::default()
            };
            Self {
                hub,
                recorder,
                tracker: ConditionTracker::new(&plan),
                seconds: 0,
            }
        }

        fn request(&mut self, status: u16, outcome: Outcome) {
            let operation = OperationRef::http("POST", "/orders");
            let series = self.recorder.series(KIND, operation);
            let sample = crate::metrics::Sample {
                series,
                version: 1,
                status: status.into(),
                outcome,
                error: (outcome == Outcome::Error).then_some("connect"),
                service: None,
                response: Duration::ZERO,
                phases: crate::metrics::Phases::default(),
                bytes_sent: 0,
                bytes_received: 0,
            };
            self.recorder.record(&sample, String::new);
        }

        /// The second is over.
        fn second(&mut self) -> Conditions {
            self.seconds += 1;
            self.hub.absorb(0, self.recorder.take());
            let snapshot = self.hub.tick(Duration::from_secs(self.seconds));
            self.tracker.observe(&snapshot);
            self.tracker.conditions(&snapshot)
        }
    }

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_target_is_silent_from_the_first_second_without_a_response_to_the_next_one() {
        let mut run = FakeRun::new();
        run.request(200, Outcome::Ok);
        assert_eq!(run.second().silent, None);
        run.request(0, Outcome::Error);
        let silent = Some(Silence {
            since: at(1),
            reason: "connect".to_owned(),
        });
        assert_eq!(run.second().silent, silent);
        // Nothing is sent while a circuit breaker is open.
        assert_eq!(run.second().silent, silent);
        run.request(0, Outcome::Error);
        run.request(503, Outcome::Unexpected);
        assert_eq!(run.second().silent, None);
    }

    #[test]
    fn failures_are_those_of_the_last_ten_seconds_and_since_the_first_of_the_spell() {
        let mut run = FakeRun::new();
        for second in 1..=40 {
            run.request(200, Outcome::Ok);
            if (11..=20).contains(&second) {
                run.request(503, Outcome::Unexpected);
                run.request(503, Outcome::Unexpected);
                run.request(0, Outcome::Error);
            }
            let failing = run.second().failing;
            let figures = failing.map(|of| (of.since, of.over, of.requests, of.failed));
            let expected = match second {
                1..=10 => None,
                11..=20 => Some((at(10), at(10), 10 + 3 * (second - 10), 3 * (second - 10))),
                21..30 => Some((at(10), at(10), 10 + 3 * (30 - second), 3 * (30 - second))),
                _ => None,
            };
            assert_eq!(figures, expected, "second {second}");
        }
        run.request(503, Outcome::Unexpected);
        let failing = run.second().failing.unwrap();
        assert_eq!((failing.since, failing.failed), (at(40), 1));
        let most = failing.most.unwrap();
        assert_eq!((most.reason.as_str(), most.count), ("status 503", 1));
        assert_eq!(most.operation.to_string(), "POST /orders");
    }

    #[test]
    fn a_run_is_idle_and_short_of_users_only_after_some_time() {
        let mut run = FakeRun::new();
        for second in 1..=30 {
            if second == 5 {
                run.recorder.users(KIND, 1, -3);
            }
            let conditions = run.second();
            let idle = (second >= 10).then_some(Duration::ZERO);
            assert_eq!(conditions.idle_since, idle, "second {second}");
            let ramp = run.tracker.ramp.as_secs_f64().ceil() as u64;
            let short = (second >= 4 + 10 + ramp).then_some(at(4));
            assert_eq!(conditions.below_plan_since, short, "second {second}");
        }
    }

    #[test]
    fn sessions_that_fail_beside_one_that_completes_are_not_all() {
        let mut run = FakeRun::new();
        let mut all = Vec::new();
        for second in 1..=40 {
            run.recorder.session(KIND, SessionResult::Failed("connect"));
            if second == 25 {
                run.recorder.session(KIND, SessionResult::Completed);
            }
            let of = run.second().sessions;
            all.push(of.map(|of| (of.since.as_secs(), of.failed)));
        }
        assert_eq!(
            (all[8], all[9], all[23]),
            (None, Some((0, 10)), Some((0, 24)))
        );
        assert_eq!((all[24], all[33], all[34]), (None, None, Some((25, 10))));
    }

    #[test]
    fn a_quarantine_ends_with_its_time_or_with_a_new_version() {
        let quarantine = Action::Quarantine {
            kind: KIND,
            period: at(60),
        };
        for (version_at, until) in [(None, 61), (Some(20), 20)] {
            let mut run = FakeRun::new();
            run.hub.version(KIND, 1);
            run.second();
            let last = run.hub.tick(at(1));
            let snapshot = run.hub.news(&last);
            run.tracker
                .on_actions(std::slice::from_ref(&quarantine), &snapshot);
            for second in 2..70 {
                if version_at == Some(second) {
                    run.hub.version(KIND, 2);
                }
                let held = run.second().quarantined.contains_key(&KIND);
                assert_eq!(held, second < until, "second {second}");
            }
        }
    }

    #[test]
    fn dropped_arrivals_and_script_errors_have_their_reason() {
        let mut run = FakeRun::new();
        for _ in 0..20 {
            run.recorder.arrival(KIND, Duration::ZERO);
        }
        run.recorder.dropped(KIND, DropReason::Late);
        let fault = crate::metrics::ScriptFault {
            kind: KIND,
            version: 1,
            place: "active.lua:3",
            message: "oh no",
            traceback: "",
        };
        run.recorder.script_error(fault);
        let conditions = run.second();
        let dropping = conditions.dropping.unwrap();
        assert_eq!((dropping.arrivals, dropping.dropped), (20, 1));
        assert_eq!((dropping.reason, dropping.over), (DropReason::Late, at(1)));
        let errors = conditions.script_errors.unwrap();
        assert_eq!((errors.count, errors.place.as_str()), (1, "active.lua:3"));
        assert_eq!(run.second().sessions, None);
    }
}
