//! Incidents: what held for a while in place of the settings.

use serde::{Deserialize, Serialize};

use crate::metrics::IncidentStatus;

/// One incident of the plan. Times are ages of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub name: String,
    /// Until when it holds; null when it does not.
    pub until_seconds: Option<f64>,
    /// When it begins next by itself; null when it does not.
    pub next_seconds: Option<f64>,
    /// When it held, oldest first, at most a hundred.
    pub held: Vec<Held>,
}

/// A span in which an incident held.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    pub from_seconds: f64,
    /// Null while it holds, or when the run ended first.
    pub to_seconds: Option<f64>,
}

impl Incident {
    pub(super) fn of(status: &IncidentStatus) -> Self {
        Self {
            name: status.name.clone(),
            until_seconds: status.until.map(|until| until.as_secs_f64()),
            next_seconds: status.next.map(|next| next.as_secs_f64()),
            held: status
                .held
                .iter()
                .map(|(from, to)| Held {
                    from_seconds: from.as_secs_f64(),
                    to_seconds: to.map(|to| to.as_secs_f64()),
                })
                .collect(),
        }
    }
}
