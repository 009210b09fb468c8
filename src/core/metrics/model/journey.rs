//! Journeys: what spans requests, pauses and steps, and where users leave it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bounds::bounded_entry;
use crate::metrics::StepTotals;

/// How one journey ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JourneyEnd<'a> {
    /// It reached its end; whether a request or a check in it failed.
    Finished { failed: bool },
    /// An error of the script ended it, at this step or request.
    Error { at: &'a str },
    /// Its session ended before it did; it was last seen in this step or request.
    Lost { at: &'a str },
    /// By a stop or a reload.
    Cancelled,
}

/// The counts of one journey of a type. Begun are those that ended (`ended.results`) and those under way; ended are those
/// that finished, those that were lost and those that were cancelled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JourneyTotals {
    pub begun: u64,
    pub finished: u64,
    /// By the step or request in which they were last seen.
    pub lost: BTreeMap<String, u64>,
    /// All that ended; a lost one is `failed`, or `error`.
    pub ended: StepTotals,
}

impl JourneyTotals {
    pub(crate) fn lost_at(&mut self, at: &str) {
        *bounded_entry(&mut self.lost, at) += 1;
    }

    pub fn add(&mut self, other: &JourneyTotals) {
        self.begun += other.begun;
        self.finished += other.finished;
        for (at, count) in &other.lost {
            *bounded_entry(&mut self.lost, at) += count;
        }
        self.ended.add(&other.ended);
    }
}
