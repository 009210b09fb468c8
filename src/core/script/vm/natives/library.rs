//! Functions of Lua that the host's clock cannot see into: where there is much to do they look at it first, and one
//! call must not be able to take all memory.
#![expect(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    reason = "this is Lua's C interface"
)]

use std::ffi::c_int;

use mlua::ffi::{self, lua_Integer, lua_State};

use super::frame::{behind, in_time, raise};
use crate::script::vm::callbacks;

/// Bytes that one `string.rep` or `table.concat` may make.
const STRING_CAP: c_int = 16 << 20;
/// Items that one `table.move` may move: the instruction hook does not see it work.
const MOVED_AT_ONCE: c_int = 1_000_000;
/// Items that one `table.sort` without a comparator may sort, for the same reason: that many take about 50 ms.
const SORTED_AT_ONCE: c_int = 200_000;
/// Bytes from which on a function of Lua's library looks at the clock first.
const LARGE: usize = 64 << 10;

/// Any function of texts: `string.upper` and the like.
pub(crate) unsafe extern "C-unwind" fn large(state: *mut lua_State) -> c_int {
    for index in 1..=ffi::lua_gettop(state) {
        if is_string(state, index) && ffi::lua_rawlen(state, index) > LARGE {
            in_time(state);
            break;
        }
    }
    behind(state)
}

/// `string.rep(s, n [, sep])`.
pub(crate) unsafe extern "C-unwind" fn rep(state: *mut lua_State) -> c_int {
    let count = integer(state, 2).unwrap_or(0);
    let separated = ffi::lua_type(state, 3) > ffi::LUA_TNIL;
    if count > 1 && is_text(state, 1) && (!separated || is_text(state, 3)) {
        let mut size = length(state, 1);
        if separated {
            size += length(state, 3);
        }
        if size == 0 {
            // C would repeat it as often as the argument says.
            ffi::lua_pushstring(state, c"".as_ptr());
            return 1;
        }
        let size = size as f64 * count as f64;
        if size > f64::from(STRING_CAP) {
            let words = c"string.rep: the result would be longer than %d bytes";
            return ffi::luaL_error(state, words.as_ptr(), STRING_CAP);
        }
        if size > LARGE as f64 {
            in_time(state);
        }
    }
    behind(state)
}

/// `string.pack(format, ...)`: the sizes that the format names are the size of the result at most.
pub(crate) unsafe extern "C-unwind" fn pack(state: *mut lua_State) -> c_int {
    if is_string(state, 1) {
        let mut length = 0;
        let format = ffi::lua_tolstring(state, 1, &mut length);
        let (mut size, mut number) = (0_u64, 0_u64);
        for at in 0..length {
            let byte = *format.add(at).cast::<u8>();
            if byte.is_ascii_digit() {
                number = number
                    .saturating_mul(10)
                    .saturating_add(u64::from(byte - b'0'));
            } else {
                size = size.saturating_add(number);
                number = 0;
            }
        }
        if size.saturating_add(number) > STRING_CAP as u64 {
            let words = c"string.pack: the result would be longer than %d bytes";
            return ffi::luaL_error(state, words.as_ptr(), STRING_CAP);
        }
    }
    behind(state)
}

/// `table.concat(list [, sep [, i [, j]]])`.
pub(crate) unsafe extern "C-unwind" fn concat(state: *mut lua_State) -> c_int {
    let separated = ffi::lua_type(state, 2) > ffi::LUA_TNIL;
    let given = |index| ffi::lua_type(state, index) > ffi::LUA_TNIL;
    if ffi::lua_type(state, 1) != ffi::LUA_TTABLE
        || (separated && !is_text(state, 2))
        || (given(3) && integer(state, 3).is_none())
        || (given(4) && integer(state, 4).is_none())
    {
        // Lua has the words for it.
        return behind(state);
    }
    let separator = if separated { length(state, 2) } else { 0 };
    let mut at = integer(state, 3).unwrap_or(1);
    let last = match integer(state, 4) {
        Some(last) => last,
        None => ffi::luaL_len(state, 1),
    };
    let mut size = 0;
    while at <= last {
        ffi::lua_geti(state, 1, at);
        let is_text = is_text(state, -1);
        if is_string(state, -1) {
            size += ffi::lua_rawlen(state, -1);
        }
        ffi::lua_pop(state, 1);
        if !is_text || at == last {
            break;
        }
        size += separator;
        if size > STRING_CAP as usize {
            break;
        }
        at += 1;
    }
    if size > STRING_CAP as usize {
        let words = c"table.concat: the result would be longer than %d bytes";
        return ffi::luaL_error(state, words.as_ptr(), STRING_CAP);
    }
    if size > LARGE {
        in_time(state);
    }
    behind(state)
}

/// `table.sort(list [, comparator])`.
pub(crate) unsafe extern "C-unwind" fn sort(state: *mut lua_State) -> c_int {
    if ffi::lua_type(state, 1) != ffi::LUA_TTABLE {
        return behind(state);
    }
    if ffi::lua_type(state, 2) != ffi::LUA_TFUNCTION {
        if ffi::lua_rawlen(state, 1) > SORTED_AT_ONCE as usize {
            let words = c"table.sort: more than %d items at once without a comparator";
            return ffi::luaL_error(state, words.as_ptr(), SORTED_AT_ONCE);
        }
        return behind(state);
    }
    // An error goes past the end of this: anyone who catches it sets the mark back.
    let before = callbacks::enter(callbacks::COMPARATOR);
    let results = behind(state);
    callbacks::leave(before);
    results
}

/// `table.move(from, first, last, at [, to])`.
pub(crate) unsafe extern "C-unwind" fn r#move(state: *mut lua_State) -> c_int {
    if let (Some(first), Some(last)) = (integer(state, 2), integer(state, 3))
        && last.saturating_sub(first) >= lua_Integer::from(MOVED_AT_ONCE)
    {
        let words = c"table.move: more than %d items at once";
        return ffi::luaL_error(state, words.as_ptr(), MOVED_AT_ONCE);
    }
    behind(state)
}

/// `setmetatable(table, meta)`: finalizers run where no user is and where nothing can wait.
pub(crate) unsafe extern "C-unwind" fn setmetatable(state: *mut lua_State) -> c_int {
    if ffi::lua_type(state, 2) == ffi::LUA_TTABLE {
        for field in [c"__gc", c"__close"] {
            ffi::lua_pushstring(state, field.as_ptr());
            ffi::lua_rawget(state, 2);
            if ffi::lua_type(state, -1) != ffi::LUA_TNIL {
                let words = c"setmetatable: __gc and __close are not available to scripts";
                return raise(state, words);
            }
            ffi::lua_pop(state, 1);
        }
    }
    behind(state)
}

unsafe fn is_string(state: *mut lua_State, index: c_int) -> bool {
    ffi::lua_type(state, index) == ffi::LUA_TSTRING
}

/// Whether Lua takes it for a text: numbers too.
unsafe fn is_text(state: *mut lua_State, index: c_int) -> bool {
    matches!(
        ffi::lua_type(state, index),
        ffi::LUA_TSTRING | ffi::LUA_TNUMBER
    )
}

/// The length of a text; a number becomes its digits, as Lua's function would make it.
unsafe fn length(state: *mut lua_State, index: c_int) -> usize {
    let mut length = 0;
    ffi::lua_tolstring(state, index, &mut length);
    length
}

/// What Lua takes for an integer.
unsafe fn integer(state: *mut lua_State, index: c_int) -> Option<lua_Integer> {
    let mut is_one = 0;
    let number = ffi::lua_tointegerx(state, index, &mut is_one);
    (is_one != 0).then_some(number)
}
