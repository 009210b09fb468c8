//! Work of the host whose memory is bounded ahead.
//!
//! Under a limit every allocation may fail, so mlua makes each of its small steps (a string, a field of a table) a protected
//! call of Lua, which costs more than the step. Where the limit has room for the most that some work can take, none of them
//! can fail: the limit is away meanwhile, and the steps are plain.

use mlua::Lua;

/// The limit of a VM is away while it lives, if there was room.
#[must_use]
pub struct Headroom<'a> {
    lua: &'a Lua,
    limit: Option<usize>,
}

impl<'a> Headroom<'a> {
    /// For work that takes `most` bytes of the VM, garbage among them.
    pub fn of(lua: &'a Lua, most: usize) -> Self {
        // It fails only where the VM has no allocator of its own, and ours has.
        let Ok(limit) = lua.set_memory_limit(0) else {
            return Self { lua, limit: None };
        };
        let fits = limit == 0 || lua.used_memory().saturating_add(most) <= limit;
        let room = Self {
            lua,
            limit: Some(limit),
        };
        if fits {
            return room;
        }
        drop(room);
        Self { lua, limit: None }
    }
}

impl Headroom<'_> {
    /// Whether there was room: nothing that the host does in the VM can fail for want of memory.
    pub fn is_free(&self) -> bool {
        self.limit.is_some()
    }
}

impl Drop for Headroom<'_> {
    fn drop(&mut self) {
        if let Some(limit) = self.limit {
            // As above.
            let _ = self.lua.set_memory_limit(limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_away_only_where_there_is_room() {
        let lua = Lua::new();
        let limit = lua.used_memory() + (1 << 20);
        lua.set_memory_limit(limit).unwrap();
        let inside = |most| {
            let _room = Headroom::of(&lua, most);
            lua.set_memory_limit(limit).unwrap()
        };
        assert_eq!(inside(1 << 16), 0);
        assert_eq!(inside(1 << 21), limit);
        assert_eq!(lua.set_memory_limit(limit).unwrap(), limit);
    }
}
