//! The time a script may compute without waiting, and the hook that watches it.
//!
//! The hook is called every [`HOOK_INSTRUCTIONS`] instructions. Over budget it alternates between yielding, which lets
//! the host drop the coroutine, and raising, for places where Lua cannot yield; [`is_over`] keeps `pcall` from
//! swallowing that.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use mlua::debug::Debug;
use mlua::{HookTriggers, Lua, VmState};

/// How often the hook looks at the clock: at 100,000 instructions it costs 3-5 % of pure computation.
const HOOK_INSTRUCTIONS: u32 = 100_000;

/// How long one slice (from one wait to the next) of a user's script may compute.
pub const SLICE_BUDGET: Duration = Duration::from_millis(50);

/// How long the top level of a script or module may compute when it is loaded.
pub const LOAD_BUDGET: Duration = Duration::from_secs(1);

/// Frames that are searched for a line of a script.
const FRAMES: usize = 20;

thread_local! {
    static START: Cell<Option<(Instant, Duration)>> = const { Cell::new(None) };
    static SPENT: Cell<u64> = const { Cell::new(0) };
    static TICKS: Cell<u32> = const { Cell::new(0) };
    static OVERRUN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// One slice of a script: the clock runs while it lives. Slices nest: the branches of `parallel` run inside a step.
#[must_use]
pub struct Slice {
    outer: Option<(Instant, Duration)>,
    /// An overrun belongs to the slice in which it happened, also when nobody asks for it.
    outer_overrun: Option<String>,
}

impl Slice {
    /// Starts the clock for `budget`.
    pub fn start(budget: Duration) -> Self {
        TICKS.set(0);
        Self {
            outer: START.replace(Some((Instant::now(), budget))),
            outer_overrun: OVERRUN.take(),
        }
    }

    /// Where the script was when its time was over, if it was.
    pub fn overrun(&self) -> Option<String> {
        OVERRUN.with_borrow_mut(Option::take)
    }
}

impl Drop for Slice {
    fn drop(&mut self) {
        START.set(self.outer);
        OVERRUN.set(self.outer_overrun.take());
    }
}

/// Puts the hook on every coroutine of this VM.
///
/// # Errors
/// When Lua has no memory left for it.
pub fn install(lua: &Lua) -> mlua::Result<()> {
    let triggers = HookTriggers::new().every_nth_instruction(HOOK_INSTRUCTIONS);
    lua.set_global_hook(triggers, |lua, _| tick(lua))
}

fn tick(lua: &Lua) -> mlua::Result<VmState> {
    let Some((start, budget)) = START.get() else {
        return Ok(VmState::Continue);
    };
    if start.elapsed() < budget {
        return Ok(VmState::Continue);
    }
    let ticks = TICKS.replace(TICKS.get() + 1);
    OVERRUN.with_borrow_mut(|known| {
        known.get_or_insert_with(|| place(lua));
    });
    if ticks.is_multiple_of(2) {
        Ok(VmState::Yield)
    } else {
        Err(mlua::Error::runtime(message(budget)))
    }
}

/// The innermost line of a script: the hook may meet it inside functions of the host that are Lua too.
fn place(lua: &Lua) -> String {
    let line_of = |debug: &Debug<'_>| {
        let source = debug.source();
        let file = source.short_src.filter(|file| file.ends_with(".lua"))?;
        Some(format!("{file}:{}", debug.current_line().unwrap_or(0)))
    };
    let frames = (0..FRAMES).map_while(|level| lua.inspect_stack(level, line_of));
    frames.flatten().next().unwrap_or_else(|| "?".to_owned())
}

/// Says that the slice under way is over, for a part of it that had a slice of its own.
pub fn overrun(place: String) {
    OVERRUN.with_borrow_mut(|known| {
        known.get_or_insert(place);
    });
}

/// Whether the slice under way is over its budget: then no `pcall` may hold it up.
pub fn is_over() -> bool {
    OVERRUN.with_borrow(Option::is_some)
}

/// Counts work of the host on behalf of a script that the hook cannot see, in steps of about a nanosecond or two.
///
/// # Errors
/// When the slice is over its budget.
pub fn spend(steps: u64) -> mlua::Result<()> {
    let spent = SPENT.replace(SPENT.get() + steps) + steps;
    if spent < u64::from(HOOK_INSTRUCTIONS) {
        return Ok(());
    }
    SPENT.set(0);
    match START.get() {
        Some((start, budget)) if start.elapsed() >= budget => {
            Err(mlua::Error::runtime(message(budget)))
        }
        _ => Ok(()),
    }
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
