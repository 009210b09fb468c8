//! Plain data, looked through without a handle for each value: strings, numbers, booleans, null, and tables of them.
#![expect(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    reason = "this is Lua's C interface"
)]

use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};
use mlua::{Lua, LuaString, Result, Table, Variadic};

/// How deeply tables may nest, whatever the bounds say.
const LEVELS: usize = 64;
/// Places on the stack that a level takes: key, value, metatable.
const PLACES: c_int = 3;
/// Where the metatable of lists is.
const MARK: c_int = 2;

/// What plain data may have.
pub struct Bounds {
    /// Tables inside one another.
    pub depth: usize,
    /// Values, those that two places share counted twice.
    pub values: usize,
}

/// Bytes that values are counted with.
pub struct PlainSizes {
    pub table: usize,
    pub number: usize,
    /// Of a text without its bytes.
    pub text: usize,
    pub other: usize,
}

/// The bytes of a table that is plain data within its bounds, in which only lists have a metatable; nothing of any other.
/// Without sizes they are 0, and no text is touched: those of a user are seldom in a cache.
///
/// # Errors
/// When Lua has no memory left.
pub fn plain_bytes(
    lua: &Lua,
    table: &Table,
    list_mark: &Table,
    (bounds, sizes): (&Bounds, Option<&PlainSizes>),
) -> Result<Option<usize>> {
    let mut bytes = None;
    let found = &mut bytes;
    // SAFETY: see `Walk::table`.
    unsafe {
        lua.exec_raw::<()>((table, list_mark), |state| {
            ffi::lua_pushvalue(state, 1);
            *found = Walk::new(state, bounds, sizes).bytes_of_top();
            ffi::lua_settop(state, 0);
        })?;
    }
    Ok(bytes)
}

/// The same of fields of a table; 0 where one is nil.
///
/// # Errors
/// When Lua has no memory left.
pub fn plain_fields<const N: usize>(
    lua: &Lua,
    table: &Table,
    list_mark: &Table,
    (bounds, fields): (&Bounds, [(&LuaString, Option<&PlainSizes>); N]),
) -> Result<[Option<usize>; N]> {
    let mut bytes = [None; N];
    let found = &mut bytes;
    let keys: Variadic<&LuaString> = fields.iter().map(|(key, _)| *key).collect();
    // SAFETY: see `Walk::table`; the key of each field is where it was pushed.
    unsafe {
        lua.exec_raw::<()>((table, list_mark, keys), |state| {
            for ((place, found), (_, sizes)) in (MARK + 1..).zip(found).zip(fields) {
                ffi::lua_pushvalue(state, place);
                *found = match ffi::lua_rawget(state, 1) {
                    ffi::LUA_TNIL => Some(0),
                    ffi::LUA_TTABLE => Walk::new(state, bounds, sizes).bytes_of_top(),
                    _ => None,
                };
                ffi::lua_settop(state, MARK + c_int::try_from(N).unwrap_or(0));
            }
            ffi::lua_settop(state, 0);
        })?;
    }
    Ok(bytes)
}

struct Walk<'a> {
    state: *mut lua_State,
    bounds: &'a Bounds,
    sizes: Option<&'a PlainSizes>,
    /// The tables that hold the present one, outermost first.
    above: [*const c_void; LEVELS],
    values: usize,
    bytes: usize,
}

impl<'a> Walk<'a> {
    fn new(state: *mut lua_State, bounds: &'a Bounds, sizes: Option<&'a PlainSizes>) -> Self {
        Self {
            state,
            bounds,
            sizes,
            above: [std::ptr::null(); LEVELS],
            values: 0,
            bytes: 0,
        }
    }

    /// What [`plain_bytes`] gives of the table on top.
    unsafe fn bytes_of_top(mut self) -> Option<usize> {
        self.table(0).then_some(self.bytes)
    }

    /// Looks through the table on top. The functions of Lua that are called raise nothing: no key is changed between two calls
    /// of `lua_next`, and there are places on the stack.
    unsafe fn table(&mut self, depth: usize) -> bool {
        let state = self.state;
        if ffi::lua_checkstack(state, PLACES) == 0 {
            return false;
        }
        if ffi::lua_getmetatable(state, -1) != 0 {
            let is_list = ffi::lua_rawequal(state, -1, MARK) != 0;
            ffi::lua_pop(state, 1);
            if !is_list {
                return false;
            }
        }
        let address = ffi::lua_topointer(state, -1);
        if depth >= self.bounds.depth.min(LEVELS) || self.above[..depth].contains(&address) {
            return false;
        }
        self.above[depth] = address;
        self.bytes += self.sizes.map_or(0, |sizes| sizes.table);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, -2) != 0 {
            self.values += 1;
            let key = ffi::lua_type(state, -2);
            if self.values > self.bounds.values
                || !matches!(key, ffi::LUA_TSTRING | ffi::LUA_TNUMBER | ffi::LUA_TBOOLEAN)
            {
                return false;
            }
            self.count(key, -2);
            match ffi::lua_type(state, -1) {
                ffi::LUA_TTABLE => {
                    if !self.table(depth + 1) {
                        return false;
                    }
                }
                value @ (ffi::LUA_TSTRING | ffi::LUA_TNUMBER | ffi::LUA_TBOOLEAN) => {
                    self.count(value, -1);
                }
                ffi::LUA_TLIGHTUSERDATA if ffi::lua_touserdata(state, -1).is_null() => {
                    self.bytes += self.sizes.map_or(0, |sizes| sizes.other);
                }
                _ => return false,
            }
            ffi::lua_pop(state, 1);
        }
        true
    }

    unsafe fn count(&mut self, kind: c_int, index: c_int) {
        let Some(sizes) = self.sizes else {
            return;
        };
        self.bytes += match kind {
            ffi::LUA_TSTRING => sizes.text + ffi::lua_rawlen(self.state, index),
            ffi::LUA_TNUMBER => sizes.number,
            _ => sizes.other,
        };
    }
}
