//! Endpoints by number: what circuit breakers and adaptive timeouts tell apart.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::metrics::{MAX_METHODS, MAX_NAMES, OTHER, Series, SeriesId};
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

/// An endpoint as people read it: no secret is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub method: Box<str>,
    pub name: Box<str>,
}

/// The endpoints that one thread has met, as many as are counted apart.
pub struct Endpoints {
    secrets: Arc<Masker>,
    known: RefCell<Known>,
    /// By the number of their series: what was looked up once is found without a hash.
    by_series: RefCell<Vec<Option<EndpointId>>>,
}

/// Endpoints of one method, by name.
type ByName = FxHashMap<Box<str>, EndpointId>;

#[derive(Default)]
struct Known {
    /// By method: few, so a scan beats a hash.
    methods: Vec<(Box<str>, ByName)>,
    names: FxHashSet<Box<str>>,
    all: Vec<Endpoint>,
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

    /// The endpoint of a request that is counted as this series, which is found by that from now on.
    #[cold]
    pub fn meet(
        &self,
        id: SeriesId,
        series: &Series,
        method: &str,
        name: &str,
    ) -> Option<EndpointId> {
        let endpoint = self.of(method, name)?;
        // What is counted together beyond the bounds are many endpoints.
        if *series.method != *OTHER && *series.name != *OTHER {
            let mut by_series = self.by_series.borrow_mut();
            if by_series.len() <= id.index() {
                by_series.resize(id.index() + 1, None);
            }
            by_series[id.index()] = Some(endpoint);
        }
        Some(endpoint)
    }

    /// The endpoint of a request, made if need be; none where there are too many. It allocates only for new ones.
    pub fn of(&self, method: &str, name: &str) -> Option<EndpointId> {
        if let Some(known) = self.known.borrow().find(method, name) {
            return Some(known);
        }
        let (method, name) = (self.secrets.text(method), self.secrets.text(name));
        let mut known = self.known.borrow_mut();
        known
            .find(&method, &name)
            .or_else(|| known.add(&method, &name))
    }

    /// All that are known, by number.
    pub fn with_all<T>(&self, look: impl FnOnce(&[Endpoint]) -> T) -> T {
        look(&self.known.borrow().all)
    }

    /// `GET /users`.
    pub fn describe(&self, endpoint: EndpointId) -> String {
        let known = self.known.borrow();
        let endpoint = known.all.get(endpoint.index());
        endpoint.map_or_else(String::new, |endpoint| {
            format!("{} {}", endpoint.method, endpoint.name)
        })
    }
}

impl Known {
    fn find(&self, method: &str, name: &str) -> Option<EndpointId> {
        let (_, names) = self.methods.iter().find(|(known, _)| &**known == method)?;
        names.get(name).copied()
    }

    #[cold]
    fn add(&mut self, method: &str, name: &str) -> Option<EndpointId> {
        if !self.names.contains(name) && self.names.len() >= MAX_NAMES {
            return None;
        }
        let at = match self
            .methods
            .iter()
            .position(|(known, _)| &**known == method)
        {
            Some(at) => at,
            None if self.methods.len() >= MAX_METHODS => return None,
            None => {
                self.methods.push((method.into(), FxHashMap::default()));
                self.methods.len() - 1
            }
        };
        let id = EndpointId(u32::try_from(self.all.len()).ok()?);
        self.names.insert(name.into());
        self.methods[at].1.insert(name.into(), id);
        self.all.push(Endpoint {
            method: method.into(),
            name: name.into(),
        });
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_keeps_its_number_and_too_many_have_none() {
        let endpoints = Endpoints::new(Arc::default());
        let first = endpoints.of("GET", "/0");
        assert_eq!(first, Some(EndpointId(0)));
        assert_ne!(endpoints.of("PUT", "/0"), first);
        for number in 1..MAX_NAMES {
            assert!(endpoints.of("GET", &format!("/{number}")).is_some());
        }
        assert_eq!(endpoints.of("GET", "/one too many"), None);
        assert_eq!(endpoints.of("GET", "/0"), first);
        assert_eq!(
            first.map(|id| endpoints.describe(id)),
            Some("GET /0".to_owned())
        );
    }
}
