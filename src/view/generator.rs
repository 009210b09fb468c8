use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use crate::metrics::Snapshot;

/// How throng itself kept up: what the times are worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    pub overloaded_seconds: u64,
    /// Seconds of which that was judged.
    pub judged_seconds: u64,
    /// Processors in use, on the average; none where nothing was measured.
    pub cpu_cores: Option<f64>,
    /// Share of a core that the busiest thread used, in the second in which that was most.
    pub busiest_thread: Option<f64>,
    /// Requests that this machine could not send.
    pub not_sent: Vec<NotSent>,
    pub lag_seconds: Lag,
    /// The same in buckets; in no summary.
    #[serde(skip)]
    pub lag: Buckets,
}

/// Requests that this machine could not send, by what it lacked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotSent {
    pub reason: String,
    pub count: u64,
}

/// How late the shards' timers were, in seconds; none where none was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lag {
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    pub max: Option<f64>,
}

impl Generator {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let (generator, lag) = (&snapshot.generator, &snapshot.totals.lag);
        let seconds = |micros: u64| (!lag.is_empty()).then_some(micros as f64 / 1e6);
        let not_sent = snapshot.totals.not_sent.iter();
        Self {
            overloaded_seconds: generator.overloaded,
            judged_seconds: generator.judged,
            cpu_cores: generator.cores(),
            busiest_thread: generator.busiest_thread,
            not_sent: not_sent
                .map(|(reason, count)| NotSent {
                    reason: reason.clone(),
                    count: *count,
                })
                .collect(),
            lag_seconds: Lag {
                p50: seconds(lag.quantile(0.5)),
                p99: seconds(lag.quantile(0.99)),
                max: seconds(lag.max()),
            },
            lag: lag.into(),
        }
    }
}
