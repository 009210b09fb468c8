//! The memory of a VM: its limits, and what the host holds for it outside of Lua, which counts against them.

use std::cell::Cell;
use std::rc::Rc;

use mlua::Lua;

use crate::script::user::documents;

/// Bytes that a VM may hold; it serves about a thousand users of one type.
pub(super) const VM_MEMORY: usize = 512 << 20;
/// Bytes that a script may take in one turn: what is larger takes the shard's time, too.
pub(super) const TURN_MEMORY: usize = 128 << 20;

/// The bytes held for a VM.
struct Account(Rc<Cell<usize>>);

/// The account of a VM.
pub fn account(lua: &Lua) -> Rc<Cell<usize>> {
    if let Some(account) = lua.app_data_ref::<Account>() {
        return Rc::clone(&account.0);
    }
    let account = Rc::<Cell<usize>>::default();
    lua.set_app_data(Account(Rc::clone(&account)));
    account
}

/// Bytes that are held for a VM. A thread that holds nothing does not look.
pub fn held(lua: &Lua) -> usize {
    if documents::bytes_of_thread() == 0 {
        return 0;
    }
    lua.app_data_ref::<Account>()
        .map_or(0, |account| account.0.get())
}

/// Bytes that the host may still take for a VM in one go.
pub fn room(lua: &Lua) -> usize {
    VM_MEMORY
        .saturating_sub(lua.used_memory())
        .saturating_sub(held(lua))
        .min(TURN_MEMORY)
}
