//! The requester: a user, or the run itself in setup, teardown and clean-up.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tokio::time::Instant;

use super::auth::tokens::Tokens;
use super::browser_cache::BrowserCache;
use super::created_items::CreatedItems;
use super::pauses::{Pause, Pauses};
use super::shared_context::SharedContext;
use super::trace_context::SessionTrace;
use super::unsettled::UnsettledSamples;
use crate::http::{Client, ErrorKind, Failure, Headers};
use crate::ledger::EntryId;
use crate::metrics::{SeriesId, TypeId};
use crate::random::{Purpose, Stream};
use crate::session_trace::Recorder;

/// What stays with it from session to session.
pub struct Requester {
    /// Its number in the run, from 0.
    pub number: u64,
    /// The type under which its requests are counted; it may change between two sessions.
    pub kind: Cell<TypeId>,
    /// Of which script version its next sample is.
    pub version: Cell<u32>,
    /// What it shares with the others of its thread.
    pub shared: Rc<SharedContext>,
    /// Its connections and cookies.
    pub client: Client,
    /// What it has of the assets of pages.
    pub cache: RefCell<BrowserCache>,
    /// Its tokens.
    pub tokens: RefCell<Tokens>,
    /// When the plan meant the next request to leave; none: when it is called.
    pub planned: Cell<Option<Instant>>,
    /// The session that it lives.
    pub session: Session,
    /// How it last fared with the network.
    pub network: Network,
    /// What it created on the target, and may delete itself.
    pub(super) created: CreatedItems,
    /// Who records its session, where anybody does.
    pub(super) recording: RefCell<Option<Rc<Recorder>>>,
    /// Samples that its script may still judge.
    pub(super) unsettled: UnsettledSamples,
    /// Requests that were retried, in all sessions.
    retries: Cell<u32>,
}

/// What is kept between two sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub cookies: bool,
    pub connections: bool,
}

/// A session, as far as its requests care.
#[derive(Default)]
pub struct Session {
    /// Which one it is, from 1; 0 is nobody of the crowd.
    pub number: Cell<u32>,
    /// When it began.
    pub began: Cell<Option<Instant>>,
    /// Headers of each of its requests to the target.
    pub headers: RefCell<Option<Rc<Headers>>>,
    /// The name of the step under way, if that has one.
    pub step: RefCell<Option<Rc<str>>>,
    /// Requests that may still be made; may go below zero inside a step.
    pub requests_left: Cell<i64>,
    /// Requests made.
    pub requests_made: Cell<u32>,
    /// Requests under way: with `parallel` there may be several.
    pub in_flight: Cell<u32>,
    /// What it last requested.
    pub last_request: Cell<Option<SeriesId>>,
    /// Requests that failed or could not be sent, and checks that failed; it only grows.
    pub failures: Cell<u64>,
    /// Time that is part of no step.
    pub pauses: Pauses,
    /// Whether a step is under way.
    pub is_in_step: Cell<bool>,
    /// Whether it has begun and is not over.
    pub is_live: Cell<bool>,
    /// Its trace, once a request had one.
    pub trace: RefCell<Option<SessionTrace>>,
    /// Ledger entries, where it matters that the session is over.
    pub created: RefCell<Vec<EntryId>>,
}

/// Network errors of a requester.
#[derive(Default)]
pub struct Network {
    /// Errors in a row.
    pub errors: Cell<u32>,
    /// What the last one said.
    pub last_error: RefCell<Option<String>>,
    /// Whether the last one was in reaching the target at all.
    pub is_unreachable: Cell<bool>,
}

impl Requester {
    /// Before its first session.
    pub fn new(number: u64, kind: TypeId, shared: Rc<SharedContext>, version: u32) -> Self {
        Self {
            number,
            kind: Cell::new(kind),
            version: Cell::new(version),
            client: Client::new(Rc::clone(&shared.transport)),
            shared,
            cache: RefCell::default(),
            tokens: RefCell::default(),
            planned: Cell::new(None),
            session: Session::default(),
            network: Network::default(),
            created: CreatedItems::default(),
            recording: RefCell::default(),
            unsettled: UnsettledSamples::default(),
            retries: Cell::new(0),
        }
    }

    /// A new session: no headers, no tokens, and of cookies and connections what is kept.
    pub fn begin_session(&self, requests: i64, kept: Kept) {
        let session = &self.session;
        session.number.set(session.number.get() + 1);
        session.requests_left.set(requests);
        session.requests_made.set(0);
        session.trace.take();
        session.began.set(Some(Instant::now()));
        session.last_request.set(None);
        session.headers.replace(None);
        self.network.worked();
        self.tokens.borrow_mut().clear();
        self.end_session(kept);
    }

    /// The session is over: what is not kept of cookies and connections goes, and with the cookies the cache.
    pub fn end_session(&self, kept: Kept) {
        if !kept.cookies {
            self.cache.borrow_mut().clear();
        }
        match (kept.cookies, kept.connections) {
            (true, true) => {}
            (true, false) => self.client.disconnect(),
            (false, true) => self.client.cookies().forget(None),
            (false, false) => self.client.clear(),
        }
    }

    /// Gives a request to the target a span of its own, where the run is traced; `own` are the fields of its script.
    pub(super) fn trace(&self, own: &Headers, headers: &mut Headers) {
        let Some(context) = &self.shared.run.trace else {
            return;
        };
        let session = &self.session;
        let (seed, number) = (self.shared.run.seed, session.number.get());
        let mut trace = session.trace.borrow_mut();
        let trace = trace.get_or_insert_with(|| context.session(seed, self.number, number));
        trace.stamp(session.is_in_step.get(), own, headers);
    }

    /// A stream for the next retry: it moves none of the draws of a script.
    pub(super) fn retry_stream(&self) -> Stream {
        let number = self.retries.replace(self.retries.get().wrapping_add(1));
        Stream::new(self.shared.run.seed, self.number, Purpose::Retry(number))
    }

    /// The time for which throng throttled a request is part of no latency: the plan's moment for the next request moves by it.
    pub(super) fn postpone(&self, waited: std::time::Duration) {
        if let Some(planned) = self.planned.get() {
            self.planned.set(Some(planned + waited));
        }
    }
}

impl Session {
    /// One more request is under way.
    pub(super) fn begin_request(&self) {
        self.requests_left.set(self.requests_left.get() - 1);
        self.requests_made.set(self.requests_made.get() + 1);
        self.in_flight.set(self.in_flight.get() + 1);
        self.pauses.update(self.in_flight.get());
    }

    /// The request was none: this machine could not send it.
    pub(super) fn take_back_request(&self) {
        self.requests_left.set(self.requests_left.get() + 1);
        self.requests_made.set(self.requests_made.get() - 1);
    }

    /// A step begins, of this name in the log of requests.
    pub fn begin_step(&self, logged_as: Option<Rc<str>>) {
        self.step.replace(logged_as);
        self.is_in_step.set(true);
    }

    /// Its step is over.
    pub fn end_step(&self) {
        self.step.replace(None);
        self.is_in_step.set(false);
        if let Some(trace) = self.trace.borrow_mut().as_mut() {
            trace.end_step();
        }
    }

    /// A request is no longer under way.
    pub(super) fn end_request(&self) {
        self.in_flight.set(self.in_flight.get() - 1);
        self.pauses.update(self.in_flight.get());
    }

    /// The limits of the run throttle a request under way, or do so no longer.
    pub(super) fn throttle_request(&self, is_throttled: bool) {
        self.pauses.throttle(is_throttled, self.in_flight.get());
    }

    /// From here on, until the pause is dropped, the user waits for nothing of the target: it thinks, or is throttled.
    pub fn pause(&self) -> Pause<'_> {
        Pause::begin(&self.pauses, &self.in_flight)
    }

    /// A request or a check failed.
    pub fn count_failure(&self) {
        self.failures.set(self.failures.get() + 1);
    }
}

impl Network {
    /// An answer came.
    pub(super) fn worked(&self) {
        self.errors.set(0);
        self.is_unreachable.set(false);
    }

    /// No usable answer came.
    pub(super) fn failed(&self, failure: &Failure) {
        // Where the script may not go says nothing of the target.
        if failure.kind != ErrorKind::NotAllowed {
            self.count(failure.message.clone(), never_arrived(failure));
        }
    }

    /// Its circuit breaker stayed open for too long.
    pub(super) fn stayed_open(&self, why: String) {
        self.count(why, true);
    }

    fn count(&self, why: String, is_unreachable: bool) {
        self.errors.set(self.errors.get() + 1);
        self.is_unreachable.set(is_unreachable);
        self.last_error.replace(Some(why));
    }
}

fn never_arrived(failure: &Failure) -> bool {
    !failure.sent
        && matches!(
            failure.kind,
            ErrorKind::Dns
                | ErrorKind::Connect
                | ErrorKind::Tls
                | ErrorKind::Timeout
                | ErrorKind::Generator
        )
}
