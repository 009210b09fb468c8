//! A run as it is now, with all that the page shows of it.

use serde::Serialize;

use super::past::Point;
use crate::metrics::{Histogram, Outcomes, Snapshot, TypeTotals};
use crate::web::api::{Requests, Run, Versions};

/// Endpoints that are told apart on the page: those with the most requests.
const MAX_ENDPOINTS: usize = 100;

#[derive(Serialize)]
struct Now<'a> {
    run: Run,
    versions: Versions,
    /// Over the whole run.
    times: Times,
    types: Vec<OfType<'a>>,
    endpoints: Vec<Endpoint<'a>>,
    /// Endpoints that are not in the list.
    more_endpoints: usize,
    failures: Vec<Failure<'a>>,
    script_errors: Vec<ScriptError<'a>>,
    /// The newest point of the charts; null when the last one still is it.
    point: Option<Point<'a>>,
}

/// Percentiles in seconds, over the whole run; null of nothing.
#[derive(Serialize)]
struct Times {
    service: [Option<f64>; 3],
    response: [Option<f64>; 3],
}

impl Times {
    fn of(service: &Histogram, response: &Histogram) -> Self {
        Self {
            service: percentiles(service),
            response: percentiles(response),
        }
    }
}

#[derive(Serialize)]
struct OfType<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    users: i64,
    requests: Requests,
    /// Requests a second, in the last second; null in a pause, and where there was not half a second.
    rate: Option<f64>,
    times: Times,
    sessions: [u64; 3],
}

#[derive(Serialize)]
struct Endpoint<'a> {
    method: &'a str,
    name: &'a str,
    requests: Requests,
    /// Requests a second, over the whole run.
    rate: f64,
    service: [Option<f64>; 3],
}

#[derive(Serialize)]
struct Failure<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    method: &'a str,
    name: &'a str,
    what: String,
    text: &'a str,
    request: &'a str,
    answer: &'a str,
}

#[derive(Serialize)]
struct ScriptError<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    version: u32,
    place: &'a str,
    message: &'a str,
    traceback: &'a str,
    count: u64,
}

pub fn json(snapshot: &Snapshot, point: Option<Point<'_>>) -> String {
    let all = snapshot.endpoints();
    let mut endpoints: Vec<Endpoint<'_>> = all
        .iter()
        .map(|one| {
            let requests = Requests::from(one.totals.outcomes());
            Endpoint {
                method: one.method,
                name: one.name,
                rate: snapshot.per_second(requests.total),
                requests,
                service: percentiles(&one.totals.service),
            }
        })
        .collect();
    endpoints.sort_by_key(|one| std::cmp::Reverse(one.requests.total));
    let more_endpoints = endpoints.len().saturating_sub(MAX_ENDPOINTS);
    endpoints.truncate(MAX_ENDPOINTS);
    let now = Now {
        run: Run::of(snapshot),
        versions: Versions::of(snapshot),
        times: Times::of(&snapshot.service(), &snapshot.response()),
        types: types(snapshot),
        endpoints,
        more_endpoints,
        failures: failures(snapshot),
        script_errors: script_errors(snapshot),
        point,
    };
    // Plain data with keys of text always is JSON.
    serde_json::to_string(&now).unwrap_or_default()
}

fn types(snapshot: &Snapshot) -> Vec<OfType<'_>> {
    let mut by_type = std::collections::BTreeMap::<_, Outcomes>::new();
    for (series, totals) in &snapshot.totals.series {
        by_type
            .entry(series.kind)
            .or_default()
            .add(&totals.outcomes());
    }
    let none = TypeTotals::default();
    let types = snapshot.types();
    types
        .map(|(kind, name)| {
            let totals = snapshot.totals.types.get(&kind).unwrap_or(&none);
            let sessions = totals.sessions;
            OfType {
                kind: name,
                users: snapshot.users_of(kind),
                requests: by_type.get(&kind).copied().unwrap_or_default().into(),
                rate: snapshot.interval.rate_of(kind),
                times: Times::of(&totals.service, &totals.response),
                sessions: [sessions.completed, sessions.failed, sessions.interrupted],
            }
        })
        .collect()
}

fn failures(snapshot: &Snapshot) -> Vec<Failure<'_>> {
    let newest_first = snapshot.failures.iter().rev();
    newest_first
        .map(|note| Failure {
            kind: snapshot.type_name(note.kind),
            method: &note.method,
            name: &note.name,
            what: note.failure.to_string(),
            text: &note.text,
            request: &note.request,
            answer: &note.answer,
        })
        .collect()
}

fn script_errors(snapshot: &Snapshot) -> Vec<ScriptError<'_>> {
    let errors = snapshot.totals.script_errors.iter();
    errors
        .map(|error| ScriptError {
            kind: snapshot.type_name(error.kind),
            version: error.version,
            place: &error.place,
            message: &error.message,
            traceback: &error.traceback,
            count: error.count,
        })
        .collect()
}

fn percentiles(times: &Histogram) -> [Option<f64>; 3] {
    let share = |share| (!times.is_empty()).then(|| times.quantile(share) as f64 / 1e6);
    [share(0.5), share(0.95), share(0.99)]
}
