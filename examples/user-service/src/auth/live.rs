//! The access tokens that are alive: issued, not expired, not killed. A token that is not here is dead,
//! whatever its signature says.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

struct Life {
    user: Uuid,
    issued: OffsetDateTime,
    expires: OffsetDateTime,
}

/// Live tokens by id. Each that ends, by whatever way, hands out how long it lived, once.
#[derive(Default)]
pub struct LiveTokens {
    by_id: HashMap<Uuid, Life>,
    by_user: HashMap<Uuid, Vec<Uuid>>,
    // Killed tokens stay here until their time; `by_id` knows that they are gone.
    expiries: BinaryHeap<Reverse<(OffsetDateTime, Uuid)>>,
}

impl LiveTokens {
    pub fn add(&mut self, id: Uuid, user: Uuid, issued: OffsetDateTime, expires: OffsetDateTime) {
        self.by_id.insert(
            id,
            Life {
                user,
                issued,
                expires,
            },
        );
        self.by_user.entry(user).or_default().push(id);
        self.expiries.push(Reverse((expires, id)));
    }

    pub fn is_alive(&self, id: Uuid, now: OffsetDateTime) -> bool {
        self.by_id.get(&id).is_some_and(|life| life.expires > now)
    }

    /// Ends the tokens whose time is over and gives their lives.
    pub fn expire(&mut self, now: OffsetDateTime) -> Vec<Duration> {
        let mut lives = Vec::new();
        while let Some(Reverse((expires, id))) = self.expiries.peek().copied() {
            if expires > now {
                break;
            }
            self.expiries.pop();
            lives.extend(self.end(id, expires));
        }
        lives
    }

    /// Ends one token; `None` when it is not alive.
    pub fn kill(&mut self, id: Uuid, now: OffsetDateTime) -> Option<Duration> {
        self.end(id, now)
    }

    /// Ends all tokens of a user.
    pub fn kill_user(&mut self, user: Uuid, now: OffsetDateTime) -> Vec<Duration> {
        let ids = self.by_user.get(&user).cloned().unwrap_or_default();
        ids.into_iter().filter_map(|id| self.end(id, now)).collect()
    }

    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    fn end(&mut self, id: Uuid, at: OffsetDateTime) -> Option<Duration> {
        let life = self.by_id.remove(&id)?;
        if let Some(ids) = self.by_user.get_mut(&life.user) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_user.remove(&life.user);
            }
        }
        Some(
            (at.min(life.expires) - life.issued)
                .try_into()
                .unwrap_or_default(),
        )
    }
}
