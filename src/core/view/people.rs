//! Who comes, who comes back and who does not.

use serde::{Deserialize, Serialize};

use crate::metrics::{self, DropReason};

/// Arrivals of an open crowd.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    /// All of them; those that were not dropped began a session.
    pub total: u64,
    pub dropped: Dropped,
}

/// Arrivals that began no session, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    pub total: u64,
    /// As many users were there as may be.
    pub max_users: u64,
    /// This machine was too busy.
    pub late: u64,
    /// The type was in quarantine, or its script did not load.
    pub script: u64,
}

/// Sessions by who began them, where people come back, and people who are lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    pub new: u64,
    pub returning: u64,
    pub lost: u64,
}

impl Arrivals {
    /// None where the crowd is closed.
    pub(super) fn of(arrivals: metrics::Arrivals) -> Option<Self> {
        (arrivals.total > 0).then(|| Self {
            total: arrivals.total,
            dropped: Dropped {
                total: arrivals.dropped(),
                max_users: arrivals.dropped_max_users,
                late: arrivals.dropped_late,
                script: arrivals.dropped_script,
            },
        })
    }
}

impl Dropped {
    /// The words of the reasons with their counts.
    pub fn named(&self) -> [(&'static str, u64); 3] {
        DropReason::ALL.map(|why| {
            let count = match why {
                DropReason::MaxUsers => self.max_users,
                DropReason::Late => self.late,
                DropReason::Script => self.script,
            };
            (why.as_str(), count)
        })
    }
}

impl People {
    /// None where nobody was counted.
    pub(super) fn of(people: metrics::People) -> Option<Self> {
        (!people.is_empty()).then_some(Self {
            new: people.new,
            returning: people.returning,
            lost: people.lost,
        })
    }

    /// The words with their counts.
    pub fn named(&self) -> [(&'static str, u64); 3] {
        [
            ("new", self.new),
            ("returning", self.returning),
            ("lost", self.lost),
        ]
    }
}
