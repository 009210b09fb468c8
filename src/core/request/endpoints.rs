//! Endpoints by number: what circuit breakers and adaptive timeouts tell apart.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::metrics::{
    MAX_METHODS, MAX_NAMES, OTHER, Operation, OperationRef, Protocol, Series, SeriesId,
};
use crate::secrets::Masker;

/// An endpoint of this thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EndpointId(u32);

impl EndpointId {
    /// From 0, without gaps.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The endpoints that one thread has met, as many as are counted apart.
pub struct Endpoints {
    secrets: Arc<Masker>,
    known: RefCell<Known>,
    /// By the number of their series: what was looked up once is found without a hash.
    by_series: RefCell<Vec<Option<EndpointId>>>,
}

/// Endpoints of one verb, by name.
type ByName = FxHashMap<Box<str>, EndpointId>;

#[derive(Default)]
struct Known {
    /// By protocol and verb: few, so a scan beats a hash.
    verbs: Vec<(Protocol, Box<str>, ByName)>,
    names: FxHashSet<Box<str>>,
    all: Vec<Operation>,
}

impl Endpoints {
    /// None is known yet; these secrets are kept out of names.
    pub fn new(secrets: Arc<Masker>) -> Self {
        Self {
            secrets,
            known: RefCell::default(),
            by_series: RefCell::default(),
        }
    }

    /// The endpoint that is counted as this series; [`None`] before it was met.
    pub fn of_series(&self, series: SeriesId) -> Option<EndpointId> {
        self.by_series.borrow().get(series.index()).copied()?
    }

    /// The endpoint of an operation that is counted as this series, which is found by that from now on.
    #[cold]
    pub fn meet(
        &self,
        id: SeriesId,
        series: &Series,
        operation: OperationRef<'_>,
    ) -> Option<EndpointId> {
        let endpoint = self.of(operation)?;
        // What is counted together beyond the bounds are many endpoints.
        if *series.operation.verb != *OTHER && *series.operation.name != *OTHER {
            let mut by_series = self.by_series.borrow_mut();
            if by_series.len() <= id.index() {
                by_series.resize(id.index() + 1, None);
            }
            by_series[id.index()] = Some(endpoint);
        }
        Some(endpoint)
    }

    /// The endpoint of an operation, made if need be; none where there are too many. It allocates only for new ones.
    pub fn of(&self, operation: OperationRef<'_>) -> Option<EndpointId> {
        if let Some(known) = self.known.borrow().find(operation) {
            return Some(known);
        }
        let verb = self.secrets.text(operation.verb);
        let name = self.secrets.text(operation.name);
        let operation = OperationRef {
            verb: &verb,
            name: &name,
            ..operation
        };
        let mut known = self.known.borrow_mut();
        known.find(operation).or_else(|| known.add(operation))
    }

    /// All that are known, by number.
    pub fn with_all<T>(&self, look: impl FnOnce(&[Operation]) -> T) -> T {
        look(&self.known.borrow().all)
    }

    /// `GET /users`.
    pub fn describe(&self, endpoint: EndpointId) -> String {
        let known = self.known.borrow();
        let endpoint = known.all.get(endpoint.index());
        endpoint.map_or_else(String::new, Operation::to_string)
    }
}

impl Known {
    fn find(&self, operation: OperationRef<'_>) -> Option<EndpointId> {
        let (_, _, names) = self.verbs.iter().find(|known| is_of(known, operation))?;
        names.get(operation.name).copied()
    }

    #[cold]
    fn add(&mut self, operation: OperationRef<'_>) -> Option<EndpointId> {
        let OperationRef {
            protocol,
            verb,
            name,
        } = operation;
        if !self.names.contains(name) && self.names.len() >= MAX_NAMES {
            return None;
        }
        let at = match self.verbs.iter().position(|known| is_of(known, operation)) {
            Some(at) => at,
            None if self.verbs.len() >= MAX_METHODS => return None,
            None => {
                self.verbs.push((protocol, verb.into(), ByName::default()));
                self.verbs.len() - 1
            }
        };
        let id = EndpointId(u32::try_from(self.all.len()).ok()?);
        self.names.insert(name.into());
        self.verbs[at].2.insert(name.into(), id);
        self.all.push(operation.into());
        Some(id)
    }
}

fn is_of((protocol, verb, _): &(Protocol, Box<str>, ByName), operation: OperationRef<'_>) -> bool {
    *protocol == operation.protocol && **verb == *operation.verb
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Recorder, TypeId};

    #[test]
    fn an_endpoint_keeps_its_number_and_too_many_have_none() {
        let endpoints = Endpoints::new(Arc::default());
        let first = endpoints.of(OperationRef::http("GET", "/0"));
        assert_eq!(first, Some(EndpointId(0)));
        assert_ne!(endpoints.of(OperationRef::http("PUT", "/0")), first);
        for number in 1..MAX_NAMES {
            assert!(
                endpoints
                    .of(OperationRef::http("GET", &format!("/{number}")))
                    .is_some()
            );
        }
        assert_eq!(
            endpoints.of(OperationRef::http("GET", "/one too many")),
            None
        );
        assert_eq!(endpoints.of(OperationRef::http("GET", "/0")), first);
        assert_eq!(
            first.map(|id| endpoints.describe(id)),
            Some("GET /0".to_owned())
        );
    }

    #[test]
    fn a_series_leads_to_its_endpoint_unless_it_counts_many() {
        let (endpoints, mut recorder) = (Endpoints::new(Arc::default()), Recorder::new());
        let mut meet = |name: &str| {
            let operation = OperationRef::http("GET", name);
            let id = recorder.series(TypeId(0), operation);
            let before = endpoints.of_series(id);
            let met = endpoints.meet(id, &recorder.known()[id.index()], operation);
            (before, met, endpoints.of_series(id))
        };
        let (before, met, found) = meet("/0");
        assert_eq!(before, None);
        assert!(met.is_some() && met == found);
        assert_eq!(meet("/0"), (met, met, met));
        // These are counted, and limited by nothing.
        for number in 1..MAX_NAMES {
            recorder.series(TypeId(0), OperationRef::http("GET", &format!("/{number}")));
        }
        let other = recorder.series(TypeId(0), OperationRef::http("GET", "/one too many"));
        let series = &recorder.known()[other.index()];
        assert_eq!(&*series.operation.name, OTHER);
        let operation = OperationRef::http("GET", "/one too many");
        assert!(endpoints.meet(other, series, operation).is_some());
        assert_eq!(endpoints.of_series(other), None);
    }
}
