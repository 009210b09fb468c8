//! Failed requests: how many of each kind, one example of each, and the last few.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::status::Status;
use crate::metrics::{Operation, Outcome, TypeId};

/// Failures reported in full between two batches: about ten a second.
pub(crate) const MAX_NOTES: usize = 10;

/// The same with those that are the first of their kind.
pub(crate) const MAX_FIRST_NOTES: usize = 200;

/// The key by which failed requests are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// A response with a status that nobody expected.
    Status(Status),
    /// The network or the protocol failed: `timeout`, `reset`, ...
    Network(Cow<'static, str>),
    /// A response that its script judged to be a failure, and why.
    Judged { status: Status, reason: String },
}

impl FailureKind {
    pub(crate) fn of(status: Status, error: Option<&'static str>) -> Self {
        match error {
            Some(kind) => FailureKind::Network(Cow::Borrowed(kind)),
            None if status.is_none() => FailureKind::Network(Cow::Borrowed("unknown")),
            None => FailureKind::Status(status),
        }
    }
}

/// `status 500`, `status 200: sold out` or the name of the network error.
impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FailureKind::Status(status) => write!(f, "status {status}"),
            FailureKind::Network(kind) => f.write_str(kind),
            FailureKind::Judged { status, reason } => write!(f, "status {status}: {reason}"),
        }
    }
}

/// How often something failed, and an example.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub count: u64,
    /// One line; none if another batch has it.
    pub example: Option<String>,
    /// The trace of the example.
    #[serde(default)]
    pub trace: Option<Trace>,
}

/// The trace of which a request is (W3C Trace Context).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Whether the target is to keep it.
    #[serde(default)]
    pub is_sampled: bool,
    /// Where it can be seen, if somebody said so.
    pub url: Option<String>,
}

impl Failure {
    /// Adds counts; keeps the first example, or the first of a sampled trace, of which there is more to be seen.
    pub fn add(&mut self, other: Failure) {
        self.count += other.count;
        if self.prefers(other.trace.as_ref()) && other.example.is_some() {
            self.example = other.example;
            self.trace = other.trace;
        }
    }

    /// Whether an example with this trace takes the place of its own.
    pub fn prefers(&self, other: Option<&Trace>) -> bool {
        let is_sampled = |trace: Option<&Trace>| trace.is_some_and(|trace| trace.is_sampled);
        self.example.is_none() || is_sampled(other) && !is_sampled(self.trace.as_ref())
    }
}

/// One failed request, for the list of the last ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureNote {
    /// Its place among those that the run noted, from 1; the recorder's have 0.
    #[serde(default)]
    pub number: u64,
    pub kind: TypeId,
    pub operation: Operation,
    pub outcome: Outcome,
    pub failure: FailureKind,
    /// One line, as its recorder wrote it.
    pub text: String,
    /// Request and response, line by line, including the beginnings of bodies; empty if there was none.
    #[serde(default)]
    pub request: String,
    #[serde(default)]
    pub response: String,
    #[serde(default)]
    pub trace: Option<Trace>,
    /// The run's age when it was counted, to the second.
    #[serde(default)]
    pub at: Duration,
    /// Service time; none if nothing was sent.
    #[serde(default)]
    pub service: Option<Duration>,
    /// Of the script that sent it.
    #[serde(default)]
    pub version: u32,
    #[serde(default)]
    pub origin: Origin,
}

/// Who sent a request, and from where in its script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `active #31 session 4`
    pub user: String,
    /// The step under way.
    pub step: Option<String>,
    /// `scripts/new.lua:41`
    pub place: Option<String>,
}

/// A failed request as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// One line.
    pub line: String,
    /// The request, if shown.
    pub request: String,
    /// The response.
    pub response: String,
    /// Its trace.
    pub trace: Option<Trace>,
    /// Who sent it.
    pub origin: Origin,
}

impl From<String> for Example {
    fn from(line: String) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }
}
