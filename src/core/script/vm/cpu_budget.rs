//! The time a script may compute without waiting, and the hook that watches it.
//!
//! The hook is called every [`HOOK_INSTRUCTIONS`] instructions. After a [`TURN`] it yields where Lua can, so that others
//! have theirs (see [`fair_share`](crate::script::fair_share)). Over budget it alternates between yielding, which lets the host drop the
//! coroutine, and raising, for places where Lua cannot yield; [`is_over`] keeps `pcall` from swallowing that.

use std::time::{Duration, Instant};

use mlua::debug::{Debug, DebugEvent};
use mlua::{HookTriggers, Lua, VmState, WeakLua};

use super::callbacks;
use super::execution::{self, Place, SliceClock};
use super::line_hook;
use crate::script::budgets::{LOAD_BUDGET, SLICE_BUDGET, TURN};

/// How often the hook looks at the clock. Single instructions may copy megabytes (`..` of large texts), so that looks are
/// seldom enough to cost little and frequent enough that a loop of such instructions is found soon.
const HOOK_INSTRUCTIONS: u32 = 2_000;
/// How often work of the host is compared with the clock, in steps of about a nanosecond or two.
const SPENT_STEPS: u64 = 100_000;

/// How much of a budget the thread must have computed itself before it counts as used up.
const LEAST_SHARE: f64 = 0.5;

/// How old the last reading of the thread's clock may be when a slice begins.
const CPU_GRAIN: Duration = Duration::from_millis(1);

/// What mlua names its Lua code around a call that waits.
const POLLER: &str = "=__mlua_async_poll";

/// Frames that are searched for a line of a script.
const FRAMES: usize = 20;

impl SliceClock {
    /// On a machine with other work the wall's clock runs without the script: where that one is over, the thread's decides.
    /// It is read only then, for it costs a system call.
    fn is_over(&self) -> bool {
        self.spent + self.elapsed() >= self.budget
            && self.spent + cpu().saturating_sub(self.cpu + self.aside)
                >= self.budget.mul_f64(LEAST_SHARE)
    }

    /// How long the script has computed in this turn.
    fn elapsed(&self) -> Duration {
        self.start.elapsed().saturating_sub(self.aside)
    }
}

/// One slice of a script, or one turn of it: the clock runs while it lives. Slices nest: the branches of `parallel` run
/// inside a step.
#[must_use]
pub struct Slice {
    outer: Option<SliceClock>,
    outer_turned: bool,
    /// An overrun belongs to the slice in which it happened, also when nobody asks for it.
    outer_overrun: Option<Place>,
}

impl Slice {
    /// Starts the clock for `budget`, in a place that cannot be interrupted.
    pub fn start(budget: Duration) -> Self {
        Self::with(Duration::ZERO, budget, false)
    }

    /// Starts the clock for a turn of a slice that has computed for `spent`.
    pub fn turn(spent: Duration) -> Self {
        Self::with(spent, SLICE_BUDGET, true)
    }

    fn with(spent: Duration, budget: Duration, interruptible: bool) -> Self {
        let start = Instant::now();
        execution::with(|now| now.ticks.set(0));
        if execution::with(|now| now.clock.get()).is_none() {
            see_cpu(start);
        }
        let clock = SliceClock {
            start,
            cpu: cpu_at(start),
            spent,
            budget,
            aside: Duration::ZERO,
            interruptible,
        };
        Self {
            outer: execution::with(|now| now.clock.replace(Some(clock))),
            outer_turned: execution::with(|now| now.turned.replace(false)),
            outer_overrun: execution::with(|now| now.overrun.take()),
        }
    }

    /// Where the script was when its time was over, if it was.
    pub fn overrun(&self) -> Option<Place> {
        execution::with(|now| now.overrun.take())
    }

    /// How long it computed, when it was interrupted so that others have their turn.
    pub fn turned(&self) -> Option<Duration> {
        execution::with(|now| now.turned.get()).then(|| self.elapsed())
    }

    /// How long this turn has lasted.
    pub fn elapsed(&self) -> Duration {
        execution::with(|now| now.clock.get()).map_or(Duration::ZERO, |clock| clock.elapsed())
    }

    /// For how long it has held the thread, when that is worth a note: less than `least` is nothing. On a machine with other
    /// work the wall's clock runs without it, so the thread's own decides. That was read up to [`CPU_GRAIN`] before the slice
    /// began; what may have been computed meanwhile is not this slice's, so that it is never too long.
    pub fn stretch(&self, least: Duration) -> Duration {
        let Some(clock) = execution::with(|now| now.clock.get()) else {
            return Duration::ZERO;
        };
        let wall = clock.start.elapsed();
        if wall < least {
            return Duration::ZERO;
        }
        wall.min(cpu().saturating_sub(clock.cpu))
    }
}

/// Reads the thread's clock, which costs a system call, unless it was read just now.
fn see_cpu(now: Instant) {
    if cpu_since_seen(now).is_none() {
        execution::with(|at| at.cpu_seen.set(Some((now, cpu()))));
    }
}

/// What the thread had computed by `now`, or at most [`CPU_GRAIN`] more than that.
fn cpu_at(now: Instant) -> Duration {
    cpu_since_seen(now).unwrap_or_else(cpu)
}

/// The same from the last reading, when that is fresh.
fn cpu_since_seen(now: Instant) -> Option<Duration> {
    let (at, seen) = execution::with(|now| now.cpu_seen.get())?;
    let since = now.saturating_duration_since(at);
    (since < CPU_GRAIN).then(|| seen + since)
}

impl Drop for Slice {
    fn drop(&mut self) {
        // What was not the script's here is not its in the slice around, either.
        let aside = execution::with(|now| now.clock.get()).map_or(Duration::ZERO, |at| at.aside);
        let outer = self.outer.map(|outer| SliceClock {
            aside: outer.aside + aside,
            ..outer
        });
        execution::with(|now| now.clock.set(outer));
        execution::with(|now| now.turned.set(self.outer_turned));
        execution::with(|now| drop(now.overrun.replace(self.outer_overrun.take())));
    }
}

/// What this thread has computed since it began.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Puts the hook on every coroutine of this VM.
///
/// # Errors
/// When Lua has no memory left for it.
pub fn install(lua: &Lua) -> mlua::Result<()> {
    let triggers = HookTriggers::new().every_nth_instruction(HOOK_INSTRUCTIONS);
    let Some(told) = line_hook::get() else {
        return lua.set_global_hook(triggers, |lua, _| tick(lua));
    };
    lua.set_global_hook(triggers.every_line(), move |lua, debug| {
        if debug.event() == DebugEvent::Line {
            told(debug);
            return Ok(VmState::Continue);
        }
        tick(lua)
    })
}

fn tick(lua: &Lua) -> mlua::Result<VmState> {
    let Some(clock) = execution::with(|now| now.clock.get()) else {
        return Ok(VmState::Continue);
    };
    if !clock.is_over() {
        let turns = clock.interruptible
            && clock.elapsed() >= TURN
            && callbacks::why_no_wait().is_none()
            && !polls(lua);
        // Lua goes on where it cannot yield, in a metamethod that C called: then this is said again at the next look.
        execution::with(|now| now.turned.set(turns));
        return Ok(if turns {
            VmState::Yield
        } else {
            VmState::Continue
        });
    }
    let ticks = execution::with(|now| now.ticks.replace(now.ticks.get() + 1));
    note_overrun(|| place(lua));
    if ticks.is_multiple_of(2) {
        Ok(VmState::Yield)
    } else {
        Err(mlua::Error::runtime(message(clock.budget)))
    }
}

/// Whether this is mlua's Lua code around a call that waits, between asking its future and yielding: the future's wake-up
/// would come while the script queues for its turn, and be lost when it then goes on to yield.
fn polls(lua: &Lua) -> bool {
    let is_poller = |debug: &Debug<'_>| debug.source().source.is_some_and(|name| name == POLLER);
    lua.inspect_stack(0, is_poller).unwrap_or(false)
}

/// The innermost line of a script: the hook may meet it inside functions of the host that are Lua too.
fn place(lua: &Lua) -> Place {
    let line_of = |debug: &Debug<'_>| {
        let source = debug.source();
        let file = source.short_src.filter(|file| file.ends_with(".lua"))?;
        Some(format!("{file}:{}", debug.current_line().unwrap_or(0)))
    };
    let frames = (0..FRAMES).map_while(|level| lua.inspect_stack(level, line_of));
    frames.flatten().next()
}

/// Says that the slice under way is over, for a part of it that had a slice of its own.
pub fn overrun(place: Place) {
    note_overrun(|| place);
}

/// The first place stays.
fn note_overrun(place: impl FnOnce() -> Place) {
    execution::with(|now| {
        now.overrun.borrow_mut().get_or_insert_with(place);
    });
}

/// Whether the slice under way is over its budget: then no `pcall` may hold it up.
pub fn is_over() -> bool {
    execution::with(|now| now.overrun.borrow().is_some())
}

/// Counts work of the host on behalf of a script that the hook cannot see, in steps of about a nanosecond or two.
///
/// # Errors
/// When the slice is over its budget.
pub fn spend(lua: &WeakLua, steps: u64) -> mlua::Result<()> {
    let spent = execution::with(|now| now.steps.replace(now.steps.get() + steps)) + steps;
    if spent < SPENT_STEPS {
        return Ok(());
    }
    execution::with(|now| now.steps.set(0));
    lua.try_upgrade().map_or(Ok(()), |lua| in_time(&lua))
}

/// Asks whether there is time left for work that the hook cannot see. Where there is none, no `pcall` holds that up.
///
/// # Errors
/// When the slice is over its budget.
pub fn in_time(lua: &Lua) -> mlua::Result<()> {
    match execution::with(|now| now.clock.get()) {
        Some(clock) if clock.is_over() => {
            note_overrun(|| place(lua));
            Err(mlua::Error::runtime(message(clock.budget)))
        }
        _ => Ok(()),
    }
}

/// Does work of the host that has a budget of its own, and is not part of what the script computes. The work asks again and
/// again whether it may go on.
pub fn aside<R>(budget: Duration, work: impl FnOnce(&dyn Fn() -> bool) -> R) -> R {
    let (start, first) = (Instant::now(), cpu());
    let may_go_on =
        || start.elapsed() < budget || cpu().saturating_sub(first) < budget.mul_f64(LEAST_SHARE);
    let result = work(&may_go_on);
    execution::with(|now| {
        if let Some(mut clock) = now.clock.get() {
            clock.aside += start.elapsed();
            now.clock.set(Some(clock));
        }
    });
    result
}

/// What is said of a script that used up its slice, or its time to load, where nothing can wait.
pub fn message(budget: Duration) -> String {
    if budget == LOAD_BUDGET {
        return format!(
            "took more than {} ms; the top level of a file only defines things",
            budget.as_millis()
        );
    }
    format!(
        "computed for more than {} ms without waiting; use less, or wait in between with think()",
        budget.as_millis()
    )
}
