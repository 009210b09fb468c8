use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ArrivalModel, Ramp, Remaining, RunProgress, UserProgress};

/// Maximum attempts at a session when each user has one and the connection to the target is lost during it.
const MAX_TRIES: u32 = 5;

/// When a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Length {
    /// Each user has one session.
    Once,
    /// A user whose session ended begins the next one, until this much time has passed since the start.
    Duration(Duration),
    /// As `Duration`, until a signal.
    Continuous,
    /// Users begin further sessions until this many, of all users together, have begun; the run ends with the
    /// last of them.
    Sessions(u64),
}

/// The closed model (Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI 2006): a
/// fixed number of users starts over a ramp, and a user begins its next session only when the previous one has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedModel {
    pub ramp: Ramp,
    pub length: Length,
}

impl ArrivalModel for ClosedModel {
    fn next_start(&self, elapsed: Duration, started: u32) -> Duration {
        self.ramp.start_of(started).max(elapsed)
    }

    fn repeats(&self, user: UserProgress) -> bool {
        match self.length {
            Length::Once => user.lost_target && user.failures < MAX_TRIES,
            Length::Duration(_) | Length::Continuous | Length::Sessions(_) => true,
        }
    }

    fn sessions(&self) -> Option<u64> {
        match self.length {
            Length::Sessions(sessions) => Some(sessions),
            Length::Once | Length::Duration(_) | Length::Continuous => None,
        }
    }

    fn end(&self) -> Option<Duration> {
        match self.length {
            Length::Duration(duration) => Some(duration),
            Length::Once | Length::Continuous | Length::Sessions(_) => None,
        }
    }

    fn remaining(&self, run: RunProgress) -> Option<Remaining> {
        let sessions = |planned: u64| Remaining::Sessions(planned.saturating_sub(run.sessions));
        match self.length {
            Length::Duration(end) => Some(Remaining::Time(end.saturating_sub(run.elapsed))),
            Length::Sessions(planned) => Some(sessions(planned)),
            Length::Once => Some(sessions(u64::from(run.users))),
            Length::Continuous => None,
        }
    }
}
