//! A request as the caller describes it.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;

use super::failure::HttpError;
use super::headers::{Headers, Hints};
use super::origin::Origin;

/// One request, without redirects.
///
/// The client adds `Host`, `User-Agent` and `Accept-Encoding` unless they are in `headers`, to a `Cookie` of `headers`
/// the cookies of the user's jar that have other names, and always `Content-Length`, unless `headers` has
/// `Transfer-Encoding: chunked`: then the body is sent as one chunk. `Connection: close` in `headers` closes the connection
/// after the response.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub origin: Rc<Origin>,
    /// Path and query, already percent-encoded, beginning with `/`.
    pub target: String,
    pub headers: Headers,
    /// Fields that are sent as well where `headers` has none of their names and does not leave them out; they have none
    /// that frames the message, and no `Cookie`, and were pushed, not read or removed. Shared by many requests.
    pub default_headers: Option<Rc<Headers>>,
    pub body: Bytes,
    /// From the call of `send` to the last byte of the response; none: the shard's default.
    pub timeout: Option<Duration>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, origin: Rc<Origin>, target: impl Into<String>) -> Self {
        Self {
            method,
            origin,
            target: target.into(),
            headers: Headers::new(),
            default_headers: None,
            body: Bytes::new(),
            timeout: None,
        }
    }

    /// The full URL, for messages.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }

    /// Whether the client adds nothing under that name: the caller did, or does not want it.
    pub(crate) fn settles(&self, hint: Hints, name: &str) -> bool {
        let defaults = self.default_headers.as_ref();
        self.headers.settles(hint, name) || defaults.is_some_and(|defaults| defaults.hints_at(hint))
    }

    /// The fields of `default_headers` that are sent.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let defaults = self
            .default_headers
            .iter()
            .flat_map(|defaults| defaults.iter());
        defaults.filter(|(name, _)| !self.headers.settles_name(name))
    }

    /// Whether the caller wants the connection to be closed after the response.
    pub(crate) fn wants_close(&self) -> bool {
        self.headers.has(Hints::CONNECTION, "connection")
            && self.headers.get_all("connection").any(|value| {
                value
                    .split(|&byte| byte == b',')
                    .any(|token| token.trim_ascii().eq_ignore_ascii_case(b"close"))
            })
    }

    /// Whether the request line would be valid: one line with three words.
    pub(crate) fn check(&self) -> Result<(), HttpError> {
        if self.method == Method::CONNECT {
            return Err(HttpError::protocol(
                "CONNECT is for proxies, not for requests",
            ));
        }
        let target = self.target.as_bytes();
        let starts_well =
            target.first() == Some(&b'/') || (self.method == Method::OPTIONS && target == b"*");
        if starts_well && target.iter().all(|byte| byte.is_ascii_graphic()) {
            return Ok(());
        }
        Err(HttpError::protocol(if starts_well {
            format!(
                "the target {:?} has a space, a line break or a byte outside ASCII: that would be header injection",
                self.target
            )
        } else {
            format!("the target {:?} does not begin with /", self.target)
        }))
    }
}
