//! What a run and its shards tell each other: plain data that could be sent to another process.
//!
//! It must never hold a moment of this machine's clock, a channel, or anything that only this process can read.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::protection::{Share, Usage};
use super::roster::Roster;
use super::serial;
use crate::metrics::{Batch, Scope, TypeId};
use crate::plan::LiveSettings;
use crate::request::admission::Times;
use crate::request::circuit_breaker::{BreakerReport, BreakerSignal};

/// From the run to a shard. Moments are times since the run began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// No new steps; a request under way is the last of its step.
    Drain,
    /// Requests of steps still under way are cut.
    CutSteps,
    /// What is still under way, `on_stop` too, is dropped.
    End,
    /// Users of this type begin no session for so long.
    Rest(TypeId, Duration),
    /// From now on this is who plays what.
    Roster(#[serde(with = "serial::shared")] Arc<Roster>),
    /// The run's clock stands still since this moment.
    Pause(Duration),
    /// It goes on at this moment.
    Resume(Duration),
    /// From now on scripts draw and pause by these.
    Settings(LiveSettings),
    /// It may use this much of a share; the number is that of the order.
    Quota(Share, u64, u64),
    /// How a circuit breaker stands.
    Breaker(Scope, BreakerSignal),
    /// What endpoints take.
    Times(#[serde(with = "serial::shared_pairs")] Arc<Times>),
    /// How much the target suffers.
    Strain(u8),
    /// Every shard is empty: the run is over.
    Finish,
}

/// From a shard to the run; the first number is that of the shard. Moments are times since the run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// What was counted in the last second.
    Batch(usize, Box<Batch>),
    /// Every user of the shard is where the roster of this revision wants it, since this moment.
    Settled(usize, u64, Duration),
    /// The shard has no active users, and the roster of this revision brings none. The next one may.
    Empty(usize, u64),
    /// What the shard used of its quotas since the last time, and whether users wait and the quota has nothing for them.
    Used(usize, Usage, bool),
    /// It uses no more than this of a share, by the order with this number.
    GaveBack(usize, Share, u64, u64),
    /// Something happened at a circuit breaker.
    Breaker(usize, BreakerReport),
    /// The shard can begin.
    Ready,
    /// The shard has ended; nothing more will come.
    Done(usize),
    /// The shard cannot begin, or cannot go on: why.
    Broken(usize, String),
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashMap};
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;

    use super::*;
    use crate::engine::roster::{ScriptVersion, UserType};
    use crate::metrics::BreakerState;
    use crate::plan::Plan;
    use crate::request::circuit_breaker::Ending;
    use crate::script::{Bundle, Place};

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

    fn roster() -> Roster {
        let version = |version| ScriptVersion {
            version,
            requests: (1, 20),
        };
        let types = [
            UserType {
                name: "active".into(),
                stable: Some(version(1)),
                canary: Some((version(2), 7)),
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
            bundles: BTreeMap::new(),
        }
    }

    #[test]
    fn every_order_can_be_sent_to_another_process() {
        let second = Duration::from_secs(1);
        let scope = || Scope::Endpoint("GET /users/{id}".to_owned());
        let times = HashMap::from([(("GET".into(), "/users".into()), second)]);
        let orders = [
            Order::Drain,
            Order::CutSteps,
            Order::End,
            Order::Rest(TypeId(1), second),
            Order::Roster(Arc::new(roster())),
            Order::Pause(second),
            Order::Resume(second),
            Order::Settings(LiveSettings::of(&Plan::default())),
            Order::Quota(Share::Rate, 1_500, 7),
            Order::Breaker(scope(), BreakerSignal::Set(BreakerState::HalfOpen)),
            Order::Times(Arc::new(times)),
            Order::Strain(2),
            Order::Finish,
        ];
        let number = |order: &Order| match order {
            Order::Drain => 0,
            Order::CutSteps => 1,
            Order::End => 2,
            Order::Rest(..) => 3,
            Order::Roster(_) => 4,
            Order::Pause(_) => 5,
            Order::Resume(_) => 6,
            Order::Quota(..) => 7,
            Order::Breaker(..) => 8,
            Order::Times(_) => 9,
            Order::Strain(_) => 10,
            Order::Finish => 11,
            Order::Settings(_) => 12,
        };
        assert_eq!(sent(&orders, number), (0..13).collect());
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
            Report::Batch(0, Box::default()),
            Report::Settled(1, 3, second),
            Report::Empty(1, 3),
            Report::Used(1, usage, true),
            Report::GaveBack(1, Share::Connections, 7, 20),
            Report::Breaker(1, BreakerReport::Failing(host(), 5)),
            Report::Breaker(1, BreakerReport::RetryAfter(host(), second)),
            Report::Breaker(
                1,
                BreakerReport::Probed(host(), Ending::Failed(Some(second))),
            ),
            Report::Ready,
            Report::Done(1),
            Report::Broken(1, "no thread".to_owned()),
        ];
        let number = |report: &Report| match report {
            Report::Batch(..) => 0,
            Report::Settled(..) => 1,
            Report::Empty(..) => 2,
            Report::Used(..) => 3,
            Report::GaveBack(..) => 4,
            Report::Breaker(..) => 5,
            Report::Ready => 6,
            Report::Done(_) => 7,
            Report::Broken(..) => 8,
        };
        assert_eq!(sent(&reports, number), (0..9).collect());
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
