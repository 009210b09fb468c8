//! How often wrong tokens came, by client.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::web::limits::Limits;

/// Clients whose wrong tokens are counted; of more, the one whose window began first is forgotten.
const MAX_CLIENTS: usize = 1024;

#[derive(Debug)]
pub struct LoginAttempts {
    /// Wrong tokens of one client within the window.
    limit: u32,
    window: Duration,
    failures: Mutex<HashMap<IpAddr, Failures>>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    since: Instant,
    tokens: u32,
}

impl LoginAttempts {
    pub fn new(limits: Limits) -> Self {
        Self {
            limit: limits.login_attempts,
            window: limits.login_window,
            failures: Mutex::default(),
        }
    }

    /// `Retry-After` of this client, whose token is wrong again.
    pub fn locked(&self, client: IpAddr) -> Option<Duration> {
        self.with(|clients| {
            let failures = clients.get(&network(client))?;
            let left = self.window.checked_sub(failures.since.elapsed())?;
            (failures.tokens >= self.limit).then_some(left)
        })
    }

    /// Counts a wrong token.
    pub fn failed(&self, client: IpAddr) {
        self.with(|clients| {
            let now = Instant::now();
            let client = network(client);
            clients.retain(|_, failures| now - failures.since < self.window);
            let is_new = !clients.contains_key(&client);
            let oldest = clients.iter().min_by_key(|(_, failures)| failures.since);
            let oldest = oldest.map(|(client, _)| *client);
            if let Some(oldest) = oldest.filter(|_| is_new && clients.len() >= MAX_CLIENTS) {
                clients.remove(&oldest);
            }
            let none = Failures {
                since: now,
                tokens: 0,
            };
            clients.entry(client).or_insert(none).tokens += 1;
        });
    }

    /// Held for some comparisons; only the thread of the web takes it.
    fn with<T>(&self, look: impl FnOnce(&mut HashMap<IpAddr, Failures>) -> T) -> T {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        look(&mut failures)
    }
}

/// A client that has one address of IPv6 has all of its /64.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        other => other,
    }
}
