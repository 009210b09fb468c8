//! Retries: when a call is retried after a failure that may be temporary, and after which pause.

use std::borrow::Cow;
use std::time::Duration;

use ::http::Method;

use super::expect::Expect;
use super::reply::{self, Reply};
use crate::http::ErrorKind;
use crate::metrics::Outcome;
use crate::pace::Backoff;
use crate::random::Stream;

/// The pause before the first retry of a call that names none; its ceiling doubles with each further one.
const PAUSE: Duration = Duration::from_millis(200);
/// No pause is longer, unless the target asks for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Statuses that pass by themselves: too many requests, and gateways without a service.
const PASSING: [u16; 4] = [429, 502, 503, 504];

/// How often a call is retried, after what.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// How often.
    pub times: u8,
    /// Also where sending twice may do its work twice.
    pub any_method: bool,
    /// After which statuses.
    pub on: Cow<'static, [u16]>,
    /// Before the first retry.
    pub pause: Duration,
    /// Whether responses that are retried count as expected.
    pub expected: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            times: 0,
            any_method: false,
            on: Cow::Borrowed(&PASSING),
            pause: PAUSE,
            expected: false,
        }
    }
}

impl Retry {
    /// Only what may be repeated safely (RFC 9110, 9.2.2) unless the call says otherwise, and only what may pass.
    pub fn wants(&self, method: &Method, expect: &Expect, reply: &Reply) -> bool {
        let passing = match reply {
            Reply::Response(response) => self.passes(expect, response.status),
            // Where a script may not go it may not go later; an open circuit was waited for.
            Reply::Failed { kind, .. } => {
                *kind != ErrorKind::NotAllowed.as_str() && *kind != reply::CIRCUIT_OPEN
            }
            Reply::GivenUp { .. } | Reply::Misread { .. } => false,
        };
        self.repeats(method) && passing
    }

    /// What a response is after which a retry is left.
    pub fn judge(&self, method: &Method, expect: &Expect, status: u16) -> Outcome {
        match self.expected && self.repeats(method) && self.passes(expect, status) {
            true => Outcome::Expected,
            false => expect.judge(status),
        }
    }

    fn repeats(&self, method: &Method) -> bool {
        let is_idempotent = matches!(
            *method,
            Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE
        );
        is_idempotent || self.any_method
    }

    fn passes(&self, expect: &Expect, status: u16) -> bool {
        self.on.contains(&status) && expect.judge(status) == Outcome::Unexpected
    }

    /// Before retry number `attempt`, from 1: with jitter, and at least as long as the target asks for.
    pub fn pause(&self, attempt: u8, reply: &Reply, stream: &mut Stream) -> Duration {
        let backoff = Backoff {
            base: self.pause,
            cap: LONGEST_PAUSE.max(self.pause),
        };
        // The ceiling of the first one is twice the pause.
        let own = backoff.delay(u32::from(attempt), stream.float());
        let asked = match reply {
            Reply::Response(response) => reply::requested_pause(response),
            _ => None,
        };
        own.max(asked.unwrap_or_default())
    }
}
