//! Names to addresses, remembered for a shard.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use tokio::sync::OnceCell;

use super::failure::{ErrorKind, Fault};
use super::origin::Origin;
use super::settings::{Lookup, Resolve};

/// How long an address is believed.
const TTL: Duration = Duration::from_secs(60);

/// The names that a shard has looked up. Requests that ask for one name at one time share one lookup.
#[derive(Debug, Default)]
pub(crate) struct Dns {
    names: RefCell<FxHashMap<Box<str>, Entry>>,
    fixed: Vec<Resolve>,
    by: Lookup,
}

#[derive(Debug, Clone)]
struct Entry {
    born: Instant,
    lookup: Rc<OnceCell<Result<Vec<IpAddr>, String>>>,
}

impl Dns {
    pub fn new(fixed: Vec<Resolve>, by: Lookup) -> Self {
        Self {
            names: RefCell::default(),
            fixed,
            by,
        }
    }

    /// The addresses of an origin's host, in the order to try; never none.
    pub async fn addresses(&self, origin: &Origin) -> Result<Vec<IpAddr>, Fault> {
        let host = origin.host();
        let fixed =
            |rule: &&Resolve| rule.port == origin.port() && rule.host.eq_ignore_ascii_case(host);
        if let Some(rule) = self.fixed.iter().find(fixed) {
            return Ok(vec![rule.address]);
        }
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let entry = self.entry(host);
        let found = entry.lookup.get_or_init(|| lookup(self.by, host)).await;
        found.clone().map_err(|what| {
            self.forget(host, &entry);
            Fault::new(ErrorKind::Dns, what)
        })
    }

    /// Puts the address that answered first, so that the next user does not knock where nobody is.
    pub fn prefer(&self, host: &str, address: IpAddr) {
        let mut names = self.names.borrow_mut();
        let Some(entry) = names.get_mut(host) else {
            return;
        };
        let Some(Ok(addresses)) = entry.lookup.get() else {
            return;
        };
        if addresses.first() != Some(&address) {
            let mut sorted = addresses.clone();
            sorted.sort_by_key(|other| *other != address);
            entry.lookup = Rc::new(OnceCell::new_with(Some(Ok(sorted))));
        }
    }

    fn entry(&self, host: &str) -> Entry {
        let mut names = self.names.borrow_mut();
        if let Some(entry) = names.get(host).filter(|entry| entry.born.elapsed() < TTL) {
            return entry.clone();
        }
        let entry = Entry {
            born: Instant::now(),
            lookup: Rc::default(),
        };
        names.insert(host.into(), entry.clone());
        entry
    }

    /// A failed lookup is shared by those who waited for it and then forgotten.
    fn forget(&self, host: &str, failed: &Entry) {
        let mut names = self.names.borrow_mut();
        if names
            .get(host)
            .is_some_and(|entry| Rc::ptr_eq(&entry.lookup, &failed.lookup))
        {
            names.remove(host);
        }
    }
}

async fn lookup(by: Lookup, host: &str) -> Result<Vec<IpAddr>, String> {
    if let Lookup::By(known) = by {
        return known(host);
    }
    let found = tokio::net::lookup_host((host, 0))
        .await
        .map_err(|error| format!("the host has no address: {error}"))?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    if addresses.is_empty() {
        return Err("the host has no address".to_owned());
    }
    Ok(addresses)
}
