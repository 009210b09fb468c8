//! `find`, `match`, `gmatch` and `gsub`: the arguments are checked as Lua does it, the work is the host's (see `pattern`).
#![expect(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    reason = "this is Lua's C interface"
)]

use std::ffi::c_int;
use std::ptr::null_mut;

use mlua::ffi::{self, lua_State};

use super::frame::{judge, upvalue};

/// `find` and `match`: the first upvalue does the work.
pub(crate) unsafe extern "C-unwind" fn find(state: *mut lua_State) -> c_int {
    texts(state);
    ffi::luaL_optinteger(state, 3, 1);
    ask(state)
}

/// `gmatch`: the function that it returns raises at its caller, too.
pub(crate) unsafe extern "C-unwind" fn gmatch(state: *mut lua_State) -> c_int {
    texts(state);
    ffi::luaL_optinteger(state, 3, 1);
    ask(state);
    ffi::lua_pushcclosure(state, ask, 1);
    1
}

/// `gsub`.
pub(crate) unsafe extern "C-unwind" fn gsub(state: *mut lua_State) -> c_int {
    texts(state);
    let kind = ffi::lua_type(state, 3);
    ffi::luaL_optinteger(state, 4, 0);
    if !matches!(
        kind,
        ffi::LUA_TNUMBER | ffi::LUA_TSTRING | ffi::LUA_TTABLE | ffi::LUA_TFUNCTION
    ) {
        // As luaL_typeerror has it.
        let got = if ffi::luaL_getmetafield(state, 3, c"__name".as_ptr()) == ffi::LUA_TSTRING {
            ffi::lua_tostring(state, -1)
        } else if kind == ffi::LUA_TLIGHTUSERDATA {
            c"light userdata".as_ptr()
        } else {
            ffi::lua_typename(state, kind)
        };
        let words = c"string/function/table expected, got %s";
        let words = ffi::lua_pushfstring(state, words.as_ptr(), got);
        return ffi::luaL_argerror(state, 3, words);
    }
    ask(state)
}

unsafe fn texts(state: *mut lua_State) {
    ffi::luaL_checklstring(state, 1, null_mut());
    ffi::luaL_checklstring(state, 2, null_mut());
}

/// Calls the first upvalue with all arguments.
unsafe extern "C-unwind" fn ask(state: *mut lua_State) -> c_int {
    let arguments = ffi::lua_gettop(state);
    ffi::lua_pushvalue(state, upvalue(1));
    ffi::lua_insert(state, 1);
    ffi::lua_call(state, arguments, ffi::LUA_MULTRET);
    judge(state)
}
