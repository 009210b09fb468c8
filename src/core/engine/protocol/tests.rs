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
