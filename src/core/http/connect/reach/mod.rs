//! Where users may connect to. Checked for every new connection, before and after the lookup: whatever a script,
//! a redirect or a fixed address says, nothing else is reached.

mod allowed;
mod metadata;

use std::net::IpAddr;

use allowed::normalized;
pub use allowed::{Allowed, NotAllowed};

use crate::http::message::Origin;
use crate::http::message::{ErrorKind, HttpError};

/// Where users may connect to; never to metadata services of clouds.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    bounds: Option<Bounds>,
}

#[derive(Debug, Clone)]
struct Bounds {
    home: Box<str>,
    allowed: Vec<Allowed>,
}

/// The decision before the lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Its host may be connected to.
    Open,
    /// Depends on its addresses.
    ByAddress,
}

impl Reach {
    /// Everywhere.
    pub fn anywhere() -> Self {
        Self::default()
    }

    /// The host of `home`, at any port, and what is `allowed` beside it.
    pub fn of(home: &Origin, allowed: Vec<Allowed>) -> Self {
        Self {
            bounds: Some(Bounds {
                home: normalized(home.host()),
                allowed,
            }),
        }
    }

    /// The target's host, if it is a metadata service.
    pub(crate) fn forbidden_home(&self) -> Option<&str> {
        let home = &*self.bounds.as_ref()?.home;
        let address = home.parse().is_ok_and(metadata::is_address);
        (address || metadata::is_name(home)).then_some(home)
    }

    /// Whether the host of `origin` needs a lookup.
    pub(crate) fn entry(&self, origin: &Origin) -> Result<Entry, HttpError> {
        let (host, port) = (normalized(origin.host()), origin.port());
        if metadata::is_name(&host) {
            return Err(credentials(&host));
        }
        let Some(bounds) = &self.bounds else {
            return Ok(Entry::Open);
        };
        let mut allowed = bounds.allowed.iter();
        if host == bounds.home || allowed.any(|one| one.has_name(&host, port)) {
            return Ok(Entry::Open);
        }
        let mut allowed = bounds.allowed.iter();
        if allowed.any(|one| one.asks_for_addresses(port)) {
            return Ok(Entry::ByAddress);
        }
        Err(bounds.refusal(&host, None))
    }

    /// The allowed ones among a host's addresses; never empty.
    pub(crate) fn admit(
        &self,
        origin: &Origin,
        entry: Entry,
        mut addresses: Vec<IpAddr>,
    ) -> Result<Vec<IpAddr>, HttpError> {
        let first = addresses.first().copied();
        addresses.retain(|address| !metadata::is_address(*address));
        if let (true, Some(first)) = (addresses.is_empty(), first) {
            return Err(credentials(&first.to_string()));
        }
        let Some(bounds) = self.bounds.as_ref().filter(|_| entry == Entry::ByAddress) else {
            return Ok(addresses);
        };
        let first = addresses.first().copied();
        addresses.retain(|address| bounds.has(*address, origin.port()));
        if addresses.is_empty() {
            return Err(bounds.refusal(&normalized(origin.host()), first));
        }
        Ok(addresses)
    }

    /// The error of a failed lookup: without an address, a host that is not allowed by name is not allowed.
    pub(crate) fn unknown(&self, origin: &Origin, entry: Entry, failed: HttpError) -> HttpError {
        match &self.bounds {
            Some(bounds) if entry == Entry::ByAddress => {
                bounds.refusal(&normalized(origin.host()), None)
            }
            _ => failed,
        }
    }

    /// Whether a proxy may be used for `origin`. It resolves names itself, so that only the name is compared.
    pub(crate) fn through_proxy(&self, origin: &Origin) -> Result<(), HttpError> {
        let entry = self.entry(origin)?;
        if let Ok(address) = origin.host().parse() {
            return self.admit(origin, entry, vec![address]).map(drop);
        }
        match &self.bounds {
            Some(bounds) if entry == Entry::ByAddress => {
                Err(bounds.refusal(&normalized(origin.host()), None))
            }
            _ => Ok(()),
        }
    }
}

impl Bounds {
    fn has(&self, address: IpAddr, port: u16) -> bool {
        let plain = metadata::plain(address);
        self.allowed
            .iter()
            .any(|one| one.has_address(plain, port) || one.has_address(address, port))
    }

    fn refusal(&self, host: &str, address: Option<IpAddr>) -> HttpError {
        let mut places = vec![self.home.to_string()];
        places.extend(self.allowed.iter().map(Allowed::to_string));
        let address = address.map(|address| address.to_string());
        let found = address
            .filter(|address| address != host)
            .map_or_else(String::new, |address| format!(" ({address})"));
        HttpError::new(
            ErrorKind::NotAllowed,
            format!(
                "not allowed: users of this run may connect only to {}; to allow {host}{found} too, start it with --allow-host {host}",
                places.join(", ")
            ),
        )
    }
}

fn credentials(place: &str) -> HttpError {
    HttpError::new(
        ErrorKind::NotAllowed,
        format!(
            "not allowed: {place} is an address from which cloud machines get their credentials; throng never connects to it"
        ),
    )
}
