//! The progress of a rollout: which shards follow the newest roster, and how long it took all of them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Users on their way to what was published last.
#[derive(Debug)]
pub struct RolloutProgress {
    /// When the first sign of the change was seen.
    saved: Instant,
    /// The roster that has to be followed.
    revision: u64,
    /// Shards of which every user is there.
    settled: BTreeSet<usize>,
    last: Instant,
    moves_users: bool,
}

impl RolloutProgress {
    /// Of what was saved then. Types that only come or go move nobody.
    pub fn new(saved: Instant, moves_users: bool) -> Self {
        Self {
            saved,
            revision: 0,
            settled: BTreeSet::new(),
            last: saved,
            moves_users,
        }
    }

    /// Whether anybody had to move.
    pub fn moves_users(&self) -> bool {
        self.moves_users
    }

    /// There is a new roster to follow.
    pub fn follow(&mut self, revision: u64) {
        self.revision = revision;
        self.settled.clear();
    }

    /// Every user of one of so many shards is where the roster of this revision wants it. Gives how long it took all of
    /// them, once they are.
    pub fn settled(
        &mut self,
        shard: usize,
        revision: u64,
        at: Instant,
        shards: usize,
    ) -> Option<Duration> {
        if revision < self.revision || !self.settled.insert(shard) {
            return None;
        }
        self.last = self.last.max(at);
        (self.settled.len() >= shards).then(|| self.last.saturating_duration_since(self.saved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_with_the_last_shard_that_follows_the_newest_roster() {
        let saved = Instant::now();
        let at = |seconds| saved + Duration::from_secs(seconds);
        let mut rollout = RolloutProgress::new(saved, true);
        rollout.follow(1);
        assert_eq!(rollout.settled(0, 1, at(1), 2), None);
        rollout.follow(2);
        assert_eq!(rollout.settled(1, 1, at(2), 2), None, "an old roster");
        assert_eq!(rollout.settled(1, 2, at(4), 2), None);
        assert_eq!(rollout.settled(1, 2, at(5), 2), None, "the same shard");
        let took = rollout.settled(0, 2, at(3), 2);
        assert_eq!(took, Some(Duration::from_secs(4)), "the latest counts");
    }
}
