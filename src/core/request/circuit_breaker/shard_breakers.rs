//! The circuit breakers of a shard, as its requests meet them: failures in a row are reported, open circuits are waited for.
//!
//! Whether a breaker is open is decided for the whole run, by the run; here are counts, and the circuit of each host
//! and endpoint.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;

use super::messages::{BreakerReport, BreakerSignal, BreakerTimeout, Ending};
use crate::clock::Clock;
use crate::http::Origin;
use crate::metrics::{BreakerState, MAX_SCOPES, Scope};
use crate::request::endpoints::{EndpointId, Endpoints};
use crate::request::waiting_gauge::WaitingGuard;

/// The longest that a call waits for a breaker to close; then it ends without having been sent.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The circuits that a request is part of.
#[derive(Debug, Default, Clone, Copy)]
pub struct Circuits {
    host: Option<usize>,
    endpoint: Option<usize>,
    probes_host: bool,
    probes_endpoint: bool,
}

impl Circuits {
    /// Whether it is the one that is let try.
    pub fn is_probe(&self) -> bool {
        self.probes_host || self.probes_endpoint
    }
}

/// How far somebody here is with trying whether a half-open circuit works again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    /// Nobody has asked to.
    None,
    /// Somebody has.
    Asked,
    /// Who comes next may.
    Granted,
    /// A request is on its way.
    Sent,
}

/// A host or an endpoint.
struct Circuit {
    scope: Scope,
    state: Cell<BreakerState>,
    probe: Cell<Probe>,
    /// Failures in a row.
    failures: Cell<u32>,
    /// Whether such a run of failures was reported.
    reported: Cell<bool>,
    waiting: Cell<u64>,
    changed: Notify,
}

/// The circuit breakers of one thread.
pub struct ShardBreakers {
    clock: Clock,
    threshold: Option<u32>,
    /// Failures in a row from which on they are reported: other shards may have seen the rest of them.
    suspicion: u32,
    all: RefCell<Vec<Rc<Circuit>>>,
    places: RefCell<BTreeMap<Scope, Option<usize>>>,
    hosts: RefCell<Vec<(Rc<Origin>, Option<usize>)>>,
    endpoints: RefCell<Vec<Option<Option<usize>>>>,
    /// How many circuits are not closed.
    not_closed: Cell<usize>,
    listener: RefCell<Option<Listener>>,
}

type Listener = Box<dyn Fn(BreakerReport)>;

impl ShardBreakers {
    /// All closed. They open after so many failures in a row, over all of so many shards; none: never.
    pub fn new(clock: Clock, threshold: Option<u32>, shards: usize) -> Self {
        let shards = u32::try_from(shards).unwrap_or(u32::MAX).max(1);
        Self {
            clock,
            threshold,
            suspicion: threshold.map_or(u32::MAX, |threshold| threshold.div_ceil(shards).max(1)),
            all: RefCell::default(),
            places: RefCell::default(),
            hosts: RefCell::default(),
            endpoints: RefCell::default(),
            not_closed: Cell::new(0),
            listener: RefCell::default(),
        }
    }

    /// Whether they ever open.
    pub fn are_on(&self) -> bool {
        self.threshold.is_some()
    }

    /// What happens is reported from now on.
    pub fn on_report(&self, listener: impl Fn(BreakerReport) + 'static) {
        *self.listener.borrow_mut() = Some(Box::new(listener));
    }

    /// The circuits of a request, closed or not.
    pub fn circuits(
        &self,
        origin: &Rc<Origin>,
        endpoint: Option<EndpointId>,
        endpoints: &Endpoints,
    ) -> Circuits {
        if self.threshold.is_none() {
            return Circuits::default();
        }
        Circuits {
            host: self.host(origin),
            endpoint: endpoint.and_then(|endpoint| self.endpoint(endpoint, endpoints)),
            ..Circuits::default()
        }
    }

    /// Whether these circuits let a request through just now.
    pub fn allow(&self, circuits: &Circuits) -> bool {
        self.not_closed.get() == 0 || circuits.is_probe() || {
            let all = self.all.borrow();
            let places = [circuits.host, circuits.endpoint];
            let mut circuits = places.into_iter().flatten().filter_map(|at| all.get(at));
            circuits.all(|one| one.state.get() == BreakerState::Closed)
        }
    }

    /// Waits until these circuits let a request through, or let it try.
    ///
    /// # Errors
    /// When that takes longer than [`LONGEST_WAIT`].
    pub async fn wait(&self, circuits: &Cell<Circuits>) -> Result<(), BreakerTimeout> {
        // The endpoint first: a request that may try at a host should not wait any more.
        if let Some(at) = circuits.get().endpoint
            && self.wait_at(at).await?
        {
            circuits.set(Circuits {
                probes_endpoint: true,
                ..circuits.get()
            });
        }
        if let Some(at) = circuits.get().host
            && self.wait_at(at).await?
        {
            circuits.set(Circuits {
                probes_host: true,
                ..circuits.get()
            });
        }
        Ok(())
    }

    /// True: it is let try.
    async fn wait_at(&self, at: usize) -> Result<bool, BreakerTimeout> {
        let Some(one) = self.all.borrow().get(at).cloned() else {
            return Ok(false);
        };
        if one.state.get() == BreakerState::Closed {
            return Ok(false);
        }
        let until = self.clock.now() + LONGEST_WAIT;
        let _waiting = WaitingGuard::count(&one.waiting);
        loop {
            match (one.state.get(), one.probe.get()) {
                (BreakerState::Closed, _) => return Ok(false),
                (BreakerState::HalfOpen, Probe::Granted) => {
                    one.probe.set(Probe::Sent);
                    return Ok(true);
                }
                (BreakerState::HalfOpen, Probe::None) => {
                    one.probe.set(Probe::Asked);
                    self.report(BreakerReport::ProbeWanted(one.scope.clone()));
                }
                (BreakerState::Open, _) | (BreakerState::HalfOpen, Probe::Asked | Probe::Sent) => {}
            }
            let changed = self.clock.timeout_at(until, one.changed.notified());
            if changed.await.is_err() {
                return Err(BreakerTimeout(format!(
                    "not sent: the circuit breaker of {} was open for {} s",
                    one.scope,
                    LONGEST_WAIT.as_secs()
                )));
            }
        }
    }

    /// A request that was part of these circuits ended.
    pub fn ended(&self, circuits: &Circuits, ending: Ending) {
        if self.threshold.is_none() {
            return;
        }
        let all = self.all.borrow();
        // An answer that asks for a pause speaks for its endpoint; of the host it says that it works.
        if let Some(one) = circuits.host.and_then(|at| all.get(at)) {
            let ending = match ending {
                Ending::RetryAfter(_) => Ending::Succeeded,
                ending => ending,
            };
            if circuits.probes_host {
                self.probe_ended(one, ending);
            } else {
                self.count(one, ending);
            }
        }
        if let Some(one) = circuits.endpoint.and_then(|at| all.get(at)) {
            if circuits.probes_endpoint {
                self.probe_ended(one, ending);
            } else {
                self.count(one, ending);
            }
        }
    }

    /// The run says how a circuit stands.
    pub fn signal(&self, scope: &Scope, signal: BreakerSignal) {
        let Some(one) = self
            .place(scope)
            .and_then(|at| self.all.borrow().get(at).cloned())
        else {
            if signal == BreakerSignal::Probe {
                self.report(BreakerReport::Probed {
                    scope: scope.clone(),
                    ending: Ending::Unknown,
                });
            }
            return;
        };
        match signal {
            BreakerSignal::Set(BreakerState::Closed) => {
                one.failures.set(0);
                one.reported.set(false);
                self.set(&one, BreakerState::Closed, Probe::None);
            }
            // Who asked has left: somebody else may try.
            BreakerSignal::Probe if one.waiting.get() == 0 => {
                self.report(BreakerReport::Probed {
                    scope: scope.clone(),
                    ending: Ending::Unknown,
                });
            }
            BreakerSignal::Probe => self.set(&one, BreakerState::HalfOpen, Probe::Granted),
            BreakerSignal::Set(state) => self.set(&one, state, Probe::None),
        }
    }

    fn count(&self, one: &Circuit, ending: Ending) {
        match ending {
            Ending::Succeeded => {
                one.failures.set(0);
                if one.reported.replace(false) {
                    self.report(BreakerReport::Recovered(one.scope.clone()));
                }
            }
            Ending::Failed(asked) => {
                let failures = one.failures.get().saturating_add(1);
                one.failures.set(failures);
                if one.state.get() != BreakerState::Closed {
                    return;
                }
                if failures >= self.suspicion {
                    one.reported.set(true);
                    self.report(BreakerReport::Failing {
                        scope: one.scope.clone(),
                        failures,
                    });
                }
                if self
                    .threshold
                    .is_some_and(|threshold| failures >= threshold)
                {
                    self.set(one, BreakerState::Open, Probe::None);
                }
                if let (Some(asked), Scope::Endpoint(_)) = (asked, &one.scope) {
                    self.open_for(one, asked);
                }
            }
            Ending::RetryAfter(asked) => {
                one.failures.set(0);
                if one.state.get() == BreakerState::Closed {
                    self.open_for(one, asked);
                }
            }
            Ending::Unknown => {}
        }
    }

    fn open_for(&self, one: &Circuit, asked: Duration) {
        self.set(one, BreakerState::Open, Probe::None);
        self.report(BreakerReport::RetryAfter {
            scope: one.scope.clone(),
            pause: asked,
        });
    }

    fn probe_ended(&self, one: &Circuit, ending: Ending) {
        if one.probe.get() == Probe::Sent {
            self.set(one, BreakerState::Open, Probe::None);
        }
        self.report(BreakerReport::Probed {
            scope: one.scope.clone(),
            ending,
        });
    }

    fn set(&self, one: &Circuit, state: BreakerState, probe: Probe) {
        one.probe.set(probe);
        let before = one.state.replace(state);
        let is_closed = |state| state == BreakerState::Closed;
        match (is_closed(before), is_closed(state)) {
            (true, false) => self.not_closed.set(self.not_closed.get() + 1),
            (false, true) => self.not_closed.set(self.not_closed.get() - 1),
            _ => {}
        }
        one.changed.notify_waiters();
    }

    fn report(&self, report: BreakerReport) {
        if let Some(listener) = &*self.listener.borrow() {
            listener(report);
        }
    }

    fn host(&self, origin: &Rc<Origin>) -> Option<usize> {
        let known = |(one, _): &&(Rc<Origin>, _)| Rc::ptr_eq(one, origin) || one == origin;
        if let Some((_, at)) = self.hosts.borrow().iter().find(known) {
            return *at;
        }
        let at = self.place(&Scope::Host(origin.to_string()));
        // Beyond a bound each is looked up, which few runs ever need.
        if self.hosts.borrow().len() < MAX_SCOPES {
            self.hosts.borrow_mut().push((Rc::clone(origin), at));
        }
        at
    }

    fn endpoint(&self, endpoint: EndpointId, endpoints: &Endpoints) -> Option<usize> {
        let known = self.endpoints.borrow().get(endpoint.index()).copied();
        if let Some(Some(at)) = known {
            return at;
        }
        let at = self.place(&Scope::Endpoint(endpoints.describe(endpoint)));
        let mut known = self.endpoints.borrow_mut();
        if known.len() <= endpoint.index() {
            known.resize(endpoint.index() + 1, None);
        }
        known[endpoint.index()] = Some(at);
        at
    }

    /// The place of a scope, made if need be; none where there are too many.
    fn place(&self, scope: &Scope) -> Option<usize> {
        if let Some(at) = self.places.borrow().get(scope) {
            return *at;
        }
        let mut all = self.all.borrow_mut();
        let of_kind = all.iter().filter(|one| one.scope.kind() == scope.kind());
        if of_kind.count() >= MAX_SCOPES {
            return None;
        }
        all.push(Rc::new(Circuit {
            scope: scope.clone(),
            state: Cell::new(BreakerState::Closed),
            probe: Cell::new(Probe::None),
            failures: Cell::new(0),
            reported: Cell::new(false),
            waiting: Cell::new(0),
            changed: Notify::new(),
        }));
        let at = Some(all.len() - 1);
        self.places.borrow_mut().insert(scope.clone(), at);
        at
    }
}
