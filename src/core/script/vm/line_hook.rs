//! A function that is called for each line that runs on a thread, if there is one: tests measure coverage with it.

use std::cell::Cell;

use mlua::debug::Debug;

/// Called with a line that is about to run.
pub type LineHook = fn(&Debug<'_>);

thread_local! {
    // VMs are made in many places, and this is nothing that they or their users need to know of.
    static HOOK: Cell<Option<LineHook>> = const { Cell::new(None) };
}

/// From here on this is called, by VMs that are made from here on.
pub fn set(hook: Option<LineHook>) {
    HOOK.set(hook);
}

/// What is called.
pub fn get() -> Option<LineHook> {
    HOOK.get()
}
