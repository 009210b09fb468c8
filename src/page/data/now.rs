//! A run as it is now, with all that the page shows of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::coverage::Coverage;
use super::failures::FailureGroup;
use super::history::Point;
use super::run::Run;
use super::versions::Versions;
use crate::view::{
    self, Arrivals, Check, Generator, Latency, LostAt, Metric, Outcomes, People, Results, RunView,
    ScriptError, UserType,
};

/// Endpoints that are distinguished on the page: those with the most requests.
const MAX_ENDPOINTS: usize = 100;

/// Steps and journeys that are distinguished on the page, each.
const MAX_STEPS: usize = 200;

/// p50, p95, p99 in seconds, over the whole run; null of nothing.
type Percentiles = [Option<f64>; 3];

#[derive(Serialize)]
struct Now<'a> {
    run: Run,
    /// RFC 3339, UTC.
    started_at: &'a str,
    /// How throng kept up.
    generator: &'a Generator,
    versions: Versions,
    intervals: Vec<Intervals<'a>>,
    latency_seconds: Percentiles,
    response_latency_seconds: Percentiles,
    types: Vec<OfType<'a>>,
    endpoints: Vec<Endpoint<'a>>,
    /// Endpoints that are not in the list.
    more_endpoints: usize,
    steps: Vec<Step<'a>>,
    /// Steps that are not in the list.
    more_steps: usize,
    journeys: Vec<Journey<'a>>,
    /// Journeys that are not in the list.
    more_journeys: usize,
    /// Failed requests by reason and endpoint, the most frequent first, without their examples.
    failure_groups: Vec<FailureGroup<'a>>,
    script_errors: &'a [ScriptError],
    checks: &'a [Check],
    metrics: &'a [Metric],
    /// Where the run knows what its target offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage<'a>>,
    /// Where people come back.
    people: Option<People>,
    /// The newest point of the charts; null when the last one still is it.
    point: Option<Point<'a>>,
}

/// Where the percentiles of a version lie.
#[derive(Serialize)]
struct Intervals<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    version: u32,
    /// Of p50, p95, p99: the interval of 95 % in seconds; null where there are too few times.
    service_seconds: [Option<(f64, f64)>; 3],
}

#[derive(Serialize)]
struct OfType<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    users: i64,
    requests: Outcomes,
    /// Requests a second, in the last second; null in a pause, and where there was not half a second.
    rate: Option<f64>,
    latency_seconds: Percentiles,
    response_latency_seconds: Percentiles,
    /// Completed, failed, interrupted.
    sessions: [u64; 3],
    /// Users away between two sessions.
    away: i64,
    /// Of an open crowd.
    #[serde(skip_serializing_if = "Option::is_none")]
    arrivals: Option<Arrivals>,
    /// Where people come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<People>,
}

#[derive(Serialize)]
struct Endpoint<'a> {
    method: &'a str,
    name: &'a str,
    requests: Outcomes,
    /// Requests a second, over the whole run.
    rate: f64,
    latency_seconds: Percentiles,
    max_seconds: Option<f64>,
    /// By status; `none` when there was no response.
    status: &'a BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    results: Results,
    /// Steps a second, over the whole run.
    rate: f64,
    duration_seconds: Percentiles,
}

#[derive(Serialize)]
struct Journey<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    begun: u64,
    under_way: u64,
    finished: u64,
    lost: u64,
    /// The most frequent first.
    lost_at: &'a [LostAt],
    results: Results,
    duration_seconds: Percentiles,
}

/// The run as it is now, as JSON on one line.
pub fn json(view: &RunView, point: Option<Point<'_>>) -> String {
    let mut endpoints: Vec<&view::Endpoint> = view.endpoints.iter().collect();
    endpoints.sort_by_key(|one| Reverse(one.outcomes.total));
    let more_endpoints = endpoints.len().saturating_sub(MAX_ENDPOINTS);
    let endpoints = endpoints.into_iter().take(MAX_ENDPOINTS);
    let now = Now {
        run: Run::from(view),
        started_at: &view.run.started_at,
        generator: &view.generator,
        versions: Versions::from(view),
        intervals: intervals(view),
        latency_seconds: percentiles(&view.load.latency_seconds),
        response_latency_seconds: percentiles(&view.load.response_latency_seconds),
        types: view.types.iter().map(of_type).collect(),
        endpoints: endpoints
            .map(|one| Endpoint {
                method: &one.method,
                name: &one.name,
                requests: one.outcomes,
                rate: one.per_second,
                latency_seconds: percentiles(&one.latency_seconds),
                max_seconds: one.latency_seconds.max,
                status: &one.status,
            })
            .collect(),
        more_endpoints,
        steps: view.steps.iter().take(MAX_STEPS).map(step).collect(),
        more_steps: view.steps.len().saturating_sub(MAX_STEPS),
        journeys: view.journeys.iter().take(MAX_STEPS).map(journey).collect(),
        more_journeys: view.journeys.len().saturating_sub(MAX_STEPS),
        failure_groups: view.failure_groups.iter().map(FailureGroup::from).collect(),
        script_errors: &view.scripts.script_errors,
        checks: &view.scripts.checks,
        metrics: &view.scripts.metrics,
        coverage: view.coverage.as_ref().map(Coverage::from),
        people: view.load.people,
        point,
    };
    // Plain data with keys of text always is JSON.
    serde_json::to_string(&now).unwrap_or_default()
}

fn intervals(view: &RunView) -> Vec<Intervals<'_>> {
    let versions = view
        .types
        .iter()
        .flat_map(|of| of.versions.iter().map(|one| (&*of.name, one)));
    versions
        .map(|(kind, one)| Intervals {
            kind,
            version: one.version,
            service_seconds: one.intervals,
        })
        .collect()
}

fn of_type(of: &UserType) -> OfType<'_> {
    let sessions = &of.sessions;
    OfType {
        kind: &of.name,
        users: of.live.users,
        requests: of.requests.outcomes,
        rate: of.live.per_second,
        latency_seconds: percentiles(&of.latency_seconds),
        response_latency_seconds: percentiles(&of.response_latency_seconds),
        sessions: [sessions.completed, sessions.failed, sessions.interrupted],
        away: of.live.away,
        arrivals: of.arrivals,
        people: of.people,
    }
}

fn step(step: &view::Step) -> Step<'_> {
    Step {
        kind: &step.kind,
        name: &step.name,
        results: step.ended.results,
        rate: step.per_second,
        duration_seconds: percentiles(&step.ended.duration_seconds),
    }
}

fn journey(journey: &view::Journey) -> Journey<'_> {
    Journey {
        kind: &journey.kind,
        name: &journey.name,
        begun: journey.begun,
        under_way: journey.under_way,
        finished: journey.finished,
        lost: journey.lost,
        lost_at: &journey.lost_at,
        results: journey.ended.results,
        duration_seconds: percentiles(&journey.ended.duration_seconds),
    }
}

fn percentiles(times: &Latency) -> Percentiles {
    [times.p50, times.p95, times.p99]
}
