use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{Snapshot, StopCause, StopReason};

/// Which run it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: String,
    pub seed: u64,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// Its age on its own clock, which stands still in a pause.
    pub seconds: f64,
    /// Users planned, without incidents.
    pub users: u64,
    /// The most users at once: with one thread at any moment; with several the most of one thread at any moment, or of all at
    /// the end of a second.
    pub users_peak: u64,
    /// Of throng.
    pub version: String,
    pub base_url: String,
    /// The folder of the scripts, or that they are built in.
    pub scripts: String,
}

impl Run {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let run = &snapshot.run;
        Self {
            id: run.id.clone(),
            seed: run.seed,
            started_at: run.started_at.clone(),
            seconds: snapshot.elapsed.as_secs_f64(),
            users: run.users,
            users_peak: snapshot.peak_users,
            version: run.version.clone(),
            base_url: run.base_url.clone(),
            scripts: run.scripts.clone(),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// Why it ended itself; none when it did not.
    pub stopped_by: Option<StoppedBy>,
    /// What it created and is still on the target, by kind.
    pub left_behind: BTreeMap<String, u64>,
}

/// Why a run ended itself before its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoppedBy {
    pub cause: StopCause,
    /// The run's age at that moment.
    pub at_seconds: f64,
    /// The rule that was met.
    pub rule: String,
    /// The figures that met it, as half a sentence.
    pub figures: String,
}

impl Ending {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self {
            stopped_by: snapshot.stopped_by.as_ref().map(StoppedBy::from),
            left_behind: snapshot.left_behind.clone(),
        }
    }
}

impl From<&StopReason> for StoppedBy {
    fn from(stop: &StopReason) -> Self {
        Self {
            cause: stop.cause,
            at_seconds: stop.at.as_secs_f64(),
            rule: stop.rule.clone(),
            figures: stop.figures.clone(),
        }
    }
}
