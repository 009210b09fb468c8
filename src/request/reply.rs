//! The answer that a call ended with, and the hops that led there.

use std::ops::Deref;
use std::rc::Rc;

use crate::http::{Headers, Origin, Response};

/// An answer, and where it came from.
#[derive(Debug)]
pub struct Answered {
    /// The last hop's answer.
    pub response: Response,
    /// The last hop.
    pub place: Place,
    /// The hops before it, in their order.
    pub redirects: Vec<Redirect>,
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

/// A hop that was answered with the way to the next one.
#[derive(Debug)]
pub struct Redirect {
    pub status: u16,
    pub place: Place,
    /// Of the answer.
    pub headers: Headers,
}

/// Most readers want the answer alone.
impl Deref for Answered {
    type Target = Response;

    fn deref(&self) -> &Response {
        &self.response
    }
}
