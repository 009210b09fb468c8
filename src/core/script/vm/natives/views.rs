//! Tables that show another one (see `view`), to functions of Lua that would look at the table itself.
#![expect(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    reason = "this is Lua's C interface"
)]

use std::ffi::c_int;

use mlua::ffi::{self, lua_Integer, lua_State};

use super::frame::{behind, raise, upvalue};
use crate::script::vm::read_only;

/// Pushes what is behind the table at `index`; false, with nothing pushed, when nothing is.
unsafe fn real(state: *mut lua_State, index: c_int) -> bool {
    if ffi::lua_type(state, index) != ffi::LUA_TTABLE {
        return false;
    }
    if ffi::lua_rawgetp(state, index, read_only::key()) == ffi::LUA_TTABLE {
        return true;
    }
    ffi::lua_pop(state, 1);
    false
}

/// `next`, `rawget` and `rawlen`.
pub(crate) unsafe extern "C-unwind" fn through(state: *mut lua_State) -> c_int {
    if real(state, 1) {
        ffi::lua_replace(state, 1);
    }
    behind(state)
}

/// `rawset`: the second upvalue is the table of globals, which is nobody's either.
pub(crate) unsafe extern "C-unwind" fn rawset(state: *mut lua_State) -> c_int {
    if real(state, 1) {
        ffi::luaL_getmetafield(state, 1, c"__metatable".as_ptr());
        let words = c"rawset: %s is read-only; keep your own in a local or in user.state";
        return ffi::luaL_error(state, words.as_ptr(), ffi::lua_tostring(state, -1));
    }
    if ffi::lua_rawequal(state, 1, upvalue(2)) != 0 {
        let words =
            c"rawset: the table of globals is read-only; keep your own in a local or in user.state";
        return raise(state, words);
    }
    behind(state)
}

/// `__index(view, key)`.
pub(crate) unsafe extern "C-unwind" fn index(state: *mut lua_State) -> c_int {
    if !real(state, 1) {
        return 0;
    }
    ffi::lua_pushvalue(state, 2);
    ffi::lua_rawget(state, -2);
    1
}

/// `__len(view)`.
pub(crate) unsafe extern "C-unwind" fn len(state: *mut lua_State) -> c_int {
    if !real(state, 1) {
        return 0;
    }
    let length = ffi::lua_rawlen(state, -1);
    ffi::lua_pushinteger(
        state,
        lua_Integer::try_from(length).unwrap_or(lua_Integer::MAX),
    );
    1
}

/// `__pairs(view)`: the first upvalue is a `next` that sees through.
pub(crate) unsafe extern "C-unwind" fn pairs(state: *mut lua_State) -> c_int {
    ffi::lua_pushvalue(state, upvalue(1));
    ffi::lua_pushvalue(state, 1);
    ffi::lua_pushnil(state);
    3
}
