//! Mistakes of a script's author, as they happened at run time.

use serde::{Deserialize, Serialize};

use super::TypeId;

/// One error raised by a script, told to the recorder.
#[derive(Clone, Copy, Debug)]
pub struct ScriptFault<'a> {
    pub kind: TypeId,
    pub generation: u32,
    /// `scripts/active.lua:12`
    pub place: &'a str,
    pub message: &'a str,
    /// The Lua frames, without those of the host; may be empty.
    pub traceback: &'a str,
}

/// Errors of one (generation, place, message), counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptError {
    /// The type in which it was first seen.
    pub kind: TypeId,
    pub generation: u32,
    pub place: String,
    pub message: String,
    /// Of the first one.
    pub traceback: String,
    pub count: u64,
}

impl ScriptError {
    pub(super) fn first(fault: &ScriptFault<'_>) -> Self {
        ScriptError {
            kind: fault.kind,
            generation: fault.generation,
            place: fault.place.to_owned(),
            message: fault.message.to_owned(),
            traceback: fault.traceback.to_owned(),
            count: 1,
        }
    }

    /// Counted together: the same mistake in the same type.
    pub(super) fn same_as(&self, other: &ScriptError) -> bool {
        self.kind == other.kind && self.said_by(other.generation, &other.place, &other.message)
    }

    /// Said together: the same mistake, whichever type met it.
    pub(super) fn said_by(&self, generation: u32, place: &str, message: &str) -> bool {
        self.generation == generation && self.place == place && self.message == message
    }
}
