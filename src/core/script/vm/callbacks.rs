//! Callbacks in which Lua cannot wait: functions that C calls, and coroutines of a script's own.

use super::execution::{self, Depth};

const COROUTINE: &str = "a coroutine that the script made";
/// Where the comparator of `table.sort` runs.
pub const COMPARATOR: &str = "the comparator of table.sort";

/// Marks that Lua cannot wait from here on (see [`why_no_wait`]); what is returned is for [`leave`].
pub fn enter(place: &'static str) -> Depth {
    let before = execution::with(|now| now.depth.get());
    execution::with(|now| {
        now.depth.set(Depth {
            all: before.all + 1,
            place,
            ..before
        })
    });
    before
}

/// Marks that a coroutine of the script runs from here on; what is returned is for [`leave`].
pub fn enter_coroutine() -> Depth {
    let before = execution::with(|now| now.depth.get());
    let all = before.all + 1;
    execution::with(|now| {
        now.depth.set(Depth {
            all,
            base: all,
            place: COROUTINE,
        })
    });
    before
}

/// Ends what [`enter`] or [`enter_coroutine`] began.
pub fn leave(before: Depth) {
    execution::with(|now| now.depth.set(before));
}

/// How deep in callbacks the present coroutine is: what a caught error leaves is left by [`back_to`].
pub fn depth_here() -> isize {
    let depth = execution::with(|now| now.depth.get());
    depth.all.saturating_sub(depth.base) as isize
}

/// An error was caught where the present coroutine was so deep in callbacks.
pub fn back_to(depth_here: isize) {
    let depth = execution::with(|now| now.depth.get());
    let here = u32::try_from(depth_here).unwrap_or(0);
    execution::with(|now| {
        now.depth.set(Depth {
            all: depth.base + here,
            ..depth
        })
    });
}

/// A new slice of a script begins outside all callbacks.
pub fn reset_no_wait() {
    execution::with(|now| {
        now.depth.set(Depth::OUTSIDE);
        now.callbacks.set(0);
    });
}

/// The place in which a script cannot wait just now, if it is in one.
pub fn why_no_wait() -> Option<&'static str> {
    let depth = execution::with(|now| now.depth.get());
    (depth.all > 0).then_some(depth.place)
}
