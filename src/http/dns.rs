//! Names to addresses, remembered for a shard.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use tokio::sync::{OnceCell, oneshot};

use super::failure::{ErrorKind, Fault, shortage};
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
    lookup: Rc<OnceCell<Result<Vec<IpAddr>, NoAddress>>>,
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
        found.clone().map_err(|(kind, what)| {
            self.forget(host, &entry);
            Fault::new(kind, what)
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

/// Whose fault it is, and what happened.
type NoAddress = (ErrorKind, String);

async fn lookup(by: Lookup, host: &str) -> Result<Vec<IpAddr>, NoAddress> {
    let none = |what: String| (ErrorKind::Dns, what);
    if let Lookup::By(known) = by {
        return known(host).map_err(none);
    }
    let found = by_the_system(host).await?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    if addresses.is_empty() {
        return Err(none("the host has no address".to_owned()));
    }
    Ok(addresses)
}

/// Asks the system on a thread: it blocks. A thread of its own and not one of tokio's, which panics where there is none.
async fn by_the_system(host: &str) -> Result<Vec<SocketAddr>, NoAddress> {
    let (reply, answer) = oneshot::channel();
    let name = host.to_owned();
    let thread = std::thread::Builder::new().name("lookup".to_owned());
    let started = thread.spawn(move || {
        let found = (name.as_str(), 0).to_socket_addrs();
        // Whoever asked may have gone away.
        let _ = reply.send(found.map(Vec::from_iter));
    });
    if let Err(why) = started {
        let what = format!("cannot look the host up: no thread for it: {why}");
        return Err((ErrorKind::Generator, what));
    }
    let found = answer
        .await
        .unwrap_or_else(|_| Err(io::Error::other("the look-up ended by a panic")));
    found.map_err(|error| {
        // The resolver tells many things as one; it needs descriptors as everybody does.
        let lacking = shortage(&error).or_else(|| shortage(&File::open("/dev/null").err()?));
        match lacking {
            Some(hint) => (
                ErrorKind::Generator,
                format!("the host has no address: {error} ({hint})"),
            ),
            None => (ErrorKind::Dns, Fault::unknown_host(host, &error)),
        }
    })
}
