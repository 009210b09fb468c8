//! Incidents: what held for a while in place of the settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Maximum spans that are kept of one incident; older ones are dropped.
const MAX_SPANS: usize = 100;

/// How one incident of the plan stands. Times are ages of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentStatus {
    pub name: String,
    /// Until when it holds; none when it does not.
    pub until: Option<Duration>,
    /// When it begins next by itself.
    pub next: Option<Duration>,
    /// When it held, from and until, oldest first; the last one has no end while it holds.
    pub held: Vec<(Duration, Option<Duration>)>,
}

impl IncidentStatus {
    /// It holds from now on; one that does already goes on.
    pub fn begin(&mut self, now: Duration) {
        if self.held.last().is_none_or(|(_, until)| until.is_some()) {
            self.held.push((now, None));
        }
        let surplus = self.held.len().saturating_sub(MAX_SPANS);
        self.held.drain(..surplus);
    }

    /// It is over.
    pub fn end(&mut self, now: Duration) {
        if let Some((_, until @ None)) = self.held.last_mut() {
            *until = Some(now);
        }
    }
}
