//! Messages between a run and its shards: plain data that could be sent to another process.
//!
//! It must never hold a moment of this machine's clock, a channel, or anything that only this process can read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arc_serde;
use super::owners::Owners;
use super::protection::{QuotaKind, Usage};
use super::recording::{RecordingNews, RecordingOrder};
use super::roster::Roster;
use crate::metrics::{Batch, Cluster, MachineReport, Scope, TypeId};
use crate::plan::crowd::ShardMap;
use crate::plan::{LiveSettings, TypeLevels};
use crate::request::admission::TimeoutsByEndpoint;
use crate::request::circuit_breaker::{BreakerReport, BreakerSignal};

/// From the run to a shard. Moments are times since the run began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// No new steps; a request under way is the last of its step.
    Drain,
    /// Requests of steps still under way are cancelled.
    CancelSteps,
    /// What is still under way, `on_stop` too, is dropped.
    End,
    /// Users of this type begin no session for so long.
    Quarantine { kind: TypeId, period: Duration },
    /// From now on this is who plays what.
    Roster(#[serde(with = "arc_serde::shared")] Arc<Roster>),
    /// From now on this shard has these users; who is of another one leaves at the end of its session.
    Owners(Owners),
    /// So many more sessions may begin, where the run has a number of them.
    Sessions(u64),
    /// From now on sessions arrive by this; what came before it is in it too.
    Arrivals(#[serde(with = "arc_serde::shared")] Arc<TypeLevels>),
    /// The run's clock stands still since this moment.
    Pause { at: Duration },
    /// It goes on at this moment.
    Resume { at: Duration },
    /// From now on scripts draw and pause by these.
    Settings(LiveSettings),
    /// It may use this much of a quota; the number of the order comes back when it does.
    Quota {
        quota: QuotaKind,
        limit: u64,
        order: u64,
    },
    /// Whatever its quota of the rate is, it uses no more than this, in thousandths of a request a second; none: its quota
    /// holds.
    RateCeiling(Option<u64>),
    /// How a circuit breaker stands.
    Breaker { scope: Scope, signal: BreakerSignal },
    /// How long requests of each endpoint may take.
    Timeouts(#[serde(with = "arc_serde::shared_pairs")] Arc<TimeoutsByEndpoint>),
    /// The level of load shedding.
    ShedLevel(u8),
    /// Record the session of a user.
    Record(RecordingOrder),
    /// Nobody follows this recording any more.
    EndRecording { id: u64 },
    /// Every shard is empty: the run is over.
    Finish,
}

/// From a shard to the run. Moments are times since the run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// What was counted in the last second.
    Batch { shard: usize, batch: Box<Batch> },
    /// Every user of the shard is where the roster of this revision wants it, since this moment.
    Settled {
        shard: usize,
        revision: u64,
        at: Duration,
    },
    /// The shard has no active users, and the roster and the map of these revisions bring none. The next ones may.
    Idle {
        shard: usize,
        revision: u64,
        owners: u64,
    },
    /// The users of these virtual shards have left, as the map of this revision wants it.
    Released {
        shard: usize,
        revision: u64,
        of: Vec<u16>,
    },
    /// What the shard used of its quotas since the last time, and whether users wait and the quota has nothing for them.
    QuotaUsed {
        shard: usize,
        usage: Usage,
        is_starved: bool,
    },
    /// It uses no more than `held` of a quota, by the order with this number.
    QuotaReduced {
        shard: usize,
        quota: QuotaKind,
        order: u64,
        held: u64,
    },
    /// Something happened at a circuit breaker.
    Breaker { shard: usize, report: BreakerReport },
    /// Something comes of a recording.
    Recording { id: u64, news: RecordingNews },
    /// The shard can begin.
    Ready,
    /// The shard has ended; nothing more will come.
    Ended { shard: usize },
    /// The shard cannot begin, or cannot go on: why.
    Failed { shard: usize, why: String },
    /// The machine of the shard is lost, and the run goes on without it.
    Lost { shard: usize },
    /// With users that are to leave it gives up so many sessions, which others may begin.
    SessionsLeft { shard: usize, sessions: u64 },
    /// A machine is there that has so many shards from `first` on; they have no users yet.
    Joins { first: usize, threads: usize },
    /// These shards are to end once their users have left.
    Leaves { shards: Vec<usize> },
    /// Virtual shards are to be divided like this.
    Divided(ShardMap),
    /// What a worker's shards created is deleted, but for this many things, by kind.
    Cleaned { left: BTreeMap<String, u64> },
    /// What the machine of a worker says of itself, which has this shard among others.
    Machine {
        shard: usize,
        report: Box<MachineReport>,
    },
    /// How the workers of a run on many machines stand.
    Cluster(Box<Cluster>),
    /// The run is asked for how it stands after all reports that came before.
    Checkpoint { number: u64 },
    /// Another process leads the run by now: this one does nothing more to it.
    Superseded { why: String },
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;

    use super::*;
    use crate::engine::roster::{CanaryUsers, ScriptVersion, UserType};
    use crate::metrics::{BreakerState, OperationRef};
    use crate::pace::Profile;
    use crate::plan::{Plan, TypeLevels};
    use crate::request::Whose;
    use crate::request::circuit_breaker::Ending;
    use crate::script::{Bundle, Comebacks, Place};
    use crate::session_trace::{Event, Limits, What};

    /// Sends each and reads it back; gives the numbers of their variants. A variant that nobody thought of has none, so the
    /// match that numbers them does not compile.
    fn sent<T: Serialize + DeserializeOwned + Debug>(
        all: &[T],
        number: fn(&T) -> usize,
    ) -> BTreeSet<usize> {
        for one in all {
            let text = serde_json::to_string(one).expect("it is plain");
            let read: T = serde_json::from_str(&text).expect("it is read back");
            assert_eq!(format!("{read:?}"), format!("{one:?}"), "{text}");
        }
        all.iter().map(number).collect()
    }

    fn levels() -> TypeLevels {
        TypeLevels {
            common: Profile::constant(2.0),
            own: BTreeMap::from([(1, Profile::constant(50.0))]),
        }
    }

    fn roster() -> Roster {
        let version = |version| ScriptVersion {
            version,
            requests: (1, 20),
            comebacks: Comebacks::default(),
        };
        let types = [
            UserType {
                name: "active".into(),
                stable: Some(version(1)),
                canary: Some(version(2)),
            },
            UserType {
                name: "_crowd".into(),
                stable: None,
                canary: None,
            },
        ];
        Roster {
            revision: 3,
            types: types.into(),
            users: [0, 0, 1].into(),
            weights: Some(vec![1.0, 0.0]),
            canary_users: CanaryUsers::Numbers([true, false, false].into()),
            levels: Some(levels()),
            ranks: [0, 1, 0].into(),
            bundles: BTreeMap::new(),
        }
    }

    #[test]
    fn every_order_can_be_sent_to_another_process() {
        let second = Duration::from_secs(1);
        let scope = || Scope::Endpoint("GET /users/{id}".to_owned());
        let times = HashMap::from([(OperationRef::http("GET", "/users").into(), second)]);
        let orders = [
            Order::Drain,
            Order::CancelSteps,
            Order::End,
            Order::Quarantine {
                kind: TypeId(1),
                period: second,
            },
            Order::Roster(Arc::new(roster())),
            Order::Arrivals(Arc::new(levels())),
            Order::Pause { at: second },
            Order::Resume { at: second },
            Order::Settings(LiveSettings::of(&Plan::default())),
            Order::Quota {
                quota: QuotaKind::Rate,
                limit: 1_500,
                order: 7,
            },
            Order::Breaker {
                scope: scope(),
                signal: BreakerSignal::Set(BreakerState::HalfOpen),
            },
            Order::Timeouts(Arc::new(times)),
            Order::ShedLevel(2),
            Order::Record(RecordingOrder {
                id: 1,
                whose: Whose::Type(TypeId(2)),
                limits: Limits::IN_CROWD,
                waits: false,
            }),
            Order::EndRecording { id: 1 },
            Order::RateCeiling(Some(500)),
            Order::Finish,
            Order::Owners(Owners::first(ShardMap::in_turn(2))),
            Order::Sessions(12),
        ];
        let number = |order: &Order| match order {
            Order::Drain => 0,
            Order::CancelSteps => 1,
            Order::End => 2,
            Order::Quarantine { .. } => 3,
            Order::Roster(_) => 4,
            Order::Pause { .. } => 5,
            Order::Resume { .. } => 6,
            Order::Quota { .. } => 7,
            Order::Breaker { .. } => 8,
            Order::Timeouts(_) => 9,
            Order::ShedLevel(_) => 10,
            Order::Finish => 11,
            Order::Settings(_) => 12,
            Order::Arrivals(_) => 13,
            Order::Record(_) => 14,
            Order::EndRecording { .. } => 15,
            Order::Owners(_) => 16,
            Order::Sessions(_) => 17,
            Order::RateCeiling(_) => 18,
        };
        assert_eq!(sent(&orders, number), (0..19).collect());
    }

    #[test]
    fn every_report_can_be_sent_to_another_process() {
        let second = Duration::from_secs(1);
        let host = || Scope::Host("http://127.0.0.1:9501".to_owned());
        let usage = Usage {
            passed: 3,
            open: 2,
            ..Usage::default()
        };
        let reports = [
            Report::Batch {
                shard: 0,
                batch: Box::default(),
            },
            Report::Settled {
                shard: 1,
                revision: 3,
                at: second,
            },
            Report::Idle {
                shard: 1,
                revision: 3,
                owners: 1,
            },
            Report::Released {
                shard: 1,
                revision: 2,
                of: vec![7, 1_023],
            },
            Report::Joins {
                first: 4,
                threads: 2,
            },
            Report::Leaves { shards: vec![0, 1] },
            Report::Divided(ShardMap::in_turn(2)),
            Report::SessionsLeft {
                shard: 1,
                sessions: 7,
            },
            Report::QuotaUsed {
                shard: 1,
                usage,
                is_starved: true,
            },
            Report::QuotaReduced {
                shard: 1,
                quota: QuotaKind::Connections,
                order: 7,
                held: 20,
            },
            Report::Breaker {
                shard: 1,
                report: BreakerReport::Failing {
                    scope: host(),
                    failures: 5,
                },
            },
            Report::Breaker {
                shard: 1,
                report: BreakerReport::RetryAfter {
                    scope: host(),
                    pause: second,
                },
            },
            Report::Breaker {
                shard: 1,
                report: BreakerReport::Probed {
                    scope: host(),
                    ending: Ending::Failed(Some(second)),
                },
            },
            Report::Recording {
                id: 1,
                news: RecordingNews::Happened(Box::new(Event {
                    at: 0.5,
                    what: What::Judged {
                        call: 3,
                        why: "sold out".to_owned(),
                    },
                })),
            },
            Report::Ready,
            Report::Ended { shard: 1 },
            Report::Failed {
                shard: 1,
                why: "no thread".to_owned(),
            },
            Report::Lost { shard: 1 },
            Report::Cleaned {
                left: BTreeMap::from([("user".to_owned(), 2)]),
            },
            Report::Cluster(Box::default()),
            Report::Machine {
                shard: 2,
                report: Box::default(),
            },
            Report::Checkpoint { number: 1 },
            Report::Superseded {
                why: "another leads".to_owned(),
            },
        ];
        let number = |report: &Report| match report {
            Report::Batch { .. } => 0,
            Report::Settled { .. } => 1,
            Report::Idle { .. } => 2,
            Report::QuotaUsed { .. } => 3,
            Report::QuotaReduced { .. } => 4,
            Report::Breaker { .. } => 5,
            Report::Ready => 6,
            Report::Ended { .. } => 7,
            Report::Failed { .. } => 8,
            Report::Recording { .. } => 9,
            Report::Lost { .. } => 10,
            Report::Cleaned { .. } => 11,
            Report::Cluster(_) => 12,
            Report::Released { .. } => 13,
            Report::Joins { .. } => 14,
            Report::Leaves { .. } => 15,
            Report::Divided(_) => 16,
            Report::SessionsLeft { .. } => 17,
            Report::Machine { .. } => 18,
            Report::Superseded { .. } => 19,
            Report::Checkpoint { .. } => 20,
        };
        assert_eq!(sent(&reports, number), (0..21).collect());
    }

    #[test]
    fn a_roster_brings_the_sources_of_what_it_names() {
        let bundle = Bundle::read(&Place::Stock, None).expect("the built-in scripts are read");
        let mut sent = roster();
        sent.bundles.insert(1, Arc::new(bundle));
        let text = serde_json::to_string(&sent).expect("it is plain");
        let read: Roster = serde_json::from_str(&text).expect("it is read back");
        let (name, bundle) = read.sources(TypeId(0), 1).expect("version 1 came along");
        assert!(bundle.types.contains_key(name), "{name}");
        assert!(read.sources(TypeId(0), 2).is_none(), "version 2 did not");
    }
}
