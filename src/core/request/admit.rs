//! Admits a request: it passes circuit breakers, then the run's rate, before it is sent.
//!
//! What is waited here is throng's own doing: the plan's moment for the request moves by it, so that it is part of no
//! latency.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use super::cancel::{CancelToken, Cancelled};
use super::circuit_breaker::{BreakerTimeout, Circuits, Ending};
use super::endpoints::EndpointId;
use super::pauses::Pause;
use super::reply::requested_pause;
use super::requester::Requester;
use crate::http::{ErrorKind, Failure, Gate, Request, Response};
use crate::metrics::{OperationRef, Outcome, Protection, SeriesId, Waits};

/// A request that may be sent now, once.
pub struct Permit<'a> {
    /// Who sends it.
    pub user: &'a Requester,
    /// As what it is counted.
    pub series: SeriesId,
    /// What breakers and timeouts know it by; none: they do not.
    pub endpoint: Option<EndpointId>,
    cancel: CancelToken<'a>,
    circuits: Cell<Circuits>,
    settled: Cell<bool>,
}

/// Why a request is not to be sent at all.
#[derive(Debug)]
pub enum NotAdmitted {
    /// The circuit breaker of its target stayed open for too long.
    BreakerTimeout(String),
    /// Its call has to end.
    Cancelled(Cancelled),
}

impl From<Cancelled> for NotAdmitted {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

impl From<BreakerTimeout> for NotAdmitted {
    fn from(BreakerTimeout(why): BreakerTimeout) -> Self {
        Self::BreakerTimeout(why)
    }
}

/// Waits until the limits of the run let a request go, which is counted under `name`.
///
/// # Errors
/// When it is not to be sent at all.
pub async fn acquire<'a>(
    user: &'a Requester,
    cancel: CancelToken<'a>,
    name: &str,
    request: &Request,
) -> Result<Permit<'a>, NotAdmitted> {
    let shared = &user.shared;
    let mut permit = Permit::unconditional(user, cancel, name, request);
    if shared.limits.tell_endpoints_apart() {
        permit.endpoint = permit.find_endpoint(name, request);
        let breakers = &shared.limits.breakers;
        let circuits = breakers.circuits(&request.origin, permit.endpoint, &shared.endpoints);
        permit.circuits.set(circuits);
    }
    let admitted = permit.wait().await;
    if let Err(NotAdmitted::BreakerTimeout(_)) = admitted {
        shared.recorder.borrow_mut().protection().given_up += 1;
    }
    admitted.map(|()| permit)
}

impl<'a> Permit<'a> {
    /// That of a request that asks nobody, and tells no breaker how it ended.
    pub fn unconditional(
        user: &'a Requester,
        cancel: CancelToken<'a>,
        name: &str,
        request: &Request,
    ) -> Self {
        let mut recorder = user.shared.recorder.borrow_mut();
        let operation = OperationRef::http(request.method.as_str(), name);
        let series = recorder.series(user.kind.get(), operation);
        Self {
            user,
            series,
            endpoint: None,
            cancel,
            circuits: Cell::default(),
            settled: Cell::new(false),
        }
    }

    fn find_endpoint(&self, name: &str, request: &Request) -> Option<EndpointId> {
        let shared = &self.user.shared;
        let endpoints = &shared.endpoints;
        endpoints.of_series(self.series).or_else(|| {
            let recorder = shared.recorder.borrow();
            let series = recorder.known().get(self.series.index())?;
            let operation = OperationRef::http(request.method.as_str(), name);
            endpoints.meet(self.series, series, operation)
        })
    }

    /// Waits until the limits let it go.
    async fn wait(&self) -> Result<(), NotAdmitted> {
        let shared = &self.user.shared;
        if self.passes_breakers() && shared.limits.rate.is_open(&shared.clock) {
            return Ok(());
        }
        // Boxed: few wait, and every request would carry the room for it.
        Box::pin(self.queue()).await
    }

    async fn queue(&self) -> Result<(), NotAdmitted> {
        let shared = &self.user.shared;
        let rate = &shared.limits.rate;
        loop {
            if !self.passes_breakers() && !self.is_last_request() {
                let _held = ThrottledWait::by(self.user, |protection| &mut protection.broken);
                self.wait_for_breakers().await?;
            }
            if !rate.is_open(&shared.clock) {
                let _held = ThrottledWait::by(self.user, |protection| &mut protection.throttled);
                tokio::select! {
                    biased;
                    () = rate.pass(&shared.clock) => {}
                    cancelled = self.cancel.cancelled() => return Err(cancelled.into()),
                }
            }
            // A breaker may have opened while it stood in the other queue.
            if self.passes_breakers() || self.is_last_request() {
                return Ok(());
            }
        }
    }

    fn passes_breakers(&self) -> bool {
        let breakers = &self.user.shared.limits.breakers;
        breakers.allow(&self.circuits.get())
    }

    /// Waits for the breakers; a shutdown cancels the call, or ends the wait of one that is not cancelled by it.
    async fn wait_for_breakers(&self) -> Result<(), NotAdmitted> {
        let shared = &self.user.shared;
        tokio::select! {
            biased;
            () = shared.shutdown.wait() => Ok(self.cancel.check()?),
            waited = shared.limits.breakers.wait(&self.circuits) => Ok(waited?),
        }
    }

    /// Whether the run ends and the call does not: that is done once, and not put off.
    fn is_last_request(&self) -> bool {
        self.user.shared.shutdown.is_set() && self.cancel.check().is_ok()
    }

    /// An answer came, and this is what the call makes of it.
    pub fn answered(&self, response: &Response, outcome: Outcome) {
        let refused = outcome == Outcome::Unexpected;
        let ending = match response.status {
            500.. if refused => Ending::Failed(requested_pause(response)),
            429 if refused => {
                requested_pause(response).map_or(Ending::Succeeded, Ending::RetryAfter)
            }
            _ => Ending::Succeeded,
        };
        self.settle(ending);
    }

    /// No usable answer came.
    pub fn failed(&self, failure: &Failure) {
        self.settle(match failure.kind {
            ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::Tls
            | ErrorKind::Timeout
            | ErrorKind::Reset
            | ErrorKind::Protocol
            | ErrorKind::Truncated => Ending::Failed(None),
            // These say something of the call or of this machine, not of the target.
            ErrorKind::Decode
            | ErrorKind::TooLarge
            | ErrorKind::Redirects
            | ErrorKind::NotAllowed
            | ErrorKind::Generator => Ending::Unknown,
        });
    }

    fn settle(&self, ending: Ending) {
        if !self.settled.replace(true) {
            let breakers = &self.user.shared.limits.breakers;
            breakers.ended(&self.circuits.get(), ending);
        }
    }
}

/// A request that is sent again by the client passes what it passed before.
impl Gate for Permit<'_> {
    fn pass(&self) -> Pin<Box<dyn Future<Output = bool> + '_>> {
        Box::pin(async move {
            let again = self.wait().await.is_ok();
            if again {
                let mut recorder = self.user.shared.recorder.borrow_mut();
                recorder.protection().stale_retries += 1;
            }
            again
        })
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.settle(Ending::Unknown);
    }
}

/// A request that is throttled; when it is not any more, that is counted by the run's clock, and the plan's moment moves
/// by it, which is one of the machine's clock as all latencies are.
struct ThrottledWait<'a> {
    user: &'a Requester,
    /// It is part of no step's duration either.
    _pause: Pause<'a>,
    began: Instant,
    by: fn(&mut Protection) -> &mut Waits,
}

impl<'a> ThrottledWait<'a> {
    fn by(user: &'a Requester, by: fn(&mut Protection) -> &mut Waits) -> Self {
        Self {
            user,
            _pause: user.session.pause(),
            began: Instant::now(),
            by,
        }
    }
}

impl Drop for ThrottledWait<'_> {
    fn drop(&mut self) {
        let waited: Duration = self.began.elapsed();
        self.user.postpone(waited);
        let shared = &self.user.shared;
        let counted = shared.run.clock.span_of_real(waited);
        let mut recorder = shared.recorder.borrow_mut();
        (self.by)(recorder.protection()).add(1, counted);
    }
}
