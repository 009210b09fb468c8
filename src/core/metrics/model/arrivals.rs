//! Arrivals of an open crowd: those that began a session, and those that could not.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why an arrival began no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// As many users are there as may be.
    MaxUsers,
    /// This machine was too busy to begin it in time.
    Late,
    /// Its type is in quarantine, or its script does not load.
    Script,
}

/// An arrival that begins later than this after its moment is late: what was sent in its second is less than the plan.
pub const LATE_ARRIVAL: Duration = Duration::from_millis(100);

/// Counts of arrivals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    /// All of them, those that were dropped included.
    pub total: u64,
    /// More than [`LATE_ARRIVAL`] after its moment, those that were dropped for it included.
    #[serde(default)]
    pub late: u64,
    /// Dropped: no place.
    pub dropped_max_users: u64,
    /// Dropped: too late.
    pub dropped_late: u64,
    /// Dropped: nothing to run.
    pub dropped_script: u64,
}

impl DropReason {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::MaxUsers, Self::Late, Self::Script];

    /// The word for it in metrics and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MaxUsers => "max_users",
            Self::Late => "late",
            Self::Script => "script",
        }
    }
}

impl Arrivals {
    /// Those that began no session.
    pub fn dropped(&self) -> u64 {
        DropReason::ALL.map(|why| self.dropped_by(why)).iter().sum()
    }

    /// Those that began no session for this reason.
    pub fn dropped_by(&self, why: DropReason) -> u64 {
        match why {
            DropReason::MaxUsers => self.dropped_max_users,
            DropReason::Late => self.dropped_late,
            DropReason::Script => self.dropped_script,
        }
    }

    /// Counts one that comes so late.
    pub fn count(&mut self, late: Duration) {
        self.total += 1;
        self.late += u64::from(late > LATE_ARRIVAL);
    }

    /// Counts one that is dropped; it was counted as an arrival before.
    pub fn drop_one(&mut self, why: DropReason) {
        match why {
            DropReason::MaxUsers => self.dropped_max_users += 1,
            DropReason::Late => self.dropped_late += 1,
            DropReason::Script => self.dropped_script += 1,
        }
    }

    pub fn add(&mut self, other: &Arrivals) {
        self.total += other.total;
        self.late += other.late;
        self.dropped_max_users += other.dropped_max_users;
        self.dropped_late += other.dropped_late;
        self.dropped_script += other.dropped_script;
    }
}
