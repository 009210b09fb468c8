//! What a script may reach: Lua's library without its doors to the machine, and with caps.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, Lua, LuaOptions, StdLib, Table, Value};

use super::{cpu_budget, natives, read_only};
use crate::script::api::log;
use crate::script::{diagnostic, pattern};
use crate::secrets::Masker;

/// Bytes that a VM may hold; it serves about a thousand users of one type.
const VM_MEMORY: usize = 512 << 20;
/// Bytes that a script may take in one turn: what is larger takes the shard's time, too.
const TURN_MEMORY: usize = 128 << 20;
/// How deeply callbacks of host functions may nest: each takes a part of the thread's stack.
const CALLBACK_DEPTH: u32 = 16;
/// Coroutines kept for reuse in each VM, so that a step costs no new Lua stack.
const COROUTINE_POOL: usize = 1_024;

const OUTSIDE: Depth = Depth {
    all: 0,
    base: 0,
    place: "",
};

thread_local! {
    static NO_WAIT: Cell<Depth> = const { Cell::new(OUTSIDE) };
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
    cpu_budget::install(&lua)?;
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
pub fn narrow(lua: &Lua, secrets: &Arc<Masker>) -> mlua::Result<()> {
    let globals: Table = lua.globals();
    replace_patterns(lua, &globals)?;
    let seen = lua.create_table()?;
    let guards = natives::Host {
        describe: lua.create_function(describe)?,
        in_time: lua.create_function(|lua, ()| cpu_budget::in_time(lua))?,
        seen: seen.clone(),
    };
    natives::install(lua, &globals, &guards)?;
    let host = lua.create_table()?;
    host.set("seen", &seen)?;
    host.set("pairs", natives::pairs(lua)?)?;
    host.set(
        "over",
        lua.create_function(|lua, real: Table| read_only::over(lua, real))?,
    )?;
    let secrets = Arc::clone(secrets);
    host.set(
        "print",
        lua.create_function(move |_, words: Table| log::print(&words, &secrets))?,
    )?;
    lua.load(include_str!("sandbox.lua"))
        .set_name("=sandbox")
        .call::<()>(host)?;
    lua.set_globals(seen)
}

/// An error of the host as a plain string; what a script raised is what it catches.
fn describe(lua: &Lua, error: Value) -> mlua::Result<Value> {
    match error {
        Value::Error(error) => Ok(Value::String(
            lua.create_string(diagnostic::describe(&error))?,
        )),
        other => Ok(other),
    }
}

/// Lua's own pattern functions ignore hooks and can run for hours: ours count their steps.
fn replace_patterns(lua: &Lua, globals: &Table) -> mlua::Result<()> {
    let string: Table = globals.get("string")?;
    let weak = lua.weak();
    // What a function or a table of the script raised inside `gsub`: it goes on as it is, whatever it is.
    let raised = Rc::new(RefCell::new(None));
    let watch = pattern::Watch {
        inside: Rc::new(|call| {
            CALLBACKS.set(CALLBACKS.get() + 1);
            let outside = enter("the function that string.gsub calls");
            let answer = call();
            leave(outside);
            CALLBACKS.set(CALLBACKS.get().saturating_sub(1));
            answer
        }),
        spent: Rc::new(move |steps| {
            if CALLBACKS.get() >= CALLBACK_DEPTH {
                return Err(mlua::Error::runtime(format!(
                    "string.gsub calls itself more than {CALLBACK_DEPTH} times deep"
                )));
            }
            cpu_budget::spend(&weak, steps)
        }),
        raise: {
            let raised = Rc::clone(&raised);
            Rc::new(move |value| {
                raised.replace(Some(value));
                mlua::Error::runtime("raised inside string.gsub")
            })
        },
        answer: Rc::new(move |lua, answer| match (raised.take(), answer) {
            (Some(value), _) => Ok(natives::thrown(value)),
            (None, Err(mlua::Error::RuntimeError(words))) => {
                let words = Value::String(lua.create_string(words)?);
                Ok(natives::faulty(words))
            }
            (None, answer) => answer,
        }),
    };
    for pair in pattern::table(lua, &watch)?.pairs::<String, Function>() {
        let (name, function) = pair?;
        if let Some(checked) = natives::pattern(lua, &name, &function)? {
            string.set(name, checked)?;
        }
    }
    Ok(())
}

const COROUTINE: &str = "a coroutine that the script made";
/// Where the comparator of `table.sort` runs.
pub const COMPARATOR: &str = "the comparator of table.sort";

/// Callbacks and coroutines of a script around what runs now.
#[derive(Clone, Copy)]
pub struct Depth {
    all: u32,
    /// How many there were where the present coroutine began.
    base: u32,
    /// The innermost.
    place: &'static str,
}

/// Marks that Lua cannot wait from here on (see [`why_no_wait`]); what is returned is for [`leave`].
pub fn enter(place: &'static str) -> Depth {
    let before = NO_WAIT.get();
    NO_WAIT.set(Depth {
        all: before.all + 1,
        place,
        ..before
    });
    before
}

/// Marks that a coroutine of the script runs from here on; what is returned is for [`leave`].
pub fn enter_coroutine() -> Depth {
    let before = NO_WAIT.get();
    let all = before.all + 1;
    NO_WAIT.set(Depth {
        all,
        base: all,
        place: COROUTINE,
    });
    before
}

/// Ends what [`enter`] or [`enter_coroutine`] began.
pub fn leave(before: Depth) {
    NO_WAIT.set(before);
}

/// How deep in callbacks the present coroutine is: what a caught error leaves is left by [`back_to`].
pub fn depth_here() -> isize {
    let depth = NO_WAIT.get();
    depth.all.saturating_sub(depth.base) as isize
}

/// An error was caught where the present coroutine was so deep in callbacks.
pub fn back_to(depth_here: isize) {
    let depth = NO_WAIT.get();
    let here = u32::try_from(depth_here).unwrap_or(0);
    NO_WAIT.set(Depth {
        all: depth.base + here,
        ..depth
    });
}

/// A new slice of a script begins outside all callbacks.
pub fn reset_no_wait() {
    NO_WAIT.set(OUTSIDE);
    CALLBACKS.set(0);
}

/// The place in which a script cannot wait just now, if it is in one.
pub fn why_no_wait() -> Option<&'static str> {
    let depth = NO_WAIT.get();
    (depth.all > 0).then_some(depth.place)
}
