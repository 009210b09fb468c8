//! Adaptive timeouts: how long a request may take by what its endpoint usually takes.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use crate::metrics::Operation;
use crate::request::endpoints::{EndpointId, Endpoints};

/// Nothing times out sooner: below it is the noise of networks and of this machine.
pub const SHORTEST: Duration = Duration::from_millis(100);
/// Nothing is waited for longer.
pub const LONGEST: Duration = Duration::from_secs(30);
/// Requests of an endpoint before its times say something.
pub const LEAST_SAMPLES: u64 = 100;

/// The timeout of each endpoint that has one.
pub type TimeoutsByEndpoint = HashMap<Operation, Duration>;

/// Timeouts by endpoint, found by its number.
pub struct Timeouts {
    is_on: bool,
    known: Cell<bool>,
    by_endpoint: RefCell<Vec<Option<Duration>>>,
}

impl Timeouts {
    /// None is known yet; where they are not on, none will be.
    pub fn new(is_on: bool) -> Self {
        Self {
            is_on,
            known: Cell::default(),
            by_endpoint: RefCell::default(),
        }
    }

    /// Whether requests have timeouts of their endpoints.
    pub fn are_on(&self) -> bool {
        self.is_on
    }

    /// These hold from now on.
    pub fn set(&self, times: &TimeoutsByEndpoint, endpoints: &Endpoints) {
        let of = |endpoint: &Operation| times.get(endpoint).copied();
        let known = endpoints.with_all(|all| all.iter().map(of).collect());
        self.by_endpoint.replace(known);
        self.known.set(!times.is_empty());
    }

    /// That of a request; none: its endpoint is not known well enough.
    pub fn of(&self, endpoint: EndpointId) -> Option<Duration> {
        if !self.known.get() {
            return None;
        }
        self.by_endpoint.borrow().get(endpoint.index()).copied()?
    }
}
