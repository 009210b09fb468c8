//! Whose turn it is to compute: scripts that compute for long do so one at a time, and the shard's users come first.
//!
//! A script that computes on and on is interrupted after [`budget::TURN`](crate::script::vm::cpu_budget::TURN) and queues for its next
//! turn; between two turns the shard looks after all others, so that a request waits for one turn, however many
//! such scripts there are. Where Lua cannot be interrupted (in the comparator of `table.sort`, a pattern, one call that copies
//! megabytes, a coroutine of the script's own) a script keeps the shard until it is through: the users of its type then queue
//! before every call for a while, and rest together for as long as [`rest`] says.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::cpu_budget::SLICE_BUDGET;
use crate::script::user::context::User;

/// A stretch without an interruption that is longer than this holds up the shard.
pub const LONG: Duration = Duration::from_millis(4);
/// Between two stretches that are short enough: a request is sent and answered meanwhile.
const BREATH: Duration = Duration::from_millis(2);
/// A stretch that is longer is one that requests had better not meet: those that queue behind it wait a little longer still.
const BEARABLE: Duration = Duration::from_millis(40);
/// A stretch counts for no more than this, so that the rest ends some day.
const LONGEST: Duration = Duration::from_secs(1);
/// For how many times its last long stretch a type is known for it, though for no longer than [`MEMORY`]. One of some
/// milliseconds may be the machine's, which stood still meanwhile: to queue for that costs each call some hundred
/// nanoseconds, so that it is soon forgotten; whoever does it again is remembered again.
const REMEMBERED: u32 = 100;
const MEMORY: Duration = Duration::from_secs(10);

thread_local! {
    static TURN: Arc<Semaphore> = Arc::new(Semaphore::new(1));
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// A type that holds the shard for long.
struct Known {
    /// Type and version.
    who: (u16, u32),
    /// The end of the rest after its last long stretch.
    rests_until: Instant,
    /// Until when its calls queue.
    known_until: Instant,
}

/// The right to compute; the next in the queue has it when this is dropped.
pub type Turn = Option<OwnedSemaphorePermit>;

/// Queues for a turn. It comes after the shard has looked at its sockets and clocks at least once.
pub fn wait() -> Pin<Box<dyn Future<Output = Turn>>> {
    let queue = TURN.with(Arc::clone);
    Box::pin(async move {
        let turn = next(&queue).await;
        tokio::task::yield_now().await;
        turn
    })
}

/// Queues as [`wait`] does, and also rests as a long stretch of this user's type wants it, but for no longer than `at_most`, and
/// not when the run ends.
pub fn rest_and_wait(user: Rc<User>, at_most: Duration) -> Pin<Box<dyn Future<Output = Turn>>> {
    let queue = TURN.with(Arc::clone);
    let latest = Instant::now().checked_add(at_most);
    Box::pin(async move {
        loop {
            if let Some(until) = resting(&user, latest) {
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = user.shard.shutdown.wait() => {}
                }
                continue;
            }
            let turn = next(&queue).await;
            if resting(&user, latest).is_some() {
                // The one before was another long stretch.
                continue;
            }
            tokio::task::yield_now().await;
            return turn;
        }
    })
}

/// The next turn; only a closed semaphore refuses, and this one is never closed.
async fn next(queue: &Arc<Semaphore>) -> Turn {
    Arc::clone(queue).acquire_owned().await.ok()
}

/// How long the users of a type rest after a stretch, so that of all requests less than 1 % wait for longer than a slice may
/// compute: two short stretches are no longer than that, a long one may come once in two hundred times its excess.
fn rest(stretch: Duration) -> Duration {
    if stretch <= SLICE_BUDGET / 2 {
        return BREATH;
    }
    let excess = stretch.min(LONGEST).saturating_sub(BEARABLE);
    stretch.max(excess * 200)
}

/// Until when the users of this one's type rest, though no longer than until `latest`; none when they need not.
fn resting(user: &User, latest: Option<Instant>) -> Option<Instant> {
    if user.shard.shutdown.is_set() {
        return None;
    }
    let until = KNOWN.with_borrow(|known| {
        let this = known.iter().find(|one| one.who == who(user));
        this.map(|one| one.rests_until)
    });
    let until = until.map(|until| latest.map_or(until, |latest| until.min(latest)));
    until.filter(|until| *until > Instant::now())
}

/// Notes that a user's script held the shard for so long at a stretch.
pub fn held(user: &User, stretch: Duration) {
    if stretch < LONG {
        return;
    }
    let now = Instant::now();
    let rests_until = now + rest(stretch);
    let known_until = rests_until + (stretch * REMEMBERED).min(MEMORY);
    let this = who(user);
    KNOWN.with_borrow_mut(|known| {
        known.retain(|one| one.who == this || one.known_until > now);
        match known.iter_mut().find(|one| one.who == this) {
            Some(one) => {
                one.rests_until = one.rests_until.max(rests_until);
                one.known_until = one.known_until.max(known_until);
            }
            None => known.push(Known {
                who: this,
                rests_until,
                known_until,
            }),
        }
    });
}

/// Whether the scripts of a user's type and version have held the shard: then its calls queue, too.
pub fn must_queue(user: &User) -> bool {
    if KNOWN.with_borrow(Vec::is_empty) {
        return false;
    }
    let now = Instant::now();
    KNOWN.with_borrow_mut(|known| {
        known.retain(|one| one.known_until > now);
        known.iter().any(|one| one.who == who(user))
    })
}

fn who(user: &User) -> (u16, u32) {
    (user.kind.get().0, user.version.get())
}
