//! The history of a run as JSON, short: it is sent as a whole.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::view::{History, Moment, Times};

/// Percentiles of the charts.
const SHARES: [f64; 3] = [0.5, 0.95, 0.99];

#[derive(Serialize)]
struct Past<'a> {
    /// Intervals, of a second each, that make a point.
    stride: u64,
    points: Vec<Point<'a>>,
}

/// One moment. Times are seconds.
#[derive(Serialize)]
pub struct Point<'a> {
    /// The number of its first interval, and how many it has.
    n: u64,
    of: u64,
    /// The run's age at its end.
    at_seconds: f64,
    seconds: f64,
    /// Alive, by type.
    users: BTreeMap<&'a str, i64>,
    /// Users that the plan has; null where that does not change with the run's time.
    planned_users: Option<f64>,
    /// Users away between two sessions.
    away: u64,
    /// Arrivals in it; null in a closed crowd.
    arrivals: Option<Arrivals>,
    /// The time of day of the curve, as seconds since midnight; null without a curve.
    time_of_day_seconds: Option<f64>,
    /// By type: ok, expected, unexpected, error, cancelled.
    outcomes: BTreeMap<&'a str, [u64; 5]>,
    /// p50, p95, p99; null when nothing was answered.
    latency_seconds: [Option<f64>; 3],
    response_latency_seconds: [Option<f64>; 3],
    /// Service times: where a cell begins, in seconds, and how many are in it.
    heat: Vec<(f64, u32)>,
    lag_seconds: f64,
    lag_p99_seconds: f64,
    /// Share of a core, at most.
    busiest_thread: Option<f64>,
    /// Sessions that began: of new people and of those who returned; null where nobody comes back.
    people: Option<(u64, u64)>,
    failing_thresholds: usize,
    /// The time of day at its end, since the Unix epoch.
    wall_seconds: f64,
    cpu: Option<f64>,
    connections: u64,
}

#[derive(Serialize)]
struct Arrivals {
    /// A second, by the plan.
    planned: f64,
    total: u64,
    dropped: u64,
}

/// All points of the charts, as JSON on one line.
pub fn json(history: &History) -> String {
    let past = Past {
        stride: history.stride(),
        points: history.moments().iter().map(point).collect(),
    };
    // Plain data with keys of text always is JSON.
    serde_json::to_string(&past).unwrap_or_default()
}

/// One point of the charts.
pub fn point(moment: &Moment) -> Point<'_> {
    Point {
        n: moment.number,
        of: moment.intervals,
        at_seconds: moment.at_seconds,
        seconds: moment.seconds,
        users: moment
            .users
            .iter()
            .map(|(kind, users)| (&**kind, *users))
            .collect(),
        planned_users: moment.planned_users,
        away: moment.away,
        arrivals: moment.arrivals.map(|of| Arrivals {
            planned: of.planned,
            total: of.total,
            dropped: of.dropped,
        }),
        time_of_day_seconds: moment.time_of_day_seconds,
        outcomes: moment
            .outcomes
            .iter()
            .map(|(kind, of)| {
                (
                    &**kind,
                    [of.ok, of.expected, of.unexpected, of.error, of.cancelled],
                )
            })
            .collect(),
        latency_seconds: percentiles(&moment.service),
        response_latency_seconds: percentiles(&moment.response),
        heat: moment.service.cells().collect(),
        lag_seconds: moment.lag_seconds,
        lag_p99_seconds: moment.lag_p99_seconds,
        busiest_thread: moment.busiest_thread,
        people: moment.people,
        failing_thresholds: moment.failing_thresholds,
        wall_seconds: moment.wall_seconds,
        cpu: moment.cpu,
        connections: moment.connections,
    }
}

fn percentiles(times: &Times) -> [Option<f64>; 3] {
    SHARES.map(|share| times.quantile(share))
}
