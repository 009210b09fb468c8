//! The call frame that the C functions here share, and the rules that each of them must keep.
//!
//! - Lua raises errors with `longjmp`, over the frames of these functions: none of them holds a value with a destructor while it
//!   calls Lua, and none panics.
//! - A function is called with a state of Lua and at least 20 free places on its stack; it pushes no more, or asks for more.
//! - Its upvalues are those that `install` gave it; the first is the function that it stands for. Scripts reach neither: there
//!   is no `debug`.
#![expect(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    reason = "this is Lua's C interface"
)]

use std::ffi::{CStr, c_int, c_void};

use mlua::ffi::{self, lua_State};
use mlua::{LightUserData, MultiValue, Value};

use crate::script::vm::cpu_budget;

static FAULTY: u8 = 1;
static THROWN: u8 = 2;

fn mark(of: &'static u8) -> *mut c_void {
    std::ptr::from_ref(of).cast_mut().cast()
}

fn marked(of: &'static u8, value: Value) -> MultiValue {
    let mark = Value::LightUserData(LightUserData(mark(of)));
    [mark, value].into_iter().collect()
}

/// The results of a function of the host that raises these words at the place of its caller, as Lua's library does.
pub fn faulty(words: Value) -> MultiValue {
    marked(&FAULTY, words)
}

/// The results of a function of the host that raises this value as it is.
pub fn thrown(value: Value) -> MultiValue {
    marked(&THROWN, value)
}

/// Raises what the results of a function of the host say; without that they are the results.
pub(crate) unsafe fn judge(state: *mut lua_State) -> c_int {
    if ffi::lua_type(state, 1) == ffi::LUA_TLIGHTUSERDATA {
        let pointer = ffi::lua_touserdata(state, 1);
        if pointer == mark(&FAULTY) {
            ffi::luaL_where(state, 1);
            ffi::lua_pushvalue(state, 2);
            ffi::lua_concat(state, 2);
            ffi::lua_error(state);
        }
        if pointer == mark(&THROWN) {
            ffi::lua_pushvalue(state, 2);
            ffi::lua_error(state);
        }
    }
    ffi::lua_gettop(state)
}

pub(crate) const fn upvalue(number: c_int) -> c_int {
    ffi::lua_upvalueindex(number)
}

/// Calls the function that this one stands for, in this very frame.
pub(crate) unsafe fn behind(state: *mut lua_State) -> c_int {
    match ffi::lua_tocfunction(state, upvalue(1)) {
        Some(function) => function(state),
        None => raise(state, c"the function behind a guard is gone"),
    }
}

/// Raises words at the place of the caller.
pub(crate) unsafe fn raise(state: *mut lua_State, words: &CStr) -> c_int {
    ffi::luaL_where(state, 1);
    ffi::lua_pushstring(state, words.as_ptr());
    ffi::lua_concat(state, 2);
    ffi::lua_error(state)
}

/// Raises when the script has no time left; the second upvalue asks.
pub(crate) unsafe fn in_time(state: *mut lua_State) {
    ffi::lua_pushvalue(state, upvalue(2));
    ffi::lua_call(state, 0, 0);
}

/// Raises when the slice is over its budget: nothing may hold that up.
pub(crate) unsafe fn go_on(state: *mut lua_State) {
    if cpu_budget::is_over() {
        ffi::luaL_checkstack(state, 2, std::ptr::null());
        ffi::lua_pushstring(state, c"the script's time is over".as_ptr());
        ffi::lua_error(state);
    }
}

/// The error on top as a script sees it; the second upvalue describes those of the host.
pub(crate) unsafe fn describe(state: *mut lua_State) {
    if ffi::lua_type(state, -1) == ffi::LUA_TUSERDATA {
        ffi::luaL_checkstack(state, 2, std::ptr::null());
        ffi::lua_pushvalue(state, upvalue(2));
        ffi::lua_insert(state, -2);
        ffi::lua_call(state, 1, 1);
    }
}
