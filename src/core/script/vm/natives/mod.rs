//! Functions of Lua's library that a script may have only with a guard, as C functions over Lua's own.
//!
//! In: the functions of Lua. Out: the same, each behind a look at the clock, a cap or a question of ownership, put in their place.
//! It never knows users but for the number of the one at work.
//!
//! They are C functions because only such a function is the same as the one that it stands for: it has no frame of Lua of its
//! own, so that an error has the place of the caller, also behind `return`, that `error("...", 2)` counts the same levels, and
//! that results go through as they are, none too. Each calls Lua's function in its own frame, which makes Lua find the name by
//! which it was called. This is the only code of the project that is `unsafe`; what it must keep is said in [`frame`].

mod build;
mod calls;
mod frame;
mod library;
mod matching;
mod plain;
mod views;

pub use build::{Full, MOST_KEYS, Stack, build};
pub use frame::{faulty, thrown};
pub use plain::{Bounds, PlainSizes, plain_bytes, plain_fields};

use mlua::ffi::lua_CFunction;
use mlua::{Function, IntoLuaMulti, Lua, Result, Table, Value};

/// Values of the host that the functions need.
pub struct Host {
    /// Turns an error of the host into what a script sees of it.
    pub describe: Function,
    /// Raises when the script has no time left.
    pub in_time: Function,
    /// The table that scripts see as that of all globals.
    pub seen: Table,
}

/// Where a VM keeps its [`next`].
const NEXT: &str = "throng.next";

/// Functions that look at the clock before they work on a large text.
const LARGE: [(&str, &[&str]); 2] = [
    (
        "string",
        &[
            "upper", "lower", "reverse", "sub", "byte", "format", "unpack",
        ],
    ),
    ("utf8", &["len", "codepoint"]),
];

/// Puts the guards into the tables of Lua's library.
///
/// # Errors
/// When Lua has no memory left.
pub fn install(lua: &Lua, globals: &Table, host: &Host) -> Result<()> {
    for (name, functions) in LARGE {
        let table: Table = globals.get(name)?;
        for function in functions {
            replace(lua, &table, function, library::large, &host.in_time)?;
        }
    }
    let string: Table = globals.get("string")?;
    replace(lua, &string, "rep", library::rep, &host.in_time)?;
    replace(lua, &string, "pack", library::pack, ())?;
    let table: Table = globals.get("table")?;
    replace(lua, &table, "concat", library::concat, &host.in_time)?;
    replace(lua, &table, "sort", library::sort, ())?;
    replace(lua, &table, "move", library::r#move, ())?;
    replace(lua, globals, "setmetatable", library::setmetatable, ())?;
    replace(lua, globals, "rawset", views::rawset, &host.seen)?;
    globals.raw_set("next", next(lua)?)?;
    for name in ["rawget", "rawlen"] {
        replace(lua, globals, name, views::through, ())?;
    }
    replace(lua, globals, "pcall", calls::pcall, &host.describe)?;
    replace(lua, globals, "xpcall", calls::xpcall, &host.describe)?;
    coroutines(lua, &globals.get("coroutine")?, host)
}

fn coroutines(lua: &Lua, table: &Table, host: &Host) -> Result<()> {
    let made = lua.create_table()?;
    let weak = lua.create_table()?;
    weak.raw_set("__mode", "k")?;
    made.set_metatable(Some(weak))?;
    let resume: Function = table.get("resume")?;
    let owned = (&host.describe, &made);
    replace(lua, table, "create", calls::create, owned)?;
    replace(
        lua,
        table,
        "wrap",
        calls::wrap,
        (&host.describe, &made, resume),
    )?;
    replace(lua, table, "resume", calls::resume, owned)?;
    replace(lua, table, "close", calls::close, owned)?;
    replace(lua, table, "yield", calls::r#yield, ())
}

/// `find`, `match`, `gmatch` or `gsub` of the host: checks the arguments as Lua does, and raises what `function` says with
/// [`faulty`] and [`thrown`]. None for any other name.
///
/// # Errors
/// When Lua has no memory left.
pub fn pattern(lua: &Lua, name: &str, function: &Function) -> Result<Option<Function>> {
    let checked: lua_CFunction = match name {
        "find" | "match" => matching::find,
        "gmatch" => matching::gmatch,
        "gsub" => matching::gsub,
        _ => return Ok(None),
    };
    closure(lua, checked, function).map(Some)
}

/// A function of the host that may wait, and that says with [`thrown`] what it raises as it is.
///
/// # Errors
/// When Lua has no memory left.
pub fn throwing(lua: &Lua, function: &Function) -> Result<Function> {
    closure(lua, calls::throwing, function)
}

/// Puts into a metatable what lets scripts read through a view (see [`view`](crate::script::vm::read_only)).
///
/// # Errors
/// When Lua has no memory left.
pub fn show(lua: &Lua, meta: &Table) -> Result<()> {
    meta.raw_set("__index", closure(lua, views::index, ())?)?;
    meta.raw_set("__len", closure(lua, views::len, ())?)?;
    meta.raw_set("__pairs", pairs(lua)?)
}

/// `__pairs` of a view: it gives the view and not what is behind it.
///
/// # Errors
/// When Lua has no memory left.
pub fn pairs(lua: &Lua) -> Result<Function> {
    closure(lua, views::pairs, next(lua)?)
}

/// A `next` that sees through views. It is made of Lua's own, and once: over another guard it would call itself for ever.
fn next(lua: &Lua) -> Result<Function> {
    if let Some(made) = lua.named_registry_value(NEXT)? {
        return Ok(made);
    }
    let own: Function = lua.globals().raw_get("next")?;
    let made = closure(lua, views::through, own)?;
    lua.set_named_registry_value(NEXT, &made)?;
    Ok(made)
}

/// Puts `guard` over a function of a table; `upvalues` come behind the function itself.
fn replace(
    lua: &Lua,
    table: &Table,
    name: &str,
    guard: lua_CFunction,
    upvalues: impl IntoLuaMulti,
) -> Result<()> {
    let behind: Value = table.get(name)?;
    let mut all = upvalues.into_lua_multi(lua)?;
    all.push_front(behind);
    table.raw_set(name, closure(lua, guard, all)?)
}

#[expect(
    unsafe_code,
    reason = "the functions of these files keep what `frame` says, and find the upvalues that `replace` gives them"
)]
fn closure(lua: &Lua, function: lua_CFunction, upvalues: impl IntoLuaMulti) -> Result<Function> {
    unsafe {
        lua.exec_raw(upvalues, |state| {
            let count = mlua::ffi::lua_gettop(state);
            mlua::ffi::lua_pushcclosure(state, function, count);
        })
    }
}
