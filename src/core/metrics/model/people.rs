//! People who come, come back, and do not.

use serde::{Deserialize, Serialize};

/// Counts of sessions by who begins them, and of people who are lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Sessions that a new person began.
    pub new: u64,
    /// Sessions that a person began who was there before.
    pub returning: u64,
    /// People who will not come back: another takes their place, their type is gone, or too many are away.
    pub lost: u64,
}

impl People {
    /// Whether nobody was counted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn add(&mut self, other: &People) {
        self.new += other.new;
        self.returning += other.returning;
        self.lost += other.lost;
    }
}
