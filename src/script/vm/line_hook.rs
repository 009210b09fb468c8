//! Who is told of each line that runs on a thread, if anybody is: tests that measure coverage.

use std::cell::Cell;

use mlua::debug::Debug;

/// Is told of a line that is about to run.
pub type LineHook = fn(&Debug<'_>);

thread_local! {
    // VMs are made in many places, and this is nothing that they or their users need to know of.
    static HOOK: Cell<Option<LineHook>> = const { Cell::new(None) };
}

/// From here on this is told, by VMs that are made from here on.
pub fn set(hook: Option<LineHook>) {
    HOOK.set(hook);
}

/// Who is told.
pub fn get() -> Option<LineHook> {
    HOOK.get()
}
