//! `GET /api/v1/run`: the run as it is now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reloading::Reloading;
use super::requests::{Requests, failure_rate};
use crate::metrics::{self, Phase, Settings, Snapshot, TypeId};
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
    pub reloading: Reloading,
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
    /// Requests a second, in the last second.
    pub requests: f64,
    /// Requests a second, over the whole run.
    pub requests_mean: f64,
    /// Share of the requests that failed, 0 to 1, in the last second.
    pub failures: f64,
    /// Share of the requests that failed, 0 to 1, over the whole run.
    pub failures_mean: f64,
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
            reloading: Reloading::of(snapshot),
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
