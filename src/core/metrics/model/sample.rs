//! A sample: one operation that ended, as the hot path reports it, whatever its protocol.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::phases::Phases;
use super::status::Status;

/// A user type: its index in the run's list of types ([`RunInfo::types`](crate::metrics::RunInfo)).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TypeId(pub u16);

/// An operation of one user type, interned by one recorder; not valid for another recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesId(pub(crate) u32);

impl SeriesId {
    /// Its place in [`Recorder::known`](crate::metrics::Recorder::known).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a request ended, seen from the script that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The target did what was requested.
    Ok,
    /// An error status that the script declared, or the user gave up as declared.
    Expected,
    /// A response with any other status.
    Unexpected,
    /// No complete response: the network or the protocol failed.
    Error,
    /// Cancelled by a stop or a reload.
    Cancelled,
}

impl Outcome {
    /// Every outcome, in the order in which they are shown.
    pub const ALL: [Outcome; 5] = [
        Outcome::Ok,
        Outcome::Expected,
        Outcome::Unexpected,
        Outcome::Error,
        Outcome::Cancelled,
    ];

    /// Its name in labels and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Expected => "expected",
            Outcome::Unexpected => "unexpected",
            Outcome::Error => "error",
            Outcome::Cancelled => "cancelled",
        }
    }

    /// Failures are `unexpected` and `error` only.
    pub fn failed(self) -> bool {
        matches!(self, Outcome::Unexpected | Outcome::Error)
    }
}

/// Counts of requests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    pub ok: u64,
    pub expected: u64,
    pub unexpected: u64,
    pub error: u64,
    pub cancelled: u64,
}

impl Outcomes {
    pub fn get(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Ok => self.ok,
            Outcome::Expected => self.expected,
            Outcome::Unexpected => self.unexpected,
            Outcome::Error => self.error,
            Outcome::Cancelled => self.cancelled,
        }
    }

    pub(crate) fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Ok => &mut self.ok,
            Outcome::Expected => &mut self.expected,
            Outcome::Unexpected => &mut self.unexpected,
            Outcome::Error => &mut self.error,
            Outcome::Cancelled => &mut self.cancelled,
        } += 1;
    }

    pub fn total(&self) -> u64 {
        self.ok + self.expected + self.unexpected + self.error + self.cancelled
    }

    pub fn failed(&self) -> u64 {
        self.unexpected + self.error
    }

    pub fn add(&mut self, other: &Outcomes) {
        self.ok += other.ok;
        self.expected += other.expected;
        self.unexpected += other.unexpected;
        self.error += other.error;
        self.cancelled += other.cancelled;
    }
}

/// One request that ended, of any protocol. Every redirect, refresh and retry is a request.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Which operation it was, of which type of user.
    pub series: SeriesId,
    /// The version of the script that made the request.
    pub version: u32,
    /// The status of its response.
    pub status: Status,
    pub outcome: Outcome,
    /// Kind of the network error, from a fixed list (`timeout`, `reset`, ...).
    pub error: Option<&'static str>,
    /// From sending to the last byte; none if nothing was sent: it was not allowed, could not be
    /// recorded, or could not connect. Then it has no response time either, and its time is in its phases.
    pub service: Option<Duration>,
    /// From the moment when the plan meant to send to the last byte.
    pub response: Duration,
    /// Its phases.
    pub phases: Phases,
    /// Bytes written to the wire.
    pub bytes_sent: u64,
    /// Bytes read from the wire.
    pub bytes_received: u64,
}
