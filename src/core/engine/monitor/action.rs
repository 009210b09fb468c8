//! The trait of monitors, and the actions that they may ask for.

use std::time::Duration;

use crate::metrics::{Snapshot, StopCause, TypeId};
use crate::plan::Change;

/// Looks at a run second by second.
pub trait Monitor {
    /// Looks at the second that has just ended.
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action>;

    /// Whether it judges the load: then it is asked only while users are active and the run is not ending.
    fn needs_load(&self) -> bool {
        false
    }
}

/// What a monitor asks the run to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Write a line to the log.
    Log(tracing::Level, String),
    /// Keep an event of the run: its kind, and what happened in one sentence.
    Record(&'static str, String),
    /// End the run in order, as the first signal would.
    Stop {
        cause: StopCause,
        /// The rule that was met.
        rule: String,
        /// The figures that met it.
        figures: String,
    },
    /// Change settings.
    Set(Change),
    /// End the run in order, since it has done what it was for.
    Finish,
    /// Leave out heavy steps, up to this level.
    Shed(u8),
    /// Users of this type begin no session for so long.
    Quarantine { kind: TypeId, period: Duration },
}

impl Action {
    pub(super) fn warn(text: impl Into<String>) -> Self {
        Self::Log(tracing::Level::WARN, text.into())
    }

    pub(super) fn error(text: impl Into<String>) -> Self {
        Self::Log(tracing::Level::ERROR, text.into())
    }
}
