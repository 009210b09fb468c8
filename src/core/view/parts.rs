use serde::{Deserialize, Serialize};

use super::load::Outcomes;
use super::sessions::Sessions;
use crate::metrics::Snapshot;

/// A run in two parts that add up to the whole: its warm-up, which is left out of the other figures, and what was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// Nothing where there is none.
    pub warm_up: Part,
    pub measured: Part,
    pub total: Part,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub seconds: f64,
    pub requests: Outcomes,
    pub sessions: Sessions,
}

impl Parts {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let part = |snapshot: &Snapshot| Part {
            seconds: snapshot.elapsed.as_secs_f64(),
            requests: snapshot.requests().into(),
            sessions: snapshot.sessions().into(),
        };
        let total = part(snapshot);
        let measured = snapshot.after_warm_up();
        let measured = measured.map_or_else(|| total.clone(), |after| part(&after));
        Self {
            warm_up: total.without(&measured),
            measured,
            total,
        }
    }
}

impl Parts {
    /// The same where nothing is left out.
    pub(super) fn whole(self) -> Self {
        Self {
            warm_up: Part::default(),
            measured: self.total.clone(),
            total: self.total,
        }
    }
}

impl Part {
    fn without(&self, other: &Self) -> Self {
        let mut requests = self.requests;
        requests.take_away(&other.requests);
        let (ours, theirs) = (&self.sessions, &other.sessions);
        Self {
            seconds: self.seconds - other.seconds,
            requests,
            sessions: Sessions {
                total: ours.total - theirs.total,
                completed: ours.completed - theirs.completed,
                failed: ours.failed - theirs.failed,
                interrupted: ours.interrupted - theirs.interrupted,
                failures: None,
            },
        }
    }
}
