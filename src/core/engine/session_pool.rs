//! Sessions that may still begin, between shards: with its users a shard gives up the sessions that it had for them, and who
//! gets the users gets those too. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::crowd;

/// The sessions of a run that has a number of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SessionPool {
    /// What each shard has been given, less what it gave back.
    given: BTreeMap<usize, u64>,
    /// Sessions of each shard that were counted.
    counted: BTreeMap<usize, u64>,
    /// Nobody has these.
    free: u64,
}

impl SessionPool {
    /// What shards have at first; without any the run has no number of sessions.
    pub fn new(shares: Vec<u64>) -> Self {
        Self {
            given: shares.into_iter().enumerate().collect(),
            ..Self::default()
        }
    }

    /// Whether the run has a number of them.
    pub fn is_limited(&self) -> bool {
        !self.given.is_empty()
    }

    /// A shard has given so many back.
    pub fn returned(&mut self, shard: usize, sessions: u64) {
        if let Some(given) = self.given.get_mut(&shard) {
            let back = sessions.min(*given);
            *given -= back;
            self.free += back;
        }
    }

    /// So many of a shard were counted.
    pub fn counted(&mut self, shard: usize, sessions: u64) {
        if self.is_limited() {
            *self.counted.entry(shard).or_default() += sessions;
        }
    }

    /// A shard is gone: what was not counted of it others may begin.
    pub fn gone(&mut self, shard: usize) {
        let counted = self.counted.remove(&shard).unwrap_or_default();
        let given = self.given.get_mut(&shard).map(std::mem::take);
        self.free += given.unwrap_or_default().saturating_sub(counted);
    }

    /// Gives them to the shards that have more users, by how many more: what each gets.
    pub fn give(&mut self, users: &[(usize, usize)]) -> Vec<(usize, u64)> {
        let weights: Vec<f64> = users.iter().map(|(_, users)| *users as f64).collect();
        let whole = u32::try_from(self.free).unwrap_or(u32::MAX);
        let shares = crowd::apportion(&weights, whole);
        let mut all = Vec::new();
        for ((shard, _), share) in users.iter().zip(shares) {
            let share = u64::from(share);
            if share > 0 {
                self.free -= share;
                *self.given.entry(*shard).or_default() += share;
                all.push((*shard, share));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_began_goes_with_the_users() {
        let mut pool = SessionPool::new(vec![50, 50]);
        pool.counted(0, 10);
        assert!(pool.give(&[(2, 5)]).is_empty(), "all are given");
        pool.returned(0, 20);
        assert_eq!(pool.give(&[(2, 6), (3, 2)]), [(2, 15), (3, 5)]);
        pool.counted(1, 12);
        pool.gone(1);
        pool.counted(2, 3);
        pool.gone(2);
        assert_eq!(pool.give(&[(0, 1)]), [(0, 38 + 12)]);
        pool.gone(1);
        assert!(pool.give(&[(0, 1)]).is_empty(), "once");
    }

    #[test]
    fn a_run_without_a_number_of_sessions_has_none_to_give() {
        let mut pool = SessionPool::default();
        pool.counted(0, 10);
        pool.returned(0, 10);
        pool.gone(0);
        assert!(pool.give(&[(1, 1)]).is_empty());
    }
}
