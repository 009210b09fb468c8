//! Rate limits: so many turns in a window for each key, counted from the first turn of the window.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::Refusal;
use crate::options::{
    Options, TABLE_CALLS_PER_MINUTE, TABLE_LOGINS_PER_MINUTE, TABLE_PASSWORDS_PER_HOUR,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// Fewest windows at which the ended ones are swept out.
const SWEEP_AT: usize = 1_000;

/// One limit: at most `turns` per `window` and key. No turns means no limit.
pub struct Limit<K> {
    turns: u32,
    window: Duration,
    spent: Mutex<Spent<K>>,
}

/// Turns taken: when each key's window began and how many since.
struct Spent<K> {
    windows: HashMap<K, (OffsetDateTime, u32)>,
    sweep_at: usize,
}

impl<K: Hash + Eq> Limit<K> {
    pub fn new(turns: u32, window: Duration) -> Self {
        Self {
            turns,
            window,
            spent: Mutex::new(Spent {
                windows: HashMap::new(),
                sweep_at: SWEEP_AT,
            }),
        }
    }

    /// Takes a turn.
    ///
    /// # Errors
    /// How long until the next one.
    pub fn take(&self, key: K, now: OffsetDateTime) -> Result<(), Duration> {
        if self.turns == 0 {
            return Ok(());
        }
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.windows.len() >= spent.sweep_at {
            spent
                .windows
                .retain(|_, (began, _)| now < *began + self.window);
            // Twice what is left: each window is then looked at a bounded number of times.
            spent.sweep_at = SWEEP_AT.max(spent.windows.len() * 2);
        }
        let (began, turns) = spent.windows.entry(key).or_insert((now, 0));
        if now >= *began + self.window {
            (*began, *turns) = (now, 0);
        }
        if *turns == self.turns {
            return Err((*began + self.window - now).try_into().unwrap_or_default());
        }
        *turns += 1;
        Ok(())
    }
}

/// The three limits of the service.
pub struct Limits {
    clock: Clock,
    logins: Limit<IpAddr>,
    passwords: Limit<Uuid>,
    calls: Limit<Uuid>,
}

impl Limits {
    pub fn new(options: &Options, clock: Clock) -> Self {
        let turns = |own: Option<u32>, table: u32| {
            own.unwrap_or(if options.rate_limits { table } else { 0 })
        };
        Self {
            clock,
            logins: Limit::new(
                turns(options.logins_per_minute, TABLE_LOGINS_PER_MINUTE),
                MINUTE,
            ),
            passwords: Limit::new(
                turns(options.passwords_per_hour, TABLE_PASSWORDS_PER_HOUR),
                HOUR,
            ),
            calls: Limit::new(
                turns(options.calls_per_minute, TABLE_CALLS_PER_MINUTE),
                MINUTE,
            ),
        }
    }

    /// A login from this address.
    pub fn login(&self, from: IpAddr) -> Result<(), Refusal> {
        self.logins
            .take(from, self.clock.now())
            .map_err(|wait| Refusal::too_many("too many logins from this address", wait))
    }

    /// A change of this user's password.
    pub fn password(&self, user: Uuid) -> Result<(), Refusal> {
        self.passwords
            .take(user, self.clock.now())
            .map_err(|wait| Refusal::too_many("too many password changes of this user", wait))
    }

    /// A call with this token.
    pub fn call(&self, token: Uuid) -> Result<(), Refusal> {
        self.calls
            .take(token, self.clock.now())
            .map_err(|wait| Refusal::too_many("too many calls with this token", wait))
    }
}
