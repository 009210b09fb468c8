//! A call: what a script or a clean-up asks for, as plain data.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use ::http::Method;
use bytes::Bytes;

use super::endpoint_name;
use super::expect::Expect;
use super::retry::Retry;
use super::tags::Tags;
use crate::http::{Headers, Origin};
use crate::ledger::Entry;

/// Redirects that a call follows unless it says otherwise.
const REDIRECTS: u8 = 10;

/// One call.
pub struct Call {
    /// `GET`.
    pub method: Method,
    /// The name under which it is counted.
    pub name: String,
    /// Whether its caller gave it that name.
    pub named: bool,
    /// Where it goes, if not to the base URL.
    pub origin: Option<Rc<Origin>>,
    /// Path and query.
    pub target: String,
    /// Fields of its own.
    pub headers: Headers,
    /// Whether it sets or takes away `Authorization` itself.
    pub own_authorization: bool,
    /// Whether it goes where the login scheme says: there the user's token goes along, also to another origin.
    pub declared: bool,
    /// What is sent.
    pub body: Bytes,
    /// How it is carried out.
    pub options: CallOptions,
    /// Whether its caller may judge the response before its sample is recorded.
    pub is_judged: bool,
    /// Whether any byte of it has left.
    pub left: Cell<bool>,
    /// Retries that are left to it.
    pub retries_left: Cell<u8>,
}

/// What is made of the answers to a call.
#[derive(Default)]
pub struct CallOptions {
    /// Which answers are counted on.
    pub expect: Expect,
    /// After how long the user turns away on purpose.
    pub give_up_after: Option<Duration>,
    /// After how long a request counts as failed.
    pub timeout: Option<Duration>,
    /// When it is retried after a failure.
    pub retry: Retry,
    /// How many redirects are followed.
    pub redirects: Redirects,
    /// What it means to create.
    pub creates: Option<Creates>,
    /// Further counters: tag and value.
    pub tags: Tags,
}

/// How many redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redirects(pub u8);

impl Default for Redirects {
    fn default() -> Self {
        Self(REDIRECTS)
    }
}

/// What a call means to create.
pub struct Creates {
    /// The entry as it will stand in the ledger.
    pub entry: Entry,
    /// JSON pointer (RFC 6901) to the id in the answer, if the answer gives one.
    pub id: Option<String>,
}

impl Call {
    /// A call without headers, a body or options, counted under the name that its path gives.
    pub fn new(method: Method, target: String, path: &str) -> Self {
        Self {
            method,
            name: endpoint_name::fold(path),
            named: false,
            origin: None,
            target,
            headers: Headers::new(),
            own_authorization: false,
            declared: false,
            body: Bytes::new(),
            options: CallOptions::default(),
            is_judged: false,
            left: Cell::new(false),
            retries_left: Cell::new(0),
        }
    }

    /// Gives it a JSON body.
    ///
    /// # Errors
    /// When the body cannot be written.
    pub fn send_json(&mut self, body: &serde_json::Value) -> serde_json::Result<()> {
        self.body = serde_json::to_vec(body)?.into();
        self.describe_body("application/json");
        Ok(())
    }

    /// Says what its body is, where it does not say so itself.
    pub fn describe_body(&mut self, kind: &str) {
        if !self.headers.is_settled("content-type") {
            // A media type is always a value that a field can have.
            let _ = self.headers.push("Content-Type", kind);
        }
    }
}
