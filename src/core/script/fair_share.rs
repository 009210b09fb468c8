//! Fair share of the CPU: scripts that compute for long do so one at a time, and the shard's users come first.
//!
//! A script that computes on and on is interrupted after [`TURN`](crate::script::budgets::TURN) and queues for its next
//! turn; between two turns the shard looks after all others, so that a request waits for one turn, however many
//! such scripts there are. Where Lua cannot be interrupted (in the comparator of `table.sort`, a pattern, one call that copies
//! megabytes, a coroutine of the script's own) a script keeps the shard until it is through: the users of its type then queue
//! before every call for a while, and rest together for as long as [`cool_down`] says.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::budgets::SLICE_BUDGET;
use crate::clock::Clock;
use crate::request::ShutdownSignal;

/// A stretch without an interruption that is longer than this holds up the shard.
pub const LONG: Duration = Duration::from_millis(4);
/// Between two stretches that are short enough: a request is sent and answered meanwhile.
const BREATH: Duration = Duration::from_millis(2);
/// The pause after a stretch that is not short, in stretches.
const COOL_DOWN: u32 = 100;
/// A stretch counts for no more than this, so that the pause ends within minutes.
const LONGEST: Duration = Duration::from_secs(1);
/// For how many times its last long stretch a type is known for it, though for no longer than [`MEMORY`]. One of some
/// milliseconds may be the machine's, which stood still meanwhile: to queue for that costs each call some hundred
/// nanoseconds, so that it is soon forgotten; a type that does it again is remembered again.
const REMEMBERED: u32 = 100;
const MEMORY: Duration = Duration::from_secs(10);

/// A type of user and the version of its script.
pub type Type = (u16, u32);

/// The right to compute; the next in the queue has it when this is dropped.
pub type Turn = Option<OwnedSemaphorePermit>;

/// The queue of scripts that compute for long; each shard has one.
pub struct FairShare {
    clock: Clock,
    queue: Arc<Semaphore>,
    known: RefCell<Vec<Known>>,
}

/// A type that holds the shard for long.
struct Known {
    who: Type,
    /// The end of the rest after its last long stretch.
    rests_until: Instant,
    /// Until when its calls queue.
    known_until: Instant,
}

impl FairShare {
    /// Nobody is known for anything; users rest by this clock.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            queue: Arc::new(Semaphore::new(1)),
            known: RefCell::default(),
        }
    }

    /// Whether turns are real: in virtual time nobody waits for a script that computes, and what happens is not to depend on
    /// how fast this machine is.
    pub fn has_turns(&self) -> bool {
        !self.clock.is_virtual()
    }

    /// The instant in `span`, by the clock that users rest by; none beyond all instants.
    pub fn instant_in(&self, span: Duration) -> Option<Instant> {
        self.clock.now().checked_add(span)
    }

    /// The next turn. It comes after the shard has looked at its sockets and clocks at least once.
    pub async fn turn(&self) -> Turn {
        let turn = self.next().await;
        tokio::task::yield_now().await;
        turn
    }

    /// The next turn after the rest that a long stretch of this type wants, but for no longer than until `latest`, and not
    /// when the run ends.
    pub async fn rested_turn(
        &self,
        who: Type,
        latest: Option<Instant>,
        shutdown: &ShutdownSignal,
    ) -> Turn {
        loop {
            if let Some(until) = self.resting(who, latest, shutdown) {
                tokio::select! {
                    biased;
                    () = self.clock.sleep_until(until) => {}
                    () = shutdown.wait() => {}
                }
                continue;
            }
            let turn = self.next().await;
            if self.resting(who, latest, shutdown).is_some() {
                // The one before was another long stretch.
                continue;
            }
            tokio::task::yield_now().await;
            return turn;
        }
    }

    /// Only a closed semaphore refuses, and this one is never closed.
    async fn next(&self) -> Turn {
        Arc::clone(&self.queue).acquire_owned().await.ok()
    }

    /// Until when the users of a type rest, though no longer than until `latest`; none when they need not.
    fn resting(
        &self,
        who: Type,
        latest: Option<Instant>,
        shutdown: &ShutdownSignal,
    ) -> Option<Instant> {
        if shutdown.is_set() {
            return None;
        }
        let known = self.known.borrow();
        let until = known.iter().find(|one| one.who == who)?.rests_until;
        let until = latest.map_or(until, |latest| until.min(latest));
        Some(until).filter(|until| *until > self.clock.now())
    }

    /// Notes that the script of a type held the shard for so long at a stretch.
    pub fn held(&self, who: Type, stretch: Duration) {
        if stretch < LONG {
            return;
        }
        let now = self.clock.now();
        let rests_until = now + cool_down(stretch);
        let known_until = rests_until + remembered(stretch);
        let mut known = self.known.borrow_mut();
        known.retain(|one| one.who == who || one.known_until > now);
        match known.iter_mut().find(|one| one.who == who) {
            Some(one) => {
                one.rests_until = one.rests_until.max(rests_until);
                one.known_until = one.known_until.max(known_until);
            }
            None => known.push(Known {
                who,
                rests_until,
                known_until,
            }),
        }
    }

    /// Whether the scripts of a type have held the shard: then its calls queue, too.
    pub fn must_queue(&self, who: Type) -> bool {
        let mut known = self.known.borrow_mut();
        if known.is_empty() {
            return false;
        }
        let now = self.clock.now();
        known.retain(|one| one.known_until > now);
        known.iter().any(|one| one.who == who)
    }
}

/// How long the users of a type pause after a stretch of computing (decision 6): next to nothing after one that requests can
/// wait for twice, else so long that it takes less than 1 % of the time, and so holds up less than 1 % of the requests.
fn cool_down(stretch: Duration) -> Duration {
    if stretch <= SLICE_BUDGET / 2 {
        return BREATH;
    }
    stretch.min(LONGEST) * COOL_DOWN
}

/// For how long after its rest a type is known for a stretch.
fn remembered(stretch: Duration) -> Duration {
    (stretch * REMEMBERED).min(MEMORY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_stretch_costs_a_breath_and_a_long_one_a_hundred_times_itself() {
        let ms = Duration::from_millis;
        for (stretch, pause) in [
            (ms(4), ms(2)),
            (ms(25), ms(2)),
            (ms(26), ms(2_600)),
            (ms(300), ms(30_000)),
            (ms(1_000), ms(100_000)),
            (ms(60_000), ms(100_000)),
        ] {
            assert_eq!(cool_down(stretch), pause, "{stretch:?}");
        }
    }
}
