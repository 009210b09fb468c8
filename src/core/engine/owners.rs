//! Which shard has which users, as shards are told: one immutable value with a revision.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::plan::crowd::ShardMap;

/// Which shard has which virtual shard from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners {
    /// Counts up with every change.
    pub revision: u64,
    /// From this time of the run on those who arrive in an open crowd go by it, so that all shards change at the same one.
    pub from: Duration,
    /// Nobody has a virtual shard whose users have not left their old shard yet.
    pub map: ShardMap,
}

impl Owners {
    /// Those at the beginning of a run.
    pub fn first(map: ShardMap) -> Self {
        Self {
            revision: 1,
            from: Duration::ZERO,
            map,
        }
    }
}
