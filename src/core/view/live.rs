//! What holds only at the moment: the last second, levels, the last failures.

use serde::{Deserialize, Serialize};

use super::latency::Latency;
use super::load::Outcomes;
use crate::metrics::{self, Conditions, FailureNote, Histogram, Phase, Snapshot};

/// A run at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    pub phase: Phase,
    /// Until the run ends by itself; none when it does not.
    pub left: Option<Left>,
    /// Users alive.
    pub users: i64,
    /// Users that the plan has now, where that changes with the run's time.
    pub planned_users: Option<f64>,
    /// Arrivals a second that the plan has now, in an open crowd.
    pub planned_arrivals: Option<f64>,
    /// The time of day of the plan's curve, as seconds since its midnight, of a day of 24 hours.
    pub time_of_day_seconds: Option<f64>,
    pub interval: Interval,
    pub health: Health,
    /// The last failures, newest first.
    pub failures: Vec<Note>,
    /// What holds, and since when.
    pub conditions: Conditions,
    /// Types whose users begin no session, each with the run's age until when.
    pub quarantined: Vec<(String, f64)>,
    /// Until the warm-up is over; none where there is none, or none any more.
    pub warm_up_left_seconds: Option<f64>,
}

/// The last second, or what there was of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// From 1: a view that tells news before the second is over has the one before.
    pub number: u64,
    /// How long it was by the run's clock, which stands still in a pause and goes on in clean-up.
    pub seconds: f64,
    /// Whether that is enough for a rate.
    pub is_whole: bool,
    pub requests: Outcomes,
    /// Requests a second; none in a pause, and where there was not half a second.
    pub per_second: Option<f64>,
    /// Service times.
    pub latency_seconds: Latency,
    /// The same as they were counted, for what adds up intervals.
    pub service: Histogram,
    /// Response times as they were counted.
    pub response: Histogram,
}

/// What is left of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Left {
    Seconds(f64),
    Sessions(u64),
}

/// How throng itself is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// The latest that a timer fired in the last second: turns of the loop are not longer.
    pub lag_seconds: f64,
    /// The 99th percentile of it, on the thread on which it was largest.
    pub lag_p99_seconds: f64,
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

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Its place among those that the run noted, from 1.
    #[serde(skip)]
    pub number: u64,
    #[serde(rename = "type")]
    pub kind: String,
    pub method: String,
    pub name: String,
    /// `status 500`, or the network's failure.
    pub what: String,
    pub text: String,
    /// What was sent and what came, line by line.
    pub request: String,
    pub response: String,
    /// The second of the run's age in which it was counted.
    pub at_seconds: u64,
    /// Service time; null if nothing was sent.
    pub service_seconds: Option<f64>,
    /// Of the script that sent it.
    pub version: u32,
    /// `active #31 session 4`
    pub user: String,
    /// The step that sent it.
    pub step: Option<String>,
    /// `scripts/active.lua:41`
    pub place: Option<String>,
    /// Its trace, where it carried a `traceparent`, and where that can be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_url: Option<String>,
}

impl Live {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let interval = &snapshot.interval;
        let service = interval.service();
        let notes = snapshot.failures.iter().rev();
        let quarantined = snapshot.conditions.quarantined.iter();
        let warm_up = snapshot.measured.as_ref();
        let warm_up = warm_up.filter(|measured| measured.since.is_none());
        Self {
            phase: snapshot.phase,
            left: snapshot.left.map(|left| match left {
                metrics::Left::Time(time) => Left::Seconds(time.as_secs_f64()),
                metrics::Left::Sessions(sessions) => Left::Sessions(sessions),
            }),
            users: snapshot.users_alive(),
            planned_users: snapshot.planned_users,
            planned_arrivals: snapshot.planned_arrivals,
            time_of_day_seconds: snapshot.time_of_day.map(|time| time.as_secs_f64()),
            interval: Interval {
                number: interval.number,
                seconds: interval.seconds,
                is_whole: interval.is_whole(),
                requests: interval.outcomes().into(),
                per_second: interval.rate(),
                latency_seconds: Latency::of_second(&service),
                service,
                response: interval.response(),
            },
            health: Health {
                lag_seconds: interval.lag.as_secs_f64(),
                lag_p99_seconds: interval.lag_p99.as_secs_f64(),
                cpu: snapshot.cpu_ratio,
                busiest_thread: interval.busiest_thread,
                overloaded: interval.is_overloaded(),
                overloaded_seconds: snapshot.generator.overloaded,
                judged_seconds: snapshot.generator.judged,
                connections: snapshot.health.open_connections,
                lua_memory: snapshot.health.lua_memory,
                vms: snapshot.health.vms,
            },
            failures: notes.map(|note| Note::of(snapshot, note)).collect(),
            conditions: snapshot.conditions.clone(),
            quarantined: quarantined
                .map(|(kind, until)| (snapshot.type_name(*kind).to_owned(), until.as_secs_f64()))
                .collect(),
            warm_up_left_seconds: warm_up.map(|measured| {
                let left = measured.warm_up.saturating_sub(snapshot.elapsed);
                left.as_secs_f64()
            }),
        }
    }
}

impl Note {
    pub(super) fn of(snapshot: &Snapshot, note: &FailureNote) -> Self {
        Self {
            number: note.number,
            kind: snapshot.type_name(note.kind).to_owned(),
            method: note.operation.verb.to_string(),
            name: note.operation.name.to_string(),
            what: note.failure.to_string(),
            text: note.text.clone(),
            request: note.request.clone(),
            response: note.response.clone(),
            at_seconds: note.at.as_secs(),
            service_seconds: note.service.map(|service| service.as_secs_f64()),
            version: note.version,
            user: note.origin.user.clone(),
            step: note.origin.step.clone(),
            place: note.origin.place.clone(),
            trace_id: note.trace.as_ref().map(|trace| trace.id.clone()),
            trace_url: note.trace.as_ref().and_then(|trace| trace.url.clone()),
        }
    }
}
