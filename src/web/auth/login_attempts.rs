//! How often something was tried: wrong tokens by peer, commands by all.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::web::Limits;

/// Peers whose wrong tokens are counted; of more, the one whose time began first is forgotten.
const MOST_PEERS: usize = 1024;

#[derive(Debug)]
pub(in crate::web) struct Tries {
    limits: Limits,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    wrong: HashMap<IpAddr, Wrong>,
    /// Commands that may come at once now.
    commands: f64,
    filled: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Wrong {
    since: Instant,
    tokens: u32,
}

impl Tries {
    pub(in crate::web) fn new(limits: Limits) -> Self {
        let counts = Counts {
            wrong: HashMap::new(),
            commands: f64::from(limits.commands),
            filled: Instant::now(),
        };
        Self {
            limits,
            counts: Mutex::new(counts),
        }
    }

    /// How long this peer, whose token is wrong again, is told to wait.
    pub(in crate::web) fn locked(&self, peer: IpAddr) -> Option<Duration> {
        self.counts(|counts| {
            let wrong = counts.wrong.get(&network(peer))?;
            let left = self.limits.tries_time.checked_sub(wrong.since.elapsed())?;
            (wrong.tokens >= self.limits.tries).then_some(left)
        })
    }

    /// Counts a wrong token.
    pub(in crate::web) fn wrong(&self, peer: IpAddr) {
        self.counts(|counts| {
            let now = Instant::now();
            let peer = network(peer);
            counts
                .wrong
                .retain(|_, wrong| now - wrong.since < self.limits.tries_time);
            if counts.wrong.len() >= MOST_PEERS
                && !counts.wrong.contains_key(&peer)
                && let Some(first) = counts
                    .wrong
                    .iter()
                    .min_by_key(|(_, wrong)| wrong.since)
                    .map(|(peer, _)| *peer)
            {
                counts.wrong.remove(&first);
            }
            let new = Wrong {
                since: now,
                tokens: 0,
            };
            counts.wrong.entry(peer).or_insert(new).tokens += 1;
        });
    }

    /// Takes one command, or says how long to wait for it.
    pub(in crate::web) fn command(&self) -> Result<(), Duration> {
        let rate = f64::from(self.limits.commands);
        self.counts(|counts| {
            let now = Instant::now();
            let more = (now - counts.filled).as_secs_f64() * rate;
            counts.commands = (counts.commands + more).min(rate);
            counts.filled = now;
            if counts.commands < 1.0 {
                return Err(Duration::from_secs_f64((1.0 - counts.commands) / rate));
            }
            counts.commands -= 1.0;
            Ok(())
        })
    }

    /// Held for some comparisons; only the thread of the web takes it.
    fn counts<T>(&self, look: impl FnOnce(&mut Counts) -> T) -> T {
        let mut counts = self
            .counts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        look(&mut counts)
    }
}

/// Anyone who has one address of IPv6 has all of its /64.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        other => other,
    }
}
