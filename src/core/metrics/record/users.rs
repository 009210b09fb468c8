//! The number of users of a shard, and their moves between versions.

use std::collections::BTreeMap;

use crate::metrics::TypeId;

/// The users of a shard since the last batch.
#[derive(Default)]
pub(crate) struct Users {
    changes: BTreeMap<(TypeId, u32), i64>,
    away: BTreeMap<TypeId, i64>,
    alive: i64,
    /// The maximum number of concurrent users.
    peak: i64,
    moved: BTreeMap<&'static str, u64>,
}

/// The counts since the last call.
pub(crate) struct Taken {
    /// Change in the number of active users, by type and version.
    pub changes: Vec<(TypeId, u32, i64)>,
    /// Change in the number of users who are away, by type.
    pub away: Vec<(TypeId, i64)>,
    pub peak: i64,
    /// Users that moved to another version, by how.
    pub moved: BTreeMap<String, u64>,
}

impl Users {
    /// Users that started, or left, below zero.
    pub(crate) fn change(&mut self, kind: TypeId, version: u32, delta: i64) {
        *self.changes.entry((kind, version)).or_default() += delta;
        self.alive += delta;
        self.peak = self.peak.max(self.alive);
    }

    /// Users that went away, or came back, below zero.
    pub(crate) fn away(&mut self, kind: TypeId, delta: i64) {
        *self.away.entry(kind).or_default() += delta;
    }

    pub(crate) fn moved(&mut self, how: &'static str) {
        *self.moved.entry(how).or_default() += 1;
    }

    pub(crate) fn take(&mut self) -> Taken {
        let changes = std::mem::take(&mut self.changes).into_iter();
        let moved = std::mem::take(&mut self.moved).into_iter();
        Taken {
            changes: changes
                .filter(|(_, delta)| *delta != 0)
                .map(|((kind, version), delta)| (kind, version, delta))
                .collect(),
            away: std::mem::take(&mut self.away)
                .into_iter()
                .filter(|(_, delta)| *delta != 0)
                .collect(),
            peak: std::mem::replace(&mut self.peak, self.alive),
            moved: moved.map(|(how, users)| (how.to_owned(), users)).collect(),
        }
    }
}
