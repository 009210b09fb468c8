//! `GET /api/v1/run`: the run as it is now.

use serde::{Deserialize, Serialize};

use crate::view::{
    Exit, GeneratorReason, GeneratorVerdict, Health, Incident, Latency, Left, Outcomes, Phase,
    Protection, ReloadStatus, RunView, Settings, StatusLine, Threshold,
};

/// A run as it is now. Times are seconds, on the run's clock, which stands still in a pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The run's id.
    pub run: String,
    /// Of throng.
    pub version: String,
    /// Where the requests go.
    pub target: String,
    pub seed: u64,
    pub phase: Phase,
    /// What is wrong and where, the worst first.
    pub status: Vec<StatusLine>,
    /// The run's age.
    pub elapsed_seconds: f64,
    /// Until the run ends by itself; null when it does not.
    pub left: Option<Left>,
    pub users: Users,
    /// Null in a closed crowd.
    pub arrivals: Option<Arrivals>,
    /// Null where the run is on one machine.
    pub workers: Option<Workers>,
    pub settings: Settings,
    pub incidents: Vec<Incident>,
    /// The exit code and its reasons; null until the run is over.
    pub exit: Option<Exit>,
    /// How the thresholds stand.
    pub thresholds: Vec<Threshold>,
    pub requests: Outcomes,
    pub rates: Rates,
    pub latency_seconds: Percentiles,
    pub health: Health,
    pub generator: Generator,
    pub protection: Protection,
    pub reload_status: ReloadStatus,
}

/// What the figures are worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Null while too little was judged.
    pub verdict: Option<GeneratorVerdict>,
    pub reasons: Vec<GeneratorReason>,
}

/// Who is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    pub alive: i64,
    /// Users that there should be; null in an open crowd.
    pub planned: Option<u64>,
    /// Users away between two sessions.
    pub away: u64,
    pub types: Vec<UsersOfType>,
}

/// Who is there of one type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersOfType {
    #[serde(rename = "type")]
    pub kind: String,
    pub alive: i64,
    /// By its share of the users of all types; null in an open crowd.
    pub planned: Option<u32>,
}

/// The workers of a run on several machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workers {
    /// How many there shall be.
    pub wanted: u64,
    pub at_work: u64,
    /// Those of them that have applied the last command.
    pub obeyed: u64,
    /// Requests that they declared and that were not counted, at this moment.
    pub gap: u64,
    /// Arrivals that were due on workers that are lost, and are in none of their reports; null in a closed crowd.
    pub lost_arrivals: Option<u64>,
}

/// Who comes, in an open crowd.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrivals {
    /// Arrivals a second that the plan has now.
    pub planned: f64,
    /// All of them so far.
    pub total: u64,
    /// Those that began no session.
    pub dropped: u64,
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
pub struct Percentiles {
    pub p50: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    pub max: Option<f64>,
}

impl From<&Latency> for Percentiles {
    fn from(times: &Latency) -> Self {
        Self {
            p50: times.p50,
            p95: times.p95,
            p99: times.p99,
            max: times.max,
        }
    }
}

impl From<&RunView> for Run {
    fn from(view: &RunView) -> Self {
        let (live, requests) = (&view.live, &view.load.requests);
        let types = view.types.iter().filter(|of| of.has_users());
        Self {
            run: view.run.id.clone(),
            version: view.run.version.clone(),
            target: view.run.base_url.clone(),
            seed: view.run.seed,
            phase: live.phase,
            status: view.status.clone(),
            elapsed_seconds: view.run.seconds,
            left: live.left,
            users: Users {
                alive: live.users,
                planned: view.planned_users(),
                away: view.away(),
                types: types
                    .map(|of| UsersOfType {
                        kind: of.name.clone(),
                        alive: of.live.users,
                        planned: of.live.planned,
                    })
                    .collect(),
            },
            workers: view.cluster.as_ref().map(|cluster| Workers {
                wanted: cluster.wanted,
                at_work: cluster.at_work,
                obeyed: cluster.obeyed,
                gap: cluster.gap,
                lost_arrivals: cluster.lost_arrivals,
            }),
            arrivals: live.planned_arrivals.map(|planned| {
                let so_far = view.load.arrivals.unwrap_or_default();
                Arrivals {
                    planned,
                    total: so_far.total,
                    dropped: so_far.dropped.total,
                }
            }),
            settings: view.settings.clone(),
            incidents: view.incidents.clone(),
            exit: view.exit.clone(),
            thresholds: view.thresholds.clone(),
            requests: requests.outcomes,
            rates: Rates {
                requests: live.interval.per_second,
                requests_mean: requests.per_second,
                failures: live.interval.requests.failure_rate(),
                failures_mean: requests.outcomes.failure_rate(),
            },
            latency_seconds: (&live.interval.latency_seconds).into(),
            health: live.health,
            generator: Generator {
                verdict: view.generator.verdict,
                reasons: view.generator.reasons.clone(),
            },
            protection: view.protection.clone(),
            reload_status: view.reload_status.clone(),
        }
    }
}
