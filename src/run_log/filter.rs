use std::time::SystemTime;

use super::entry::{Entry, Kind, Level};

/// Which entries are wanted; by default all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// This level, and those that matter more.
    pub level: Level,
    /// Of these kinds; empty: of all.
    pub kinds: Vec<Kind>,
    /// About users of this type; none: whatever it is about.
    pub user_type: Option<String>,
    /// Written since then.
    pub since: Option<SystemTime>,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            level: Level::Debug,
            kinds: Vec::new(),
            user_type: None,
            since: None,
        }
    }
}

impl Filter {
    pub(super) fn passes(&self, entry: &Entry, written: SystemTime) -> bool {
        let is_kind = self.kinds.is_empty() || self.kinds.contains(&entry.kind);
        let is_type = self.user_type.is_none() || self.user_type == entry.user_type;
        let is_new = self.since.is_none_or(|since| written >= since);
        entry.level <= self.level && is_kind && is_type && is_new
    }
}
