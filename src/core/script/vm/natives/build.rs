//! Plain values built on Lua's stack: a step costs what Lua's own function costs, without a handle and a protected call.
#![expect(unsafe_code, reason = "this is Lua's C interface")]

use std::ffi::c_int;

use mlua::ffi::{self, lua_Integer, lua_State};
use mlua::{Lua, Result, Table, Value};

use crate::script::vm::headroom::Headroom;

/// Places on the stack for values: three for each of the 128 levels that a text may have.
const PLACES: c_int = 3 * 128 + 8;
/// How many of them are made at once: for eight levels, which few texts exceed.
const STRIDE: c_int = 3 * 8 + 8;
/// Keys that can be kept for the next table.
const KEYS: c_int = 32;
/// The same, for those that keep count.
pub const MOST_KEYS: usize = 32;
/// Where the metatable of lists is.
const MARK: c_int = 1;

/// The stack is full, or does not hold what the step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// The top of a VM's stack, for as long as something is built there. What is pushed is either the value itself or goes into
/// the table below it.
pub struct Stack {
    state: *mut lua_State,
    /// Places that are free.
    free: c_int,
    /// Places that may still be made.
    left: c_int,
    /// Keys that are kept.
    keys: c_int,
}

/// Builds the one value that `work` pushes; nothing where it returns false.
///
/// The limit of the VM must be away: an error of Lua would jump over the frames of `work`. So there is none without `room`
/// for all that it can push.
///
/// # Errors
/// When Lua has no stack left.
pub fn build(
    lua: &Lua,
    room: &Headroom<'_>,
    list_mark: &Table,
    work: impl FnOnce(&mut Stack) -> bool,
) -> Result<Option<Value>> {
    if !room.is_free() {
        return Ok(None);
    }
    let mut is_built = false;
    let built = &mut is_built;
    // SAFETY: what runs inside pushes plain values only, for which there are places and memory, so that nothing in it raises.
    let value: Value = unsafe {
        lua.exec_raw(list_mark, |state| {
            // One more is for what goes away at once.
            if ffi::lua_checkstack(state, KEYS + STRIDE + 1) == 0 {
                ffi::lua_settop(state, 0);
                return;
            }
            for _ in 0..KEYS {
                ffi::lua_pushnil(state);
            }
            let mut stack = Stack {
                state,
                free: STRIDE,
                left: PLACES - STRIDE,
                keys: 0,
            };
            let bottom = ffi::lua_gettop(state);
            *built = work(&mut stack) && ffi::lua_gettop(state) == bottom + 1;
            if *built {
                ffi::lua_replace(state, 1);
                ffi::lua_settop(state, 1);
            } else {
                ffi::lua_settop(state, 0);
            }
        })?
    };
    Ok(is_built.then_some(value))
}

impl Stack {
    fn take(&mut self) -> std::result::Result<(), Full> {
        if self.free == 0 {
            self.make_places()?;
        }
        self.free -= 1;
        Ok(())
    }

    #[cold]
    fn make_places(&mut self) -> std::result::Result<(), Full> {
        let more = self.left.min(STRIDE);
        // SAFETY: it raises nothing; the values that are there move with the stack.
        if more == 0 || unsafe { ffi::lua_checkstack(self.state, more + 1) } == 0 {
            return Err(Full);
        }
        self.left -= more;
        self.free += more;
        Ok(())
    }

    /// How many values are there that were pushed here.
    fn pushed(&self) -> c_int {
        PLACES - self.left - self.free
    }

    /// Pushes a text.
    pub fn text(&mut self, text: &str) -> std::result::Result<(), Full> {
        self.take()?;
        // SAFETY: there is a place, and memory.
        unsafe { ffi::lua_pushlstring(self.state, text.as_ptr().cast(), text.len()) };
        Ok(())
    }

    /// Pushes a whole number.
    pub fn integer(&mut self, value: i64) -> std::result::Result<(), Full> {
        self.take()?;
        let value: lua_Integer = value;
        // SAFETY: there is a place.
        unsafe { ffi::lua_pushinteger(self.state, value) };
        Ok(())
    }

    /// Pushes a number.
    pub fn number(&mut self, value: f64) -> std::result::Result<(), Full> {
        self.take()?;
        // SAFETY: there is a place.
        unsafe { ffi::lua_pushnumber(self.state, value) };
        Ok(())
    }

    /// Pushes true or false.
    pub fn boolean(&mut self, value: bool) -> std::result::Result<(), Full> {
        self.take()?;
        // SAFETY: there is a place.
        unsafe { ffi::lua_pushboolean(self.state, c_int::from(value)) };
        Ok(())
    }

    /// Pushes the value that stands for null.
    pub fn null(&mut self) -> std::result::Result<(), Full> {
        self.take()?;
        // SAFETY: there is a place.
        unsafe { ffi::lua_pushlightuserdata(self.state, std::ptr::null_mut()) };
        Ok(())
    }

    /// Pushes an empty table with room for so many fields.
    pub fn table(&mut self, fields: usize) -> std::result::Result<(), Full> {
        self.take()?;
        let fields = c_int::try_from(fields).unwrap_or(0);
        // SAFETY: there is a place, and memory.
        unsafe { ffi::lua_createtable(self.state, 0, fields) };
        Ok(())
    }

    /// Whether there is a table below this number of values, all of them pushed here.
    fn has_table(&self, below: c_int) -> bool {
        // SAFETY: the index is that of a value which is there.
        self.pushed() > below && unsafe { ffi::lua_type(self.state, -1 - below) } == ffi::LUA_TTABLE
    }

    /// Marks the table on top as a list.
    pub fn mark_list(&mut self) {
        if !self.has_table(0) {
            return;
        }
        // SAFETY: a table is on top, and there is a place for what goes away at once.
        unsafe {
            ffi::lua_pushvalue(self.state, MARK);
            ffi::lua_setmetatable(self.state, -2);
        }
    }

    /// Keeps the text on top as the next of the keys; none where there are [`KEYS`] of them.
    pub fn keep_key(&mut self) {
        if self.keys == KEYS || self.pushed() == 0 {
            return;
        }
        // SAFETY: a value is on top, there is a place for what goes away at once, and the index is that of a key.
        unsafe {
            ffi::lua_pushvalue(self.state, -1);
            ffi::lua_replace(self.state, MARK + 1 + self.keys);
        }
        self.keys += 1;
    }

    /// Pushes a key that is kept: the first has the number 0.
    pub fn key(&mut self, number: usize) -> std::result::Result<(), Full> {
        self.take()?;
        let number = c_int::try_from(number).unwrap_or(0).min(KEYS - 1);
        // SAFETY: there is a place, and the index is that of a key.
        unsafe { ffi::lua_pushvalue(self.state, MARK + 1 + number) };
        Ok(())
    }

    /// The value on top and the text below it become a field of the table below them.
    pub fn set_field(&mut self) -> std::result::Result<(), Full> {
        // SAFETY: the three are there, a text is no invalid key, and there is memory.
        unsafe {
            if !self.has_table(2) || ffi::lua_type(self.state, -2) != ffi::LUA_TSTRING {
                return Err(Full);
            }
            ffi::lua_rawset(self.state, -3);
        }
        self.free += 2;
        Ok(())
    }

    /// The value on top becomes an item of the table below it.
    pub fn set_item(&mut self, index: i64) -> std::result::Result<(), Full> {
        if !self.has_table(1) {
            return Err(Full);
        }
        // SAFETY: the two are there, and there is memory.
        unsafe { ffi::lua_rawseti(self.state, -2, index) };
        self.free += 1;
        Ok(())
    }
}
