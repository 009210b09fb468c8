//! What a script may reach: Lua's library without its doors to the machine, and with caps.

use std::cell::Cell;
use std::rc::Rc;

use mlua::{Lua, LuaOptions, StdLib, Table, Value};

use super::{budget, fault, pattern};

/// Bytes that a VM may hold; it serves about a thousand users of one type.
const VM_MEMORY: usize = 512 << 20;
/// Bytes that one `string.rep` or `table.concat` may make.
const STRING_CAP: usize = 16 << 20;
/// Items that one `table.move` may move: the instruction hook does not see it work.
const MOVED_AT_ONCE: u32 = 1_000_000;
/// Items that one `table.sort` without a comparator may sort, for the same reason: that many take about 50 ms.
const SORTED_AT_ONCE: u32 = 200_000;
/// Bytes that a script may take in one turn: what is larger takes the shard's time, too.
const TURN_MEMORY: usize = 128 << 20;
/// Bytes from which on a function of Lua's library looks at the clock first.
const LARGE: usize = 64 << 10;
/// How deeply callbacks of host functions may nest: each takes a part of the thread's stack.
const CALLBACK_DEPTH: u32 = 16;
/// Coroutines kept for reuse in each VM, so that a step costs no new Lua stack.
const COROUTINE_POOL: usize = 1_024;

thread_local! {
    static NO_WAIT: Cell<(u32, &'static str)> = const { Cell::new((0, "")) };
    static CALLBACKS: Cell<u32> = const { Cell::new(0) };
}

/// A VM with the libraries that a script may have, not yet narrowed: the API's tables are added before [`narrow`].
///
/// # Errors
/// When Lua cannot be started (out of memory).
pub fn open() -> mlua::Result<Lua> {
    let libraries =
        StdLib::COROUTINE | StdLib::TABLE | StdLib::STRING | StdLib::UTF8 | StdLib::MATH;
    let lua = Lua::new_with(
        libraries,
        LuaOptions::new().thread_pool_size(COROUTINE_POOL),
    )?;
    lua.set_memory_limit(VM_MEMORY)?;
    budget::install(&lua)?;
    Ok(lua)
}

/// Bounds what a script may take of its VM in the turn that begins.
pub fn bound_turn(lua: &Lua) {
    // It fails only where the VM has no allocator of its own, and ours has.
    let _ = lua.set_memory_limit(VM_MEMORY.min(lua.used_memory() + TURN_MEMORY));
}

/// Takes away what a script must not have and puts guards around the rest.
///
/// # Errors
/// When Lua has no memory left.
pub fn narrow(lua: &Lua) -> mlua::Result<()> {
    let host = lua.create_table()?;
    host.set("string_cap", STRING_CAP)?;
    host.set(
        "describe",
        lua.create_function(|_, error: Value| Ok(describe(&error)))?,
    )?;
    host.set(
        "enter",
        lua.create_function(|_, place: String| {
            enter(if place.starts_with("the comparator") {
                COMPARATOR
            } else {
                COROUTINE
            });
            Ok(())
        })?,
    )?;
    host.set(
        "leave",
        lua.create_function(|_, ()| {
            leave();
            Ok(())
        })?,
    )?;
    host.set(
        "is_over",
        lua.create_function(|_, ()| Ok(budget::is_over()))?,
    )?;
    host.set("moved_at_once", MOVED_AT_ONCE)?;
    host.set("sorted_at_once", SORTED_AT_ONCE)?;
    host.set("large", LARGE)?;
    host.set(
        "in_time",
        lua.create_function(|lua, ()| budget::in_time(lua))?,
    )?;
    host.set("depth", lua.create_function(|_, ()| Ok(NO_WAIT.get().0))?)?;
    host.set(
        "print",
        lua.create_function(|_, text: String| {
            tracing::info!(target: "throng::script", "{text}");
            Ok(())
        })?,
    )?;
    let globals: Table = lua.globals();
    replace_patterns(lua, &globals)?;
    let seen: Table = lua
        .load(include_str!("sandbox.lua"))
        .set_name("=sandbox")
        .call(host)?;
    lua.set_globals(seen)
}

fn describe(error: &Value) -> String {
    match error {
        Value::Error(error) => fault::describe(error),
        other => format!("{other:?}"),
    }
}

/// Lua's own pattern functions ignore hooks and can run for hours: ours count their steps.
fn replace_patterns(lua: &Lua, globals: &Table) -> mlua::Result<()> {
    let string: Table = globals.get("string")?;
    let weak = lua.weak();
    let watch = pattern::Watch {
        enter: Rc::new(|| {
            CALLBACKS.set(CALLBACKS.get() + 1);
            enter("the function that string.gsub calls");
        }),
        leave: Rc::new(|| {
            CALLBACKS.set(CALLBACKS.get().saturating_sub(1));
            leave();
        }),
        spent: Rc::new(move |steps| {
            if CALLBACKS.get() >= CALLBACK_DEPTH {
                return Err(mlua::Error::runtime(format!(
                    "string.gsub calls itself more than {CALLBACK_DEPTH} times deep"
                )));
            }
            budget::spend(&weak, steps)
        }),
    };
    for pair in pattern::table(lua, &watch)?.pairs::<String, Value>() {
        let (name, function) = pair?;
        string.set(name, function)?;
    }
    Ok(())
}

const COROUTINE: &str = "a coroutine that the script made";
const COMPARATOR: &str = "the comparator of table.sort";

/// Marks that Lua cannot wait from here on (see [`why_no_wait`]).
pub fn enter(place: &'static str) {
    NO_WAIT.set((NO_WAIT.get().0 + 1, place));
}

/// Ends what [`enter`] began.
pub fn leave() {
    let (depth, place) = NO_WAIT.get();
    NO_WAIT.set((depth.saturating_sub(1), place));
}

/// A new slice of a script begins outside all callbacks.
pub fn reset_no_wait() {
    NO_WAIT.set((0, ""));
    CALLBACKS.set(0);
}

/// The place in which a script cannot wait just now, if it is in one.
pub fn why_no_wait() -> Option<&'static str> {
    let (depth, place) = NO_WAIT.get();
    (depth > 0).then_some(place)
}
