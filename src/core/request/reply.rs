//! The reply to a call: the response and the redirects that led there, or why there is none.

use std::ops::Deref;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use ::http::Method;

use super::verdict::Verdict;
use crate::http::{Headers, Origin, Response, Timings, retry_after};

/// The kind of error of a call that was not sent because a circuit breaker was open.
pub const CIRCUIT_OPEN: &str = "circuit_open";
/// The kind of error of a request that must not leave because the ledger cannot be written.
pub const WITHHELD: &str = "ledger";

/// The longest pause that a target can ask for (`Retry-After`).
const LONGEST_REQUESTED_PAUSE: Duration = Duration::from_secs(60);

/// How a call ended.
pub enum Reply {
    /// The target responded.
    Response(Rc<FinalResponse>),
    /// The user turned away, as the call declared.
    GivenUp {
        /// After how long.
        after: Duration,
    },
    /// There was no usable response.
    Failed {
        /// `dns`, `connect`, `timeout`, ...
        kind: &'static str,
        /// What happened.
        message: String,
        /// How far it came.
        timings: Timings,
    },
    /// The target responded, but not as the call declares: a mistake in the call.
    Misread {
        /// Of the call.
        method: Method,
        /// What is not there, and where the call says that it is.
        why: String,
    },
}

impl Reply {
    /// The status, if there was a response.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Response(response) => Some(response.status),
            _ => None,
        }
    }
}

/// A response, and where it came from.
#[derive(Debug)]
pub struct FinalResponse {
    /// The last hop's response.
    pub response: Response,
    /// The last hop.
    pub place: Place,
    /// The hops before it, in their order.
    pub redirects: Vec<Redirect>,
    /// Whether its script may still judge it.
    pub verdict: Verdict,
    /// The trace that the last hop is part of, where the run is traced.
    pub trace_id: Option<Box<str>>,
}

/// Where a hop went.
#[derive(Debug)]
pub struct Place {
    pub origin: Rc<Origin>,
    /// Path and query.
    pub target: String,
}

impl Place {
    /// The whole URL.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }
}

/// A hop whose response led to the next one.
#[derive(Debug)]
pub struct Redirect {
    pub status: u16,
    pub place: Place,
    /// Of the response.
    pub headers: Headers,
}

/// Most readers want the response alone.
impl Deref for FinalResponse {
    type Target = Response;

    fn deref(&self) -> &Response {
        &self.response
    }
}

/// For how long the target asks for no requests; the longest time only when it asks for more.
pub fn requested_pause(response: &Response) -> Option<Duration> {
    let asked = retry_after(&response.headers, SystemTime::now())?;
    (!asked.is_zero()).then(|| asked.min(LONGEST_REQUESTED_PAUSE))
}
