//! Calls that catch errors, and coroutines: a script whose time is over goes down through every one of them, errors of the host
//! reach it as plain strings, and a coroutine is resumed and closed by the user that made it.
#![expect(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    reason = "this is Lua's C interface"
)]

use std::ffi::{CStr, c_int};

use mlua::ffi::{self, lua_Integer, lua_KContext, lua_State};

use super::frame::{behind, describe, go_on, judge, raise, upvalue};
use crate::script::user::context;
use crate::script::vm::callbacks;

/// The owner of what was made while files load: everybody.
const EVERYBODY: lua_Integer = lua_Integer::MIN;
/// Who made a coroutine is noted in a table with weak keys; the third upvalue.
const MADE: c_int = upvalue(3);

/// `pcall(f, ...)`, as Lua's own does it (lbaselib.c).
pub(crate) unsafe extern "C-unwind" fn pcall(state: *mut lua_State) -> c_int {
    ffi::luaL_checkany(state, 1);
    ffi::lua_pushboolean(state, 1);
    ffi::lua_insert(state, 1);
    let arguments = ffi::lua_gettop(state) - 2;
    let context = callbacks::depth_here() << 2;
    let status = ffi::lua_pcallk(state, arguments, ffi::LUA_MULTRET, 0, context, Some(called));
    called(state, status, context)
}

/// `xpcall(f, handler, ...)`, as Lua's own does it.
pub(crate) unsafe extern "C-unwind" fn xpcall(state: *mut lua_State) -> c_int {
    let arguments = ffi::lua_gettop(state);
    ffi::luaL_checktype(state, 2, ffi::LUA_TFUNCTION);
    ffi::lua_pushvalue(state, 2);
    ffi::lua_pushvalue(state, upvalue(2));
    ffi::lua_pushcclosure(state, handle, 2);
    ffi::lua_replace(state, 2);
    ffi::lua_pushboolean(state, 1);
    ffi::lua_pushvalue(state, 1);
    ffi::lua_rotate(state, 3, 2);
    let context = callbacks::depth_here() << 2 | 2;
    let status = ffi::lua_pcallk(
        state,
        arguments - 2,
        ffi::LUA_MULTRET,
        2,
        context,
        Some(called),
    );
    called(state, status, context)
}

/// After the call, also when it waited: `context` is the depth of callbacks and how many values lie under the results.
unsafe extern "C-unwind" fn called(
    state: *mut lua_State,
    status: c_int,
    context: lua_KContext,
) -> c_int {
    if status == ffi::LUA_OK || status == ffi::LUA_YIELD {
        let under = (context & 3) as c_int;
        return ffi::lua_gettop(state) - under;
    }
    callbacks::back_to(context >> 2);
    describe(state);
    go_on(state);
    ffi::lua_pushboolean(state, 0);
    ffi::lua_insert(state, -2);
    2
}

/// The handler of `xpcall`, around the script's own, which is the first upvalue.
unsafe extern "C-unwind" fn handle(state: *mut lua_State) -> c_int {
    ffi::lua_settop(state, 1);
    describe(state);
    // A handler that is over its time is called for that error, too: it would never end.
    if crate::script::vm::cpu_budget::is_over() {
        return 1;
    }
    ffi::lua_pushvalue(state, upvalue(1));
    ffi::lua_insert(state, 1);
    ffi::lua_call(state, 1, 1);
    1
}

/// Calls the first upvalue, which may wait, and raises what it says.
pub(crate) unsafe extern "C-unwind" fn throwing(state: *mut lua_State) -> c_int {
    let arguments = ffi::lua_gettop(state);
    ffi::lua_pushvalue(state, upvalue(1));
    ffi::lua_insert(state, 1);
    ffi::lua_callk(state, arguments, ffi::LUA_MULTRET, 0, Some(judged));
    judge(state)
}

unsafe extern "C-unwind" fn judged(state: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    judge(state)
}

/// `coroutine.create(f)`.
pub(crate) unsafe extern "C-unwind" fn create(state: *mut lua_State) -> c_int {
    let results = behind(state);
    note(state);
    results
}

/// `coroutine.wrap(f)`; the fourth upvalue is Lua's `resume`.
pub(crate) unsafe extern "C-unwind" fn wrap(state: *mut lua_State) -> c_int {
    behind(state);
    // Lua's function holds the coroutine as its first upvalue.
    ffi::lua_getupvalue(state, -1, 1);
    note(state);
    for index in [upvalue(2), MADE, upvalue(4)] {
        ffi::lua_pushvalue(state, index);
    }
    ffi::lua_pushcclosure(state, wrapped, 4);
    1
}

/// What `coroutine.wrap` returns: the first upvalue is the coroutine.
unsafe extern "C-unwind" fn wrapped(state: *mut lua_State) -> c_int {
    if let Some(words) = foreign(state, upvalue(1)) {
        return refuse(state, c"resume", words);
    }
    let arguments = ffi::lua_gettop(state);
    ffi::luaL_checkstack(state, 3, std::ptr::null());
    ffi::lua_pushvalue(state, upvalue(4));
    ffi::lua_insert(state, 1);
    ffi::lua_pushvalue(state, upvalue(1));
    ffi::lua_insert(state, 2);
    // `resume` raises nothing: what it met is its result.
    let before = callbacks::enter_coroutine();
    ffi::lua_call(state, arguments + 1, ffi::LUA_MULTRET);
    callbacks::leave(before);
    go_on(state);
    if ffi::lua_toboolean(state, 1) != 0 {
        ffi::lua_remove(state, 1);
        return ffi::lua_gettop(state);
    }
    // As Lua's own does it (auxwrap in lcorolib.c).
    let coroutine = ffi::lua_tothread(state, upvalue(1));
    let mut status = ffi::lua_status(coroutine);
    if status != ffi::LUA_OK && status != ffi::LUA_YIELD {
        status = ffi::lua_closethread(coroutine, state);
        ffi::lua_xmove(coroutine, state, 1);
    }
    if status != ffi::LUA_ERRMEM && ffi::lua_type(state, -1) == ffi::LUA_TSTRING {
        ffi::luaL_where(state, 1);
        ffi::lua_insert(state, -2);
        ffi::lua_concat(state, 2);
    }
    ffi::lua_error(state)
}

/// `coroutine.resume(co, ...)`.
pub(crate) unsafe extern "C-unwind" fn resume(state: *mut lua_State) -> c_int {
    if ffi::lua_type(state, 1) != ffi::LUA_TTHREAD {
        return behind(state);
    }
    if let Some(words) = foreign(state, 1) {
        ffi::lua_pushboolean(state, 0);
        ffi::lua_pushfstring(state, c"cannot resume %s".as_ptr(), words.as_ptr());
        return 2;
    }
    let before = callbacks::enter_coroutine();
    let results = behind(state);
    callbacks::leave(before);
    go_on(state);
    if ffi::lua_toboolean(state, -results) == 0 {
        describe(state);
    }
    results
}

/// `coroutine.close(co)`.
pub(crate) unsafe extern "C-unwind" fn close(state: *mut lua_State) -> c_int {
    if ffi::lua_type(state, 1) == ffi::LUA_TTHREAD
        && let Some(words) = foreign(state, 1)
    {
        return refuse(state, c"close", words);
    }
    let results = behind(state);
    if results > 1 {
        describe(state);
    }
    go_on(state);
    results
}

/// `coroutine.yield(...)`.
pub(crate) unsafe extern "C-unwind" fn r#yield(state: *mut lua_State) -> c_int {
    if callbacks::why_no_wait().is_none() {
        let words = c"coroutine.yield: nothing to yield to; to wait use think(seconds)";
        return raise(state, words);
    }
    behind(state)
}

/// Notes that the coroutine on top is the present user's.
unsafe fn note(state: *mut lua_State) {
    ffi::lua_pushvalue(state, -1);
    ffi::lua_pushinteger(state, present());
    ffi::lua_rawset(state, MADE);
}

/// Why the present user cannot use a coroutine: users run in coroutines of the host, and `coroutine.running` gives them; those
/// that another user made may hold what is that user's. What is made while a file loads is for all, as its other values are.
unsafe fn foreign(state: *mut lua_State, index: c_int) -> Option<&'static CStr> {
    if ffi::lua_tothread(state, index) == state {
        // It runs: Lua has the words for it.
        return None;
    }
    ffi::lua_pushvalue(state, index);
    ffi::lua_rawget(state, MADE);
    let mut known = 0;
    let owner = ffi::lua_tointegerx(state, -1, &mut known);
    ffi::lua_pop(state, 1);
    if known == 0 {
        Some(c"a coroutine that the script did not make")
    } else if owner != EVERYBODY && owner != present() {
        Some(c"a coroutine that another user made; make one for each user")
    } else {
        None
    }
}

fn present() -> lua_Integer {
    context::number().map_or(EVERYBODY, |number| number as lua_Integer)
}

unsafe fn refuse(state: *mut lua_State, verb: &CStr, words: &CStr) -> c_int {
    ffi::luaL_error(
        state,
        c"cannot %s %s".as_ptr(),
        verb.as_ptr(),
        words.as_ptr(),
    )
}
