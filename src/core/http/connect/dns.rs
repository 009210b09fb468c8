//! DNS lookups, cached per shard.

use std::cell::RefCell;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng};
use rustc_hash::FxHashMap;
use tokio::sync::{OnceCell, oneshot};

use crate::http::message::Origin;
use crate::http::message::shortage;
use crate::http::message::{ErrorKind, HttpError};

/// How long an address is cached.
const TTL: Duration = Duration::from_secs(60);

/// An address to use for a host and port instead of a lookup, as curl's `--resolve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    pub host: String,
    pub port: u16,
    pub address: IpAddr,
}

/// How hosts without a [`Resolve`] are looked up.
#[derive(Debug, Clone, Copy, Default)]
pub enum Lookup {
    /// The system's resolver.
    #[default]
    System,
    /// A function, for tests of intermittent failures.
    By(fn(&str) -> Result<Vec<IpAddr>, String>),
}

/// The DNS cache of a shard. Concurrent requests for one name share one lookup.
#[derive(Debug)]
pub(crate) struct Dns {
    names: RefCell<FxHashMap<Box<str>, Entry>>,
    fixed: Vec<Resolve>,
    by: Lookup,
    /// Random start among the addresses of a name; does not need the seed, because it does not affect what users do.
    random: RefCell<Xoshiro256PlusPlus>,
}

type Found = OnceCell<Result<Vec<IpAddr>, NoAddress>>;

#[derive(Debug)]
struct Entry {
    born: Instant,
    lookup: Rc<Found>,
    /// Addresses that have connected since the lookup.
    answered: Vec<IpAddr>,
    /// Addresses that did not respond while another one did.
    silent: Vec<IpAddr>,
}

impl Dns {
    pub fn new(fixed: Vec<Resolve>, by: Lookup) -> Self {
        Self {
            names: RefCell::default(),
            fixed,
            by,
            random: RefCell::new(Xoshiro256PlusPlus::seed_from_u64(
                RandomState::new().hash_one(0),
            )),
        }
    }

    /// The addresses of an origin's host; never empty.
    pub async fn addresses(&self, origin: &Origin) -> Result<Vec<IpAddr>, HttpError> {
        let host = origin.host();
        let fixed =
            |rule: &&Resolve| rule.port == origin.port() && rule.host.eq_ignore_ascii_case(host);
        if let Some(rule) = self.fixed.iter().find(fixed) {
            return Ok(vec![rule.address]);
        }
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let known = self.lookup_of(host);
        let found = known.get_or_init(|| lookup(self.by, host)).await;
        found.clone().map_err(|(kind, what)| {
            self.forget(host, &known);
            HttpError::new(kind, what)
        })
    }

    /// The addresses of a host in the order to try: from a random one on, so that connections are spread over all of
    /// them, with alternating address families (RFC 8305, 4). Those that never responded while others did come last.
    pub fn order(&self, host: &str, addresses: &[IpAddr]) -> Vec<IpAddr> {
        let names = self.names.borrow();
        let silent = |address: &IpAddr| {
            names
                .get(host)
                .is_some_and(|entry| entry.silent.contains(address))
        };
        let (mut last, mut first): (Vec<IpAddr>, _) =
            addresses.iter().copied().partition(|one| silent(one));
        let mut random = self.random.borrow_mut();
        for part in [&mut first, &mut last] {
            if !part.is_empty() {
                let start = random.next_u64() % part.len() as u64;
                part.rotate_left(start as usize);
                *part = in_turn(part);
            }
        }
        first.append(&mut last);
        first
    }

    /// Records that an address of a host connected before others that were tried earlier.
    pub fn answered(&self, host: &str, address: IpAddr, beaten: &[IpAddr]) {
        let mut names = self.names.borrow_mut();
        let Some(entry) = names.get_mut(host) else {
            return;
        };
        entry.silent.retain(|silent| *silent != address);
        if !entry.answered.contains(&address) {
            entry.answered.push(address);
        }
        for &address in beaten {
            // One that responds at other times is only slow, and keeps its share.
            if !entry.answered.contains(&address) && !entry.silent.contains(&address) {
                entry.silent.push(address);
            }
        }
    }

    fn lookup_of(&self, host: &str) -> Rc<Found> {
        let mut names = self.names.borrow_mut();
        if let Some(entry) = names.get(host).filter(|entry| entry.born.elapsed() < TTL) {
            return Rc::clone(&entry.lookup);
        }
        let lookup = Rc::default();
        let entry = Entry {
            born: Instant::now(),
            lookup: Rc::clone(&lookup),
            answered: Vec::new(),
            silent: Vec::new(),
        };
        names.insert(host.into(), entry);
        lookup
    }

    /// A failed lookup is shared by the requests that waited for it and not cached.
    fn forget(&self, host: &str, failed: &Rc<Found>) {
        let mut names = self.names.borrow_mut();
        if names
            .get(host)
            .is_some_and(|entry| Rc::ptr_eq(&entry.lookup, failed))
        {
            names.remove(host);
        }
    }
}

/// The same addresses with alternating families, beginning with the family of the first.
fn in_turn(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let first = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (one, other): (Vec<IpAddr>, Vec<IpAddr>) = addresses
        .iter()
        .partition(|address| address.is_ipv6() == first);
    let longest = one.len().max(other.len());
    (0..longest)
        .flat_map(|at| [one.get(at), other.get(at)])
        .flatten()
        .copied()
        .collect()
}

/// The kind of failure, and what happened.
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

/// Calls the blocking system resolver on a thread. A separate one, because tokio's pool panics when no thread can be
/// started.
async fn by_the_system(host: &str) -> Result<Vec<SocketAddr>, NoAddress> {
    let (reply, answer) = oneshot::channel();
    let name = host.to_owned();
    let thread = std::thread::Builder::new().name("lookup".to_owned());
    let started = thread.spawn(move || {
        let found = (name.as_str(), 0).to_socket_addrs();
        // The request may have been cancelled.
        let _ = reply.send(found.map(Vec::from_iter));
    });
    if let Err(why) = started {
        let what = format!("cannot look up the host: no thread for the lookup: {why}");
        return Err((ErrorKind::Generator, what));
    }
    let found = answer
        .await
        .unwrap_or_else(|_| Err(io::Error::other("the lookup panicked")));
    found.map_err(|error| {
        // The resolver reports many causes alike; a lack of descriptors is one of them.
        let lacking = shortage(&error).or_else(|| shortage(&File::open("/dev/null").err()?));
        match lacking {
            Some(hint) => (
                ErrorKind::Generator,
                format!("the host has no address: {error} ({hint})"),
            ),
            None => (ErrorKind::Dns, HttpError::unknown_host(host, &error)),
        }
    })
}
