//! The state of Lua on this thread: the slice under way, and the callbacks around it.
//!
//! This is a thread-local since Lua's C functions are handed a `lua_State` and nothing else, and since one slice may
//! enter several VMs. It is no part of the user that `context` finds: modules load, and bundles are checked, where there
//! is none, and must end in time there, too.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

/// `scripts/active.lua:12`, or nothing where only functions of the host were under way.
pub(crate) type Place = Option<String>;

/// The clock of a slice.
#[derive(Clone, Copy)]
pub(crate) struct SliceClock {
    /// When this turn began.
    pub start: Instant,
    /// What the thread had computed by then, or up to a millisecond more.
    pub cpu: Duration,
    /// What was computed in the turns before it.
    pub spent: Duration,
    pub budget: Duration,
    /// What of this turn was work of the host with a budget of its own.
    pub aside: Duration,
    /// Whether the host can go on with it later.
    pub interruptible: bool,
}

/// Callbacks and coroutines of a script around what runs now.
#[derive(Clone, Copy)]
pub(crate) struct Depth {
    pub(crate) all: u32,
    /// How many there were where the present coroutine began.
    pub(crate) base: u32,
    /// The innermost.
    pub(crate) place: &'static str,
}

impl Depth {
    /// Outside all of them.
    pub(crate) const OUTSIDE: Self = Self {
        all: 0,
        base: 0,
        place: "",
    };
}

thread_local! {
    static EXECUTION: Execution = const { Execution::idle() };
}

/// State of the Lua code that a thread runs; there is one for each thread.
pub(crate) struct Execution {
    /// The clock of the slice under way.
    pub clock: Cell<Option<SliceClock>>,
    /// When the thread's own clock was read last, and what it said.
    pub cpu_seen: Cell<Option<(Instant, Duration)>>,
    /// Whether the slice was interrupted so that others have their turn.
    pub turned: Cell<bool>,
    /// Work of the host that was not yet compared with the clock, in steps.
    pub steps: Cell<u64>,
    /// Looks of the hook since the slice is over its budget.
    pub ticks: Cell<u32>,
    /// Where the script was when the slice was over its budget.
    pub overrun: RefCell<Option<Place>>,
    /// The callbacks and coroutines in which Lua cannot wait.
    pub depth: Cell<Depth>,
    /// How many functions that `string.gsub` calls are inside each other.
    pub callbacks: Cell<u32>,
}

impl Execution {
    const fn idle() -> Self {
        Self {
            clock: Cell::new(None),
            cpu_seen: Cell::new(None),
            turned: Cell::new(false),
            steps: Cell::new(0),
            ticks: Cell::new(0),
            overrun: RefCell::new(None),
            depth: Cell::new(Depth::OUTSIDE),
            callbacks: Cell::new(0),
        }
    }
}

/// Lends what runs on this thread.
pub(crate) fn with<R>(act: impl FnOnce(&Execution) -> R) -> R {
    EXECUTION.with(act)
}
