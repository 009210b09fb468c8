//! What was sent and what came of it: as a whole, by type, by version, by endpoint.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::errors::{ErrorKind, errors};
use super::latency::{Latency, interval};
use super::people::{Arrivals, People};
use super::sessions::{Reason, Sessions};
use crate::metrics::{self, SeriesTotals, Settings, Snapshot, TypeId};
use crate::plan::crowd;

/// The run as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Load {
    pub requests: Requests,
    /// Service time: from sending to the last byte.
    pub latency_seconds: Latency,
    /// Response time: from the planned sending to the last byte.
    pub response_latency_seconds: Latency,
    pub sessions: Sessions,
    /// Of an open crowd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    /// Where people come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<People>,
    /// Failures by kind, the most frequent first.
    pub errors: Vec<ErrorKind>,
}

/// Requests by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    pub total: u64,
    pub ok: u64,
    /// The refusal that the script declared came.
    pub expected: u64,
    /// Any other status: a failure.
    pub unexpected: u64,
    /// The network or the protocol failed: a failure.
    pub error: u64,
    /// By a stop or a reload.
    pub cancelled: u64,
}

/// Requests, and how many a second over the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Requests {
    #[serde(flatten)]
    pub outcomes: Outcomes,
    pub per_second: f64,
    /// Of the run as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_sent: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_received: Option<u64>,
}

/// A type of user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserType {
    pub name: String,
    pub requests: Requests,
    pub sessions: Sessions,
    /// Of an open crowd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    /// Where people come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<People>,
    pub latency_seconds: Latency,
    pub response_latency_seconds: Latency,
    /// Oldest first.
    pub versions: Vec<Version>,
    /// What holds only now, and is in no summary.
    #[serde(skip)]
    pub live: LiveType,
}

/// A type of user at this moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveType {
    /// Users alive.
    pub users: i64,
    /// Users away between two sessions.
    pub away: i64,
    /// By its share of the users of all types; none in an open crowd.
    pub planned: Option<u32>,
    /// The newest version; none of what has no script, or has none any more.
    pub newest: Option<u32>,
    /// Requests a second, in the last second; none in a pause, and where there was not half a second.
    pub per_second: Option<f64>,
    /// Response times.
    pub response: Buckets,
}

impl UserType {
    /// Whether it is a type of user: what else the run does has a name that begins with `_`.
    pub fn has_users(&self) -> bool {
        !self.name.starts_with('_')
    }

    /// Whether users of it live in more than one version.
    pub fn is_parted(&self) -> bool {
        self.versions.iter().filter(|one| one.users > 0).count() > 1
    }
}

/// One version of a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The release that brought it; 0 is all that are too old to be distinguished.
    pub version: u32,
    /// Alive now.
    pub users: i64,
    pub requests: Outcomes,
    pub latency_seconds: Latency,
    /// Calls of its steps that ended.
    pub steps: u64,
    pub script_errors: u64,
    /// Service times; in no summary.
    #[serde(skip)]
    pub service: Buckets,
    /// The intervals of 95 % of p50, p95 and p99; in no summary.
    #[serde(skip)]
    pub intervals: [Option<(f64, f64)>; 3],
}

/// Requests of one type, method and name.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The type of user.
    pub kind: String,
    pub method: String,
    pub name: String,
    /// By status; `none` when there was no response.
    pub statuses: Vec<(String, Outcomes)>,
    /// Service times.
    pub service: Buckets,
}

/// Requests of one method and name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    pub method: String,
    pub name: String,
    /// By status; `none` when there was no response.
    pub status: BTreeMap<String, u64>,
    pub outcomes: Outcomes,
    pub latency_seconds: Latency,
    /// Requests a second, over the whole run.
    #[serde(skip)]
    pub per_second: f64,
}

impl From<metrics::Outcomes> for Outcomes {
    fn from(outcomes: metrics::Outcomes) -> Self {
        Self {
            total: outcomes.total(),
            ok: outcomes.ok,
            expected: outcomes.expected,
            unexpected: outcomes.unexpected,
            error: outcomes.error,
            cancelled: outcomes.cancelled,
        }
    }
}

impl Outcomes {
    /// The words of the outcomes with their counts, in the order in which they are shown.
    pub fn named(&self) -> [(&'static str, u64); 5] {
        [
            ("ok", self.ok),
            ("expected", self.expected),
            ("unexpected", self.unexpected),
            ("error", self.error),
            ("cancelled", self.cancelled),
        ]
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.each(other, u64::saturating_add);
    }

    /// What is counted here and not there: both are counters, and the other one is older.
    pub(super) fn take_away(&mut self, other: &Self) {
        self.each(other, u64::saturating_sub);
    }

    fn each(&mut self, other: &Self, figure: impl Fn(u64, u64) -> u64) {
        for (ours, theirs) in [
            (&mut self.total, other.total),
            (&mut self.ok, other.ok),
            (&mut self.expected, other.expected),
            (&mut self.unexpected, other.unexpected),
            (&mut self.error, other.error),
            (&mut self.cancelled, other.cancelled),
        ] {
            *ours = figure(*ours, theirs);
        }
    }

    /// Failures.
    pub fn failed(&self) -> u64 {
        self.unexpected + self.error
    }

    /// The share of requests that failed, 0 to 1; none where there was no request.
    pub fn failure_rate(&self) -> Option<f64> {
        (self.total > 0).then(|| self.failed() as f64 / self.total as f64)
    }
}

impl Load {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let (sent, received) = snapshot.bytes();
        let failures = snapshot.totals.failed_sessions.iter();
        let failures = failures.map(|(reason, count)| Reason {
            reason: reason.clone(),
            count: *count,
        });
        Self {
            requests: Requests {
                bytes_sent: Some(sent),
                bytes_received: Some(received),
                ..requests(snapshot, snapshot.requests())
            },
            latency_seconds: (&snapshot.service()).into(),
            response_latency_seconds: (&snapshot.response()).into(),
            sessions: Sessions {
                failures: Some(failures.collect()),
                ..snapshot.sessions().into()
            },
            arrivals: Arrivals::of(snapshot.arrivals()),
            people: People::of(snapshot.people()),
            errors: errors(snapshot),
        }
    }
}

fn requests(snapshot: &Snapshot, outcomes: metrics::Outcomes) -> Requests {
    Requests {
        outcomes: outcomes.into(),
        per_second: snapshot.per_second(outcomes.total()),
        bytes_sent: None,
        bytes_received: None,
    }
}

pub(super) fn types(snapshot: &Snapshot) -> Vec<UserType> {
    let none = metrics::TypeTotals::default();
    let planned = planned(snapshot);
    let one = |(kind, name): (TypeId, &str)| {
        let totals = snapshot.totals.types.get(&kind).unwrap_or(&none);
        UserType {
            name: name.to_owned(),
            requests: requests(snapshot, snapshot.totals.outcomes(Some(kind))),
            sessions: totals.sessions.into(),
            arrivals: Arrivals::of(totals.arrivals),
            people: People::of(totals.people),
            latency_seconds: (&totals.service).into(),
            response_latency_seconds: (&totals.response).into(),
            versions: versions(snapshot, kind),
            live: LiveType {
                users: snapshot.users_of(kind),
                away: snapshot.away.get(&kind).copied().unwrap_or_default(),
                planned: planned.get(name).copied(),
                newest: snapshot.versions.get(&kind).copied(),
                per_second: snapshot.interval.rate_of(kind),
                response: (&totals.response).into(),
            },
        }
    };
    snapshot.types().map(one).collect()
}

/// The users divided by the weights, in the run's order of types, as the run itself does it; nothing in an open crowd.
fn planned(snapshot: &Snapshot) -> BTreeMap<&str, u32> {
    if snapshot.planned_arrivals.is_some() {
        return BTreeMap::new();
    }
    let Settings { users, weights, .. } = &snapshot.settings;
    let names = snapshot.types().map(|(_, name)| name);
    let names: Vec<&str> = names.filter(|name| !name.starts_with('_')).collect();
    let shares: Vec<f64> = names
        .iter()
        .map(|name| weights.get(*name).copied().unwrap_or_default())
        .collect();
    let users = snapshot
        .planned_users
        .map_or(*users, |users| users.round() as u32);
    let counts = crowd::apportion(&shares, users);
    names.into_iter().zip(counts).collect()
}

fn versions(snapshot: &Snapshot, kind: TypeId) -> Vec<Version> {
    let versions = snapshot.versions_of(kind).into_iter();
    versions
        .map(|one| Version {
            version: one.number,
            users: one.users.max(0),
            requests: one.totals.outcomes.into(),
            latency_seconds: (&one.totals.service).into(),
            steps: one.totals.steps,
            script_errors: one.totals.script_errors,
            service: (&one.totals.service).into(),
            intervals: [0.5, 0.95, 0.99].map(|share| interval(&one.totals.service, share)),
        })
        .collect()
}

pub(super) fn endpoints(snapshot: &Snapshot) -> Vec<Endpoint> {
    // Most endpoints are of one type: what is not summed is not copied.
    let mut endpoints = BTreeMap::<_, Cow<'_, SeriesTotals>>::new();
    for (series, totals) in &snapshot.totals.series {
        endpoints
            .entry((&*series.operation.name, &*series.operation.verb))
            .and_modify(|sum| sum.to_mut().add(totals.clone()))
            .or_insert(Cow::Borrowed(totals));
    }
    let one = |((name, method), totals): ((&str, &str), Cow<'_, SeriesTotals>)| {
        let outcomes = Outcomes::from(totals.outcomes());
        let statuses = totals.statuses.iter();
        Endpoint {
            method: method.to_owned(),
            name: name.to_owned(),
            status: statuses
                .map(|(status, counts)| (status.to_string(), counts.total()))
                .collect(),
            outcomes,
            latency_seconds: (&totals.service).into(),
            per_second: snapshot.per_second(outcomes.total),
        }
    };
    endpoints.into_iter().map(one).collect()
}

pub(super) fn series(snapshot: &Snapshot) -> Vec<Series> {
    let one = |(series, totals): (&metrics::Series, &SeriesTotals)| {
        let statuses = totals.statuses.iter();
        Series {
            kind: snapshot.type_name(series.kind).to_owned(),
            method: series.operation.verb.to_string(),
            name: series.operation.name.to_string(),
            statuses: statuses
                .map(|(status, outcomes)| (status.to_string(), (*outcomes).into()))
                .collect(),
            service: (&totals.service).into(),
        }
    };
    snapshot.totals.series.iter().map(one).collect()
}
