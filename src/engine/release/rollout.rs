//! How long users take to get to what was published.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::engine::run::state::Course;
use crate::metrics::{Reload, TypeId};

/// Users on their way to what was published last.
#[derive(Debug)]
pub struct Migration {
    /// When the first sign of the change was seen.
    saved: Instant,
    /// The roster that has to be followed.
    revision: u64,
    /// Shards of which every user is there.
    settled: BTreeSet<usize>,
    last: Instant,
    /// Whether anybody has to move: types that only come or go move nobody.
    moving: bool,
}

impl Course {
    /// From now on it is counted how long the users take to get to what is published next.
    pub(crate) fn migrate(&mut self, saved: Instant, types: &[TypeId], moving: bool) {
        self.aggregator.reload_status().last = Some(Reload {
            release: self.book.release(),
            types: types.to_vec(),
            at: self.elapsed(),
            took: None,
        });
        self.migration = Some(Migration {
            saved,
            revision: 0,
            settled: BTreeSet::new(),
            last: saved,
            moving,
        });
    }

    /// Every user of this shard is where the roster of this revision wants it.
    pub(crate) fn settled(&mut self, shard: usize, revision: u64, at: Instant) {
        let open = self.shards.len();
        let Some(migration) = self.migration.as_mut() else {
            return;
        };
        if revision < migration.revision || !migration.settled.insert(shard) {
            return;
        }
        migration.last = migration.last.max(at);
        if migration.settled.len() < open {
            return;
        }
        let took: Duration = migration.last.saturating_duration_since(migration.saved);
        let moving = migration.moving;
        self.migration = None;
        if let Some(last) = &mut self.aggregator.reload_status().last {
            last.took = Some(took);
        }
        if !moving {
            return;
        }
        let text = format!(
            "the last user moved {:.1} s after the change",
            took.as_secs_f64()
        );
        tracing::info!(target: "throng::run", "{text}");
        self.remember("moved", &text);
    }

    /// There is a new roster to follow.
    pub(crate) fn follow(&mut self, revision: u64) {
        if let Some(migration) = &mut self.migration {
            migration.revision = revision;
            migration.settled.clear();
        }
    }
}
