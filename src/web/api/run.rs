//! `GET /api/v1/run`: the run as it is now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::protection::Protection;
use super::reload_status::ReloadStatus;
use super::requests::{Requests, failure_rate};
use crate::metrics::{self, Histogram, Phase, Settings, Snapshot, TypeId};
use crate::plan::crowd;

/// A run as it is now. Times are seconds, on the run's clock, which stands still in a pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The run's id.
    pub run: String,
    /// Of throng.
    pub version: String,
    /// Where the crowd goes.
    pub target: String,
    pub seed: u64,
    pub phase: Phase,
    /// The run's age.
    pub elapsed: f64,
    /// Until the run ends by itself; null when it does not.
    pub left: Option<Left>,
    pub users: Users,
    pub settings: Settings,
    pub requests: Requests,
    pub rates: Rates,
    pub times: Times,
    pub health: Health,
    pub protection: Protection,
    pub reload_status: ReloadStatus,
}

/// What is left of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Left {
    Seconds(f64),
    Sessions(u64),
}

/// Who is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    pub alive: i64,
    pub planned: u64,
    pub types: Vec<UsersOfType>,
}

/// Who is there of one type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersOfType {
    #[serde(rename = "type")]
    pub kind: String,
    pub alive: i64,
    /// By its share of the crowd.
    pub planned: u32,
}

/// How fast, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Requests a second, in the last second; null in a pause, and where there was not half a second.
    pub requests: Option<f64>,
    /// Requests a second, over the whole run.
    pub requests_mean: f64,
    /// Share of the requests that failed, 0 to 1, in the last second; null where there were none.
    pub failures: Option<f64>,
    /// Share of the requests that failed, 0 to 1, over the whole run; null where there were none.
    pub failures_mean: Option<f64>,
}

/// Service times of the last second, in seconds; null when nothing was answered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Times {
    pub p50: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    pub max: Option<f64>,
}

/// How throng itself is doing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// The latest that a timer fired in the last second, in seconds: turns of the loop are not longer.
    pub lag: f64,
    /// The 99th percentile of it, on the thread on which it was largest.
    pub lag_p99: f64,
    /// Processors in use: 1 is one whole core; null where the system does not tell.
    pub cpu: Option<f64>,
    /// Share of a core that the busiest thread used in the last second; null where the system does not tell.
    pub busiest_thread: Option<f64>,
    /// Whether throng itself was overloaded in the last second.
    pub overloaded: bool,
    /// Seconds in which it was, and seconds that were judged.
    pub overloaded_seconds: u64,
    pub judged_seconds: u64,
    pub connections: u64,
    /// Bytes held by Lua.
    pub lua_memory: u64,
    /// Lua VMs.
    pub vms: u64,
}

impl Times {
    fn of(times: &Histogram) -> Self {
        let seconds = |micros: u64| (!times.is_empty()).then_some(micros as f64 / 1e6);
        Self {
            p50: seconds(times.quantile(0.5)),
            p95: seconds(times.quantile(0.95)),
            p99: seconds(times.quantile(0.99)),
            max: seconds(times.max()),
        }
    }
}

impl Run {
    /// What a snapshot says.
    pub fn of(snapshot: &Snapshot) -> Self {
        let requests = snapshot.requests();
        Self {
            run: snapshot.run.id.clone(),
            version: snapshot.run.version.clone(),
            target: snapshot.run.base_url.clone(),
            seed: snapshot.run.seed,
            phase: snapshot.phase,
            elapsed: snapshot.elapsed.as_secs_f64(),
            left: snapshot.left.map(|left| match left {
                metrics::Left::Time(time) => Left::Seconds(time.as_secs_f64()),
                metrics::Left::Sessions(sessions) => Left::Sessions(sessions),
            }),
            users: users(snapshot),
            settings: snapshot.settings.clone(),
            requests: requests.into(),
            rates: Rates {
                requests: snapshot.interval.rate(),
                requests_mean: snapshot.rate(),
                failures: failure_rate(&snapshot.interval.outcomes()),
                failures_mean: failure_rate(&requests),
            },
            times: Times::of(&snapshot.interval.service()),
            health: Health {
                lag: snapshot.interval.lag.as_secs_f64(),
                lag_p99: snapshot.interval.lag_p99.as_secs_f64(),
                cpu: snapshot.cpu_ratio,
                busiest_thread: snapshot.interval.busiest_thread,
                overloaded: snapshot.interval.overloaded,
                overloaded_seconds: snapshot.generator.overloaded,
                judged_seconds: snapshot.generator.judged,
                connections: snapshot.health.open_connections,
                lua_memory: snapshot.health.lua_memory,
                vms: snapshot.health.vms,
            },
            protection: Protection::of(snapshot),
            reload_status: ReloadStatus::of(snapshot),
        }
    }
}

fn users(snapshot: &Snapshot) -> Users {
    let types: Vec<(TypeId, &str)> = of_the_crowd(snapshot).collect();
    let planned = planned(snapshot);
    Users {
        alive: snapshot.users_alive(),
        planned: snapshot.run.users,
        types: types
            .into_iter()
            .map(|(kind, name)| UsersOfType {
                kind: name.to_owned(),
                alive: snapshot.users_of(kind),
                planned: planned.get(name).copied().unwrap_or_default(),
            })
            .collect(),
    }
}

/// Types of users: what else the run does has a name that begins with `_`.
pub(super) fn of_the_crowd(snapshot: &Snapshot) -> impl Iterator<Item = (TypeId, &str)> {
    snapshot.types().filter(|(_, name)| !name.starts_with('_'))
}

/// The crowd divided by the weights, in the run's order of types, as the run itself does it.
fn planned(snapshot: &Snapshot) -> BTreeMap<&str, u32> {
    let Settings { users, weights, .. } = &snapshot.settings;
    let names: Vec<&str> = of_the_crowd(snapshot).map(|(_, name)| name).collect();
    let shares: Vec<f64> = names
        .iter()
        .map(|name| weights.get(*name).copied().unwrap_or_default())
        .collect();
    names
        .into_iter()
        .zip(crowd::apportion(&shares, *users))
        .collect()
}
