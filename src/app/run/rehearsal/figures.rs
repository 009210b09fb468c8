//! What happened in a dry run, as figures.

use std::time::Duration;

use crate::metrics::{Histogram, Outcomes, Snapshot, TypeId};
use crate::script::{Observed, OfType};

/// Parts into which the time is divided.
const PARTS: usize = 24;

/// One second of the run.
pub struct Second {
    at: f64,
    length: f64,
    users: i64,
    requests: Outcomes,
    sessions: u64,
}

impl Second {
    /// The second that this snapshot ends; none of one that ends none.
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let interval = &snapshot.interval;
        (interval.seconds > 0.0).then(|| Self {
            at: snapshot.elapsed.as_secs_f64(),
            length: interval.seconds,
            users: snapshot.users_alive(),
            requests: interval.outcomes(),
            sessions: snapshot.sessions().total(),
        })
    }
}

/// A part of the run's time.
pub struct Part {
    /// When it ends.
    pub until: Duration,
    /// Active users on average.
    pub users: f64,
    pub requests_per_second: f64,
    pub sessions_per_second: f64,
    /// Share of the requests.
    pub failed: Option<f64>,
}

/// Requests of one endpoint.
pub struct Endpoint {
    pub method: String,
    pub name: String,
    pub requests: u64,
    pub outcomes: Outcomes,
    /// Seconds.
    pub p50: f64,
    pub p95: f64,
}

/// Sessions of one type.
pub struct Kind {
    pub name: String,
    pub requests: u64,
    pub sessions: u64,
    pub observed: OfType,
}

/// An error of a script.
pub struct ScriptError {
    pub kind: String,
    pub place: String,
    pub message: String,
    pub count: u64,
}

/// All of it.
pub struct Figures {
    pub length: Duration,
    pub outcomes: Outcomes,
    pub sessions: u64,
    pub parts: Vec<Part>,
    pub endpoints: Vec<Endpoint>,
    pub kinds: Vec<Kind>,
    pub errors: Vec<ScriptError>,
    /// Why it ended itself before its time.
    pub stopped: Option<String>,
}

impl Figures {
    /// Those of a run by its last snapshot, the notes on its sessions, and its seconds.
    pub fn new(last: &Snapshot, observed: &Observed, seconds: &[Second]) -> Self {
        let micros = |histogram: &Histogram, quantile| histogram.quantile(quantile) as f64 / 1e6;
        let mut endpoints: Vec<Endpoint> = last
            .endpoints()
            .into_iter()
            .map(|endpoint| {
                let (operation, totals) = (endpoint.operation, endpoint.totals);
                let outcomes = totals.outcomes();
                Endpoint {
                    method: operation.verb.to_owned(),
                    name: operation.name.to_owned(),
                    requests: outcomes.total(),
                    outcomes,
                    p50: micros(&totals.service, 0.5),
                    p95: micros(&totals.service, 0.95),
                }
            })
            .collect();
        // Of equals their names decide, in which order they are already.
        endpoints.sort_by_key(|endpoint| std::cmp::Reverse(endpoint.requests));
        let kinds = last.types().map(|(kind, name)| {
            let totals = last.totals.types.get(&kind);
            Kind {
                name: name.to_owned(),
                requests: last.totals.outcomes(Some(kind)).total(),
                sessions: totals.map_or(0, |totals| totals.sessions.total()),
                observed: observed.of(kind),
            }
        });
        Self {
            length: last.elapsed,
            outcomes: last.requests(),
            sessions: last.sessions().total(),
            parts: parts(seconds),
            kinds: kinds
                .filter(|kind| kind.requests > 0 || kind.sessions > 0)
                .collect(),
            endpoints,
            errors: errors(last),
            stopped: last
                .stopped_by
                .as_ref()
                .map(|stop| format!("{}: {}", stop.rule, stop.figures)),
        }
    }
}

fn errors(last: &Snapshot) -> Vec<ScriptError> {
    let name = |kind: TypeId| last.type_name(kind).to_owned();
    let errors = last.totals.script_errors.iter();
    errors
        .map(|error| ScriptError {
            kind: name(error.kind),
            place: error.place.clone(),
            message: error.message.clone(),
            count: error.count,
        })
        .collect()
}

/// The seconds in about [`PARTS`] parts of whole seconds. What is less than a second at the end belongs to the last part.
fn parts(seconds: &[Second]) -> Vec<Part> {
    let whole = seconds.len().div_ceil(PARTS).max(1);
    let mut chunks: Vec<&[Second]> = seconds.chunks(whole).collect();
    let is_rest = |chunk: &&[Second]| chunk.len() * 2 < whole || length_of(chunk) < 0.5;
    if chunks.len() > 1 && chunks.last().is_some_and(is_rest) {
        chunks.pop();
        chunks.pop();
        let begin = chunks.len() * whole;
        chunks.push(&seconds[begin..]);
    }
    let mut before = 0;
    let mut parts = Vec::new();
    for chunk in chunks {
        let Some(last) = chunk.last() else { continue };
        let length = length_of(chunk);
        let mut requests = Outcomes::default();
        chunk
            .iter()
            .for_each(|second| requests.add(&second.requests));
        let users = chunk
            .iter()
            .map(|second| second.users as f64 * second.length);
        let failed = requests.unexpected + requests.error;
        parts.push(Part {
            until: Duration::from_secs_f64(last.at),
            users: users.sum::<f64>() / length,
            requests_per_second: requests.total() as f64 / length,
            sessions_per_second: (last.sessions - before) as f64 / length,
            failed: (requests.total() > 0).then(|| failed as f64 / requests.total() as f64),
        });
        before = last.sessions;
    }
    parts
}

fn length_of(seconds: &[Second]) -> f64 {
    seconds.iter().map(|second| second.length).sum()
}
