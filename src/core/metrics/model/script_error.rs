//! Script errors at run time.

use serde::{Deserialize, Serialize};

use super::bounds::MAX_WORDS;
use crate::metrics::{OTHER, TypeId};

/// One error raised by a script, as reported to the recorder.
#[derive(Clone, Copy, Debug)]
pub struct ScriptFault<'a> {
    pub kind: TypeId,
    pub version: u32,
    /// `scripts/active.lua:12`
    pub place: &'a str,
    pub message: &'a str,
    /// The Lua frames, without those of the host; may be empty.
    pub traceback: &'a str,
}

/// Errors of one (version, place, message), counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptError {
    /// The type in which it was first seen.
    pub kind: TypeId,
    pub version: u32,
    pub place: String,
    pub message: String,
    /// Of the first one.
    pub traceback: String,
    pub count: u64,
}

impl ScriptError {
    pub(crate) fn first(fault: &ScriptFault<'_>) -> Self {
        ScriptError {
            kind: fault.kind,
            version: fault.version,
            place: fault.place.to_owned(),
            message: fault.message.to_owned(),
            traceback: fault.traceback.to_owned(),
            count: 1,
        }
    }

    /// Counted together: the same error in the same type.
    pub(crate) fn same_as(&self, other: &ScriptError) -> bool {
        self.kind == other.kind && self.said_by(other.version, &other.place, &other.message)
    }

    /// Logged together: the same error in any type.
    pub(crate) fn said_by(&self, version: u32, place: &str, message: &str) -> bool {
        self.version == version && self.place == place && self.message == message
    }

    fn is_apart(&self) -> bool {
        self.place != OTHER
    }

    /// Folds it into the other errors of its type.
    fn folded(self) -> Self {
        ScriptError {
            version: 0,
            place: OTHER.to_owned(),
            message: OTHER.to_owned(),
            traceback: String::new(),
            ..self
        }
    }
}

/// Whether an error of this version gets an entry of its own: the bound is not reached, or an entry of
/// an older version is folded. Otherwise errors of old scripts would hide those of new ones.
pub(crate) fn has_room(known: &[ScriptError], version: u32) -> bool {
    !is_full(known) || giving_way(known, version).is_some()
}

/// Adds an error for which [`has_room`] is true.
pub(crate) fn remember(known: &mut Vec<ScriptError>, error: ScriptError) {
    if is_full(known)
        && let Some(at) = giving_way(known, error.version)
    {
        known.remove(at);
    }
    known.push(error);
}

/// Counts an error in the entry of the same error, or in a new one, or among the other errors of its type.
pub(crate) fn add_script_error(known: &mut Vec<ScriptError>, mut error: ScriptError) {
    if is_full(known) && error.is_apart() && !known.iter().any(|other| other.same_as(&error)) {
        match giving_way(known, error.version) {
            Some(at) => {
                let old = known.remove(at).folded();
                count(known, old);
            }
            None => error = error.folded(),
        }
    }
    count(known, error);
}

fn count(known: &mut Vec<ScriptError>, error: ScriptError) {
    match known.iter_mut().find(|other| other.same_as(&error)) {
        Some(same) => same.count += error.count,
        None => known.push(error),
    }
}

fn is_full(known: &[ScriptError]) -> bool {
    known.iter().filter(|error| error.is_apart()).count() >= MAX_WORDS
}

/// The entry of the oldest version, if that is older than this one.
fn giving_way(known: &[ScriptError], version: u32) -> Option<usize> {
    let apart = known.iter().enumerate().filter(|(_, one)| one.is_apart());
    let (at, oldest) = apart.min_by_key(|(_, one)| one.version)?;
    (oldest.version < version).then_some(at)
}
