//! The sandbox of scripts: Lua's library without access to the machine, and with caps.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Function, Lua, LuaOptions, StdLib, Table, Value};

use super::memory::{self, TURN_MEMORY, VM_MEMORY};
use super::{callbacks, cpu_budget, execution, natives, read_only};
use crate::script::{diagnostic, pattern};
use crate::text::did_you_mean;

/// How deeply callbacks of host functions may nest: each takes a part of the thread's stack.
const CALLBACK_DEPTH: u32 = 16;
/// Coroutines kept for reuse in each VM, so that a step costs no new Lua stack.
const COROUTINE_POOL: usize = 1_024;

/// What people look for, and what there is.
pub const INSTEAD: [(&str, &str); 8] = [
    (
        "os",
        "for times use time.now() and time.iso(), for settings vars",
    ),
    ("io", "for words use log, for rows of a file data"),
    ("debug", "errors have a traceback of themselves"),
    ("package", "require finds modules in the lib folder"),
    ("load", "use require"),
    ("loadfile", "use require"),
    ("dofile", "use require"),
    (
        "collectgarbage",
        "memory is limited and collected by itself",
    ),
];

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
    let all = VM_MEMORY.saturating_sub(memory::held(lua)).max(1);
    let _ = lua.set_memory_limit(all.min(lua.used_memory() + TURN_MEMORY));
}

/// Takes away what a script must not have and puts guards around the rest. `print` is called with a list of texts.
///
/// # Errors
/// When Lua has no memory left.
pub fn narrow(lua: &Lua, print: Function) -> mlua::Result<()> {
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
    host.set("instead", lua.create_table_from(INSTEAD)?)?;
    host.set("print", print)?;
    host.set("meant", lua.create_function(meant)?)?;
    host.set("calls", calls(lua, &globals)?)?;
    lua.load(include_str!("sandbox.lua"))
        .set_name("=sandbox")
        .call::<()>(host)?;
    lua.set_globals(seen)
}

/// The name of a table that was probably meant by one that it does not have.
fn meant(_: &Lua, (name, table): (String, Table)) -> mlua::Result<String> {
    let mut known = Vec::new();
    table.for_each(|key: Value, _: Value| {
        if let Value::String(key) = key {
            known.push(key.to_string_lossy());
        }
        Ok(())
    })?;
    // Lua has no order of keys.
    known.sort();
    Ok(did_you_mean(&name, known.iter().map(String::as_str)))
}

/// What those tables do that can be called, by name.
fn calls(lua: &Lua, globals: &Table) -> mlua::Result<Table> {
    let calls = lua.create_table()?;
    globals.for_each(|name: Value, value: Value| {
        let meta = value.as_table().and_then(Table::metatable);
        match meta
            .map(|meta| meta.raw_get::<Value>("__call"))
            .transpose()?
        {
            None | Some(Value::Nil) => Ok(()),
            Some(call) => calls.raw_set(name, call),
        }
    })?;
    Ok(calls)
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
            execution::with(|now| now.callbacks.set(now.callbacks.get() + 1));
            let outside = callbacks::enter("the function that string.gsub calls");
            let answer = call();
            callbacks::leave(outside);
            execution::with(|now| now.callbacks.set(now.callbacks.get().saturating_sub(1)));
            answer
        }),
        spent: Rc::new(move |steps| {
            if execution::with(|now| now.callbacks.get()) >= CALLBACK_DEPTH {
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
