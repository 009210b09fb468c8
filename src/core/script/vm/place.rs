//! Where in its script a user's call is, for those who ask while it is under way.

use std::cell::RefCell;

use mlua::Lua;
use mlua::debug::Debug;

/// How many frames are looked at: scripts call the functions of their modules.
const FRAMES: usize = 24;

thread_local! {
    /// The VM that runs just now.
    static RUNNING: RefCell<Option<Lua>> = const { RefCell::new(None) };
}

/// From here on this VM runs; gives the one before.
pub fn replace(lua: Option<Lua>) -> Option<Lua> {
    RUNNING.with_borrow_mut(|running| std::mem::replace(running, lua))
}

/// The line of the script of the user whose future is being polled: of the script rather than of a module that it calls.
pub fn current() -> Option<String> {
    let lua = RUNNING.with_borrow(Clone::clone)?;
    let line_of = |debug: &Debug<'_>| {
        let source = debug.source();
        let file = source.short_src.filter(|file| file.ends_with(".lua"))?;
        Some(format!("{file}:{}", debug.current_line().unwrap_or(0)))
    };
    let frames = (0..FRAMES).map_while(|level| lua.inspect_stack(level, line_of));
    let mut innermost = None;
    for place in frames.flatten() {
        if !place.starts_with("lib/") {
            return Some(place);
        }
        innermost.get_or_insert(place);
    }
    innermost
}
