//! What is noted of sessions where somebody asks for it: how long they and their pauses are.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::metrics::{Histogram, TypeId};

/// What was noted on one thread, for another: by type.
#[derive(Debug, Default)]
pub struct Observations(BTreeMap<TypeId, OfType>);

/// Notes of one thread, by type.
#[derive(Debug, Default)]
pub struct Observed {
    types: RefCell<BTreeMap<TypeId, OfType>>,
    /// Level and words of each line of the log; none: nobody asks for them.
    log: Option<RefCell<Vec<(&'static str, String)>>>,
}

/// What the sessions of a type were like.
#[derive(Debug, Clone)]
pub struct OfType {
    /// How long those took that have ended.
    pub lengths: Histogram,
    /// How many requests each of them made.
    pub requests: Histogram,
    /// Pauses between steps, and by `think`.
    pub pauses: Histogram,
}

impl Default for OfType {
    fn default() -> Self {
        Self {
            lengths: Histogram::fine(),
            requests: Histogram::fine(),
            pauses: Histogram::fine(),
        }
    }
}

impl Observed {
    /// Notes that have the lines of the log, too.
    pub fn with_log() -> Self {
        Self {
            log: Some(RefCell::default()),
            ..Self::default()
        }
    }

    /// A script wrote a line.
    pub fn wrote(&self, level: &'static str, words: impl FnOnce() -> String) {
        if let Some(log) = &self.log {
            log.borrow_mut().push((level, words()));
        }
    }

    /// The lines of the log.
    pub fn log(&self) -> Vec<(&'static str, String)> {
        self.log
            .as_ref()
            .map(|log| log.borrow().clone())
            .unwrap_or_default()
    }

    /// A session has ended.
    pub fn session(&self, kind: TypeId, length: Duration, requests: u32) {
        let mut types = self.types.borrow_mut();
        let of_type = types.entry(kind).or_default();
        of_type.lengths.record(length);
        of_type.requests.record_value(requests.into());
    }

    /// A user pauses.
    pub fn pause(&self, kind: TypeId, length: Duration) {
        self.types
            .borrow_mut()
            .entry(kind)
            .or_default()
            .pauses
            .record(length);
    }

    /// What was noted so far, which is here no more.
    pub fn take(&self) -> Observations {
        Observations(self.types.take())
    }

    /// Adds what was noted on another thread.
    pub fn add(&self, noted: Observations) {
        let mut types = self.types.borrow_mut();
        for (kind, other) in noted.0 {
            let of_type = types.entry(kind).or_default();
            of_type.lengths.add(&other.lengths);
            of_type.requests.add(&other.requests);
            of_type.pauses.add(&other.pauses);
        }
    }

    /// What was noted of a type; nothing of one that nobody played.
    pub fn of(&self, kind: TypeId) -> OfType {
        self.types.borrow().get(&kind).cloned().unwrap_or_default()
    }
}
