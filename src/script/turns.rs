//! Whose turn it is to compute: scripts that compute for long do so one at a time, and the shard's users come first.
//!
//! A script that computes on and on is interrupted after [`budget::TURN`](super::budget::TURN) and queues for its next
//! turn; between two turns the shard looks after all others, so that a request waits for one turn, however many
//! such scripts there are. Where Lua cannot be interrupted (in the comparator of `table.sort`, a pattern, a coroutine of
//! the script's own) a script keeps the shard until its time is over: the users of its type then queue before every call,
//! and rest together for [`REST`] times as long as that took.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::context::User;

/// A stretch without an interruption that is longer than this holds up the shard.
const LONG: Duration = Duration::from_millis(20);
/// Users of types with long stretches rest for so many times the last one: of 100 requests at most 2 fall into such a stretch.
const REST: u32 = 50;
/// A stretch counts for no more than this: on a machine with other work it may look long.
const LONGEST: Duration = Duration::from_millis(100);
/// How many types are known for long stretches; a run has a few, and generations come and go.
const MOST_KNOWN: usize = 64;

thread_local! {
    static TURN: Arc<Semaphore> = Arc::new(Semaphore::new(1));
    static CLOSED_UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
    static KNOWN: RefCell<Vec<(u16, u32)>> = const { RefCell::new(Vec::new()) };
}

/// The right to compute; the next in the queue has it when this is dropped.
pub type Turn = Option<OwnedSemaphorePermit>;

/// Queues for a turn. It comes after the shard has looked at its sockets and clocks at least once; with `rests`, for this user, also
/// after the rest that a long stretch brings, unless the run ends.
pub fn wait(rests: Option<Rc<User>>) -> Pin<Box<dyn Future<Output = Turn>>> {
    let queue = TURN.with(Arc::clone);
    Box::pin(async move {
        loop {
            let rest = rests.as_ref().filter(|user| !user.world.halt.is_set());
            if let (Some(user), Some(until)) = (rest, closed()) {
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = user.world.halt.wait() => {}
                }
                continue;
            }
            // Only a closed semaphore refuses, and this one is never closed.
            let turn = Arc::clone(&queue).acquire_owned().await.ok();
            if rest.is_some() && closed().is_some() {
                // The one before was another long stretch.
                continue;
            }
            tokio::task::yield_now().await;
            return turn;
        }
    })
}

fn closed() -> Option<Instant> {
    CLOSED_UNTIL.get().filter(|until| *until > Instant::now())
}

/// Notes that a user's script held the shard for so long at a stretch.
pub fn held(user: &User, stretch: Duration) {
    if stretch < LONG {
        return;
    }
    CLOSED_UNTIL.set(Some(Instant::now() + stretch.min(LONGEST) * REST));
    KNOWN.with_borrow_mut(|known| {
        let this = who(user);
        if !known.contains(&this) {
            if known.len() == MOST_KNOWN {
                known.remove(0);
            }
            known.push(this);
        }
    });
}

/// Whether the scripts of a user's type and generation have held the shard: then its calls queue, too.
pub fn must_queue(user: &User) -> bool {
    KNOWN.with_borrow(|known| !known.is_empty() && known.contains(&who(user)))
}

fn who(user: &User) -> (u16, u32) {
    (user.kind.get().0, user.generation.get())
}
