//! Timers of a thread that fire within a fraction of a millisecond, by one Linux `timerfd`.
//!
//! In: instants and who waits for them. Out: wake-ups, never early. It must never know: what for, or how fast the run's
//! clock goes.
//!
//! tokio's timers fire at the end of the millisecond in which they are due (its wheel has slots of 1 ms): later than many
//! services take to respond. Waking a thread costs some microseconds each time, so timers that are due within [`WINDOW`]
//! of each other fire together. docs/decisions/0007-fine-timers.md has the figures.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::timer_fd::TimerFd;

/// Timers due within this after the first one that is due fire with the last of them: so late is one at most by intent.
const WINDOW: Duration = Duration::from_micros(210);
/// From this span on a processor sleeps deeply, and takes long to wake.
const DEEP_SLEEP: Duration = Duration::from_millis(1);
/// The most by which the timer is set early to make up for that.
const LONGEST_LEAD: Duration = Duration::from_micros(100);
/// How much longer the lead may become with each wake-up.
const LEAD_GROWTH: Duration = Duration::from_micros(2);

thread_local! {
    // Who sleeps finds the timers of its thread here, as tokio's sleeps find their runtime: a future that carried them
    // could not be sent to another thread.
    static HERE: RefCell<Option<Rc<Timers>>> = const { RefCell::new(None) };
}

/// Fine timers on this thread, until this is dropped; then who still waits goes on by tokio's. One a thread: a second one
/// takes the place of the first.
#[derive(Debug)]
pub struct FineTimers(Rc<Timers>);

impl FineTimers {
    /// Starts them on the current thread, which must be in the runtime that it drives. They go by the machine's time,
    /// so a runtime whose time is paused (`tokio::time::pause`) must do without.
    ///
    /// # Errors
    /// When the process may open no more files, or the system has no `timerfd`; tokio's timers are used then.
    pub fn start() -> io::Result<Self> {
        let timers = Rc::new(Timers::new(TimerFd::new()?));
        timers.fd.listen(&timers.fired);
        retire(HERE.replace(Some(Rc::clone(&timers))));
        Ok(Self(timers))
    }
}

impl Drop for FineTimers {
    fn drop(&mut self) {
        if with_timers(|timers| timers.id) == Some(self.0.id) {
            retire(HERE.take());
        }
    }
}

/// Wakes all who wait by timers that are no longer those of their thread.
fn retire(timers: Option<Rc<Timers>>) {
    let waiting = timers.map(|timers| timers.waiting.take());
    for waker in waiting.into_iter().flat_map(BTreeMap::into_values) {
        waker.wake();
    }
}

/// Does something with the timers of this thread; nothing where there are none.
fn with_timers<T>(act: impl FnOnce(&Timers) -> T) -> Option<T> {
    // A thread that ends may have none to look at any more.
    let timers = HERE.try_with(|here| here.borrow().clone()).ok().flatten()?;
    Some(act(&timers))
}

/// Who waits, in the order in which they are due; the number tells apart who is due at the same instant.
type Key = (Instant, u64);

#[derive(Debug)]
struct Timers {
    id: u64,
    fd: TimerFd,
    /// Woken by the runtime when the descriptor fires.
    fired: Waker,
    waiting: RefCell<BTreeMap<Key, Waker>>,
    next: Cell<u64>,
    armed: Cell<Option<Armed>>,
    /// How long waking from a deep sleep takes at least, by the latest wake-ups.
    lead: Cell<Duration>,
}

/// What the descriptor was set for.
#[derive(Debug, Clone, Copy)]
struct Armed {
    /// When the last one of a group is due.
    due: Instant,
    /// When the descriptor fires: earlier by the lead.
    fires: Instant,
    /// Whether the processor may sleep deeply meanwhile.
    deep: bool,
}

/// The waker of a descriptor. It acts at once, in the runtime's poll for events: a task for this would cost its
/// scheduling at each wake-up.
struct Fired;

impl Wake for Fired {
    fn wake(self: Arc<Self>) {
        with_timers(Timers::on_fired);
    }
}

impl Timers {
    fn new(fd: TimerFd) -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        Self {
            id: IDS.fetch_add(1, Ordering::Relaxed),
            fd,
            fired: Arc::new(Fired).into(),
            waiting: RefCell::default(),
            next: Cell::new(0),
            armed: Cell::new(None),
            lead: Cell::default(),
        }
    }

    fn on_fired(&self) {
        self.fd.listen(&self.fired);
        if let Some(armed) = self.armed.take() {
            self.await_moment(armed);
        }
        self.wake_due(Instant::now());
    }

    /// Bridges what is left of the lead, and corrects it.
    fn await_moment(&self, armed: Armed) {
        let now = Instant::now();
        if !armed.deep {
            return;
        }
        // The shortest of the latest wake-ups, so that most of them have little left to wait for.
        let took = now.saturating_duration_since(armed.fires);
        let lead = (self.lead.get() + LEAD_GROWTH).min(took).min(LONGEST_LEAD);
        self.lead.set(lead);
        if armed.due.saturating_duration_since(now) <= LONGEST_LEAD {
            let due = armed.due.into_std();
            while std::time::Instant::now() < due {
                std::hint::spin_loop();
            }
        }
    }

    /// Wakes who is due, and arms the descriptor for those who are next.
    fn wake_due(&self, now: Instant) {
        loop {
            let mut waiting = self.waiting.borrow_mut();
            let Some(first) = waiting.first_entry() else {
                return;
            };
            if first.key().0 > now {
                drop(waiting);
                return self.arm(now);
            }
            let waker = first.remove();
            // A waker may run code of anyone, that of a timer too.
            drop(waiting);
            waker.wake();
        }
    }

    /// Arms the descriptor for the last of those who are due within the window of the first.
    fn arm(&self, now: Instant) {
        let due = {
            let waiting = self.waiting.borrow();
            let Some(((first, _), _)) = waiting.first_key_value() else {
                return;
            };
            let group = waiting.range(..=(*first + WINDOW, u64::MAX));
            group.last().map_or(*first, |((due, _), _)| *due)
        };
        let mut span = due.saturating_duration_since(now);
        let deep = span >= DEEP_SLEEP;
        if deep {
            span -= self.lead.get();
        }
        if self.fd.set(span).is_err() {
            // Nobody would be woken: tokio's timers have to do.
            return retire(HERE.take());
        }
        self.armed.set(Some(Armed {
            due,
            fires: now + span,
            deep,
        }));
    }

    fn add(&self, due: Instant, now: Instant, waker: Waker) -> Key {
        let key = (due, self.next.get());
        self.next.set(key.1 + 1);
        self.waiting.borrow_mut().insert(key, waker);
        let waits_too_long = |armed: Armed| due + WINDOW < armed.due;
        if self.armed.get().is_none_or(waits_too_long) {
            self.arm(now);
        }
        key
    }

    /// Wakes another task at the time of a timer that waits; false when it has fired.
    fn replace(&self, key: Key, waker: &Waker) -> bool {
        let mut waiting = self.waiting.borrow_mut();
        let Some(known) = waiting.get_mut(&key) else {
            return false;
        };
        if known.will_wake(waker) {
            return true;
        }
        let before = std::mem::replace(known, waker.clone());
        // Dropping a waker may run code of anyone, that of a timer too.
        drop(waiting);
        drop(before);
        true
    }

    fn remove(&self, key: Key) {
        let waker = self.waiting.borrow_mut().remove(&key);
        drop(waker);
    }
}

/// Waits until an instant, by the fine timers of the thread that polls it; false where that has none.
#[derive(Debug)]
struct Sleep {
    due: Instant,
    /// Where it waits: the timers' id and its key there.
    waits: Option<(u64, Key)>,
}

impl Sleep {
    fn leave(&mut self) {
        let Some((id, key)) = self.waits.take() else {
            return;
        };
        with_timers(|timers| {
            if timers.id == id {
                timers.remove(key);
            }
        });
    }
}

impl Future for Sleep {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        let (now, due) = (Instant::now(), self.due);
        if now >= due {
            self.leave();
            return Poll::Ready(true);
        }
        self.waits = with_timers(|timers| {
            if let Some((id, key)) = self.waits
                && id == timers.id
                && timers.replace(key, context.waker())
            {
                return (id, key);
            }
            (timers.id, timers.add(due, now, context.waker().clone()))
        });
        // Without timers nobody would wake it.
        if self.waits.is_none() {
            Poll::Ready(false)
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Waits for `span` of the machine's time.
pub(super) async fn sleep(span: Duration) {
    match Instant::now().checked_add(span) {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Waits until an instant of the machine's, by fine timers where this thread has them, else by tokio's.
pub(super) async fn sleep_until(due: Instant) {
    // Who sleeps until past instants only must yield too.
    tokio::task::coop::consume_budget().await;
    let reached = Sleep { due, waits: None }.await;
    // tokio's timer of an instant that is past fires at the end of the present millisecond: not for those.
    if !reached {
        tokio::time::sleep_until(due).await;
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
